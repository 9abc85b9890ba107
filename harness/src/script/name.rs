//! The names of a script.

use crate::engine::{InstanceId, ModuleId};
use rustc_hash::FxHashMap;
use wast::token::Id;

/// What has been defined in a script, by name, and the latest. What failed is remembered with the reason.
pub(super) struct Names<T> {
    latest: Option<Result<T, String>>,
    named: FxHashMap<String, Result<T, String>>,
}

impl<T> Default for Names<T> {
    /// Nothing yet.
    fn default() -> Self {
        Names { latest: None, named: FxHashMap::default() }
    }
}

/// Something that is named, for messages.
pub(super) trait Named: Copy {
    /// What it is.
    const THING: &'static str;
}

impl Named for ModuleId {
    const THING: &'static str = "module";
}

impl Named for InstanceId {
    const THING: &'static str = "instance";
}

impl<T: Named> Names<T> {
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
            Some(Err(why)) => Err(format!("no {}{called}: {why}", T::THING)),
            None => Err(format!("no {}{called}: none is defined", T::THING)),
        }
    }
}
