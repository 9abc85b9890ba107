//! The names of a script.

use rustc_hash::FxHashMap;
use wast::token::Id;

/// What has been defined in a script, by name, and the latest. What failed is remembered with the reason.
pub(super) struct Names<T> {
    thing: &'static str,
    latest: Option<Result<T, String>>,
    named: FxHashMap<String, Result<T, String>>,
}

impl<T: Copy> Names<T> {
    /// Nothing yet. `thing` is what is named, for messages.
    pub(super) fn new(thing: &'static str) -> Self {
        Names { thing, latest: None, named: FxHashMap::default() }
    }

    /// Defines the latest one, also under a name if there is one.
    pub(super) fn define(&mut self, name: Option<Id<'_>>, one: Result<T, String>) {
        if let Some(name) = name {
            self.named.insert(name.name().to_owned(), one.clone());
        }
        self.latest = Some(one);
    }

    /// The one of a name, or the latest.
    pub(super) fn get(&self, name: Option<Id<'_>>) -> Result<T, String> {
        let (one, called) = match name {
            Some(name) => (self.named.get(name.name()), format!(" ${}", name.name())),
            None => (self.latest.as_ref(), String::new()),
        };
        match one {
            Some(Ok(one)) => Ok(*one),
            Some(Err(why)) => Err(format!("no {}{called}: {why}", self.thing)),
            None => Err(format!("no {}{called}: none is defined", self.thing)),
        }
    }
}
