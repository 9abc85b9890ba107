//! What the annotations of a module say (appendix, custom sections and annotations).

use super::context::Space;
use crate::syntax::Idx;

/// What is wrong with an annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomFault {
    /// Whether it is in its grammar and in a place that it may have, so that only what it is about is wrong.
    pub well_formed: bool,
    /// Line and column of the annotation, from 1.
    pub line: (u32, u32),
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for CustomFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.line.0, self.line.1, self.message)
    }
}

/// A custom section that an annotation `@custom` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomSection {
    /// Its name.
    pub name: String,
    /// The content.
    pub bytes: Vec<u8>,
    /// The section that it stands at, by its identifier; `None` for the beginning of the module, or its end.
    pub section: Option<u8>,
    /// Whether it comes after that section, or at the end.
    pub after: bool,
}

/// The annotations of a module, as far as they have been found where they may stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Annotated {
    /// The numbers of those that stand in their place.
    pub(super) placed: Vec<usize>,
    /// The names that `@name` gives.
    pub(super) names: Vec<(Space, Idx, String)>,
    /// Those that it gives to locals, since the last function.
    pub(super) locals: Vec<(Idx, String)>,
    /// Where in the tokens the bodies of functions are, one after the other.
    pub(super) bodies: Vec<std::ops::Range<usize>>,
    pub(super) sections: Vec<CustomSection>,
    pub(super) faults: Vec<CustomFault>,
}

impl Annotated {
    /// Something has a name.
    pub(super) fn add(&mut self, space: Space, x: Idx, name: String) {
        match space {
            Space::Local => self.locals.push((x, name)),
            _ => self.names.push((space, x, name)),
        }
    }
}
