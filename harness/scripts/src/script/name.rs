//! The names of a script.

use super::syntax::Name;
use lockstep_engines::{Failure, InstanceId, ModuleId};
use lockstep_reports::Verdict;
use rustc_hash::FxHashMap;

/// The definitions of a script, by name, and the latest one. Failed definitions are kept with the reason.
pub(super) struct Names<T> {
    latest: Option<Result<T, Missing>>,
    named: FxHashMap<String, Result<T, Missing>>,
}

/// Why something is missing that a directive should have defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Missing {
    verdict: Verdict,
    /// Line and column of that directive.
    place: (u32, u32),
    why: &'static str,
}

impl Missing {
    /// Creates the reason for a missing definition. Directives that need it get the same verdict if the engine lacks a
    /// feature or stops at a limit; otherwise they fail.
    pub(super) fn new(verdict: Verdict, place: (u32, u32), why: &'static str) -> Self {
        let verdict = match verdict {
            Verdict::Unsupported | Verdict::Limit | Verdict::Timeout => verdict,
            Verdict::Pass | Verdict::Fail | Verdict::Crash => Verdict::Fail,
        };
        Missing { verdict, place, why }
    }

    /// The failure of a directive that needs the missing definition.
    pub(super) fn end(&self, what: &str) -> Failure {
        let Missing { verdict, place: root, why } = *self;
        Failure::Missing { verdict, root, words: format!("no {what}, because of line {}: {why}", root.0) }
    }
}

impl<T> Default for Names<T> {
    /// Nothing yet.
    fn default() -> Self {
        Names { latest: None, named: FxHashMap::default() }
    }
}

/// Something that is named, for messages.
pub(super) trait Named: Copy {
    /// Its kind, for messages.
    const THING: &'static str;
}

impl Named for ModuleId {
    const THING: &'static str = "module";
}

impl Named for InstanceId {
    const THING: &'static str = "instance";
}

/// A script; only its name is kept.
#[derive(Clone, Copy)]
pub(super) struct Script;

impl Named for Script {
    const THING: &'static str = "script";
}

impl<T: Named> Names<T> {
    /// Defines the latest one, also under a name if there is one.
    pub(super) fn define(&mut self, name: Option<&Name<'_>>, one: Result<T, Missing>) {
        if let Some(name) = name {
            self.named.insert(name.to_string(), one.clone());
        }
        self.latest = Some(one);
    }

    /// Gives the latest one a name, if there is one.
    pub(super) fn name_latest(&mut self, name: &Name<'_>) {
        if let Some(latest) = &self.latest {
            self.named.insert(name.to_string(), latest.clone());
        }
    }

    /// The one of a name, or the latest.
    pub(super) fn get(&self, name: Option<&Name<'_>>) -> Result<T, Failure> {
        let one = self.find(name);
        let what = || match name {
            Some(name) => format!("{} ${name}", T::THING),
            None => T::THING.to_owned(),
        };
        match one {
            Some(Ok(one)) => Ok(*one),
            Some(Err(missing)) => Err(missing.end(&what())),
            None => Err(Failure::Misuse(format!("no {}: none is defined", what()))),
        }
    }

    /// Why the one of a name, or the latest, is missing, if a directive should have defined it.
    pub(super) fn missing(&self, name: Option<&Name<'_>>) -> Option<&Missing> {
        self.find(name)?.as_ref().err()
    }

    fn find(&self, name: Option<&Name<'_>>) -> Option<&Result<T, Missing>> {
        match name {
            Some(name) => self.named.get(&**name),
            None => self.latest.as_ref(),
        }
    }
}
