//! What the texts of assertions mean.
//!
//! Scripts name traps and link errors by the texts of the reference interpreter. Texts are no part of the standard, so
//! they are translated to classes, and classes are compared. A text means each class one of whose texts it begins, or
//! is the beginning of, as the reference interpreter demands that the text of a script begin its own.

use crate::engine::Link;
use lockstep_semantics::execution::TrapClass;

/// The texts of traps. A class can have several.
const TRAPS: [(&str, TrapClass); 17] = [
    ("unreachable", TrapClass::Unreachable),
    ("integer divide by zero", TrapClass::DivisionByZero),
    ("integer overflow", TrapClass::IntegerOverflow),
    ("invalid conversion to integer", TrapClass::InvalidConversion),
    ("out of bounds memory access", TrapClass::MemoryOutOfBounds),
    ("out of bounds table access", TrapClass::TableOutOfBounds),
    ("undefined element", TrapClass::TableOutOfBounds),
    ("out of bounds array access", TrapClass::ArrayOutOfBounds),
    ("null reference", TrapClass::NullReference),
    ("null function reference", TrapClass::NullReference),
    ("null structure reference", TrapClass::NullReference),
    ("null array reference", TrapClass::NullReference),
    ("null i31 reference", TrapClass::NullReference),
    ("null exception reference", TrapClass::NullReference),
    // `call_indirect` on a null reference is `table.get`, a cast to a nullable type, and `call_ref`, which traps.
    ("uninitialized element", TrapClass::NullReference),
    ("cast failure", TrapClass::CastFailure),
    ("indirect call type mismatch", TrapClass::CastFailure),
];

/// The texts of traps of the threads proposal.
const THREADS: [(&str, TrapClass); 2] =
    [("unaligned atomic", TrapClass::UnalignedAtomic), ("expected shared memory", TrapClass::ExpectedShared)];

/// The classes of traps that a text can mean; none when it is unknown.
pub fn traps(text: &str) -> Vec<TrapClass> {
    let mut classes: Vec<TrapClass> = Vec::new();
    for (known, class) in TRAPS.into_iter().chain(THREADS) {
        if (text.starts_with(known) || known.starts_with(text)) && !classes.contains(&class) {
            classes.push(class);
        }
    }
    classes
}

/// The texts of a class of traps.
pub(crate) fn texts(class: TrapClass) -> impl Iterator<Item = &'static str> {
    TRAPS.into_iter().chain(THREADS).filter(move |(_, of)| *of == class).map(|(text, _)| text)
}

/// The kind of link error that a text means; `None` when it is unknown.
pub fn link(text: &str) -> Option<Link> {
    [("unknown import", Link::Unknown), ("incompatible import type", Link::Incompatible)]
        .into_iter()
        .find(|(known, _)| text.starts_with(known))
        .map(|(_, link)| link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        assert_eq!(traps("unreachable"), [TrapClass::Unreachable]);
        assert_eq!(traps("uninitialized element 2"), [TrapClass::NullReference]);
        assert_eq!(traps("undefined"), [TrapClass::TableOutOfBounds]);
        assert_eq!(
            traps("out of bounds"),
            [TrapClass::MemoryOutOfBounds, TrapClass::TableOutOfBounds, TrapClass::ArrayOutOfBounds]
        );
        assert_eq!(traps("no such text"), []);
        assert_eq!(link("unknown import"), Some(Link::Unknown));
        assert_eq!(link("incompatible import type for x"), Some(Link::Incompatible));
        assert_eq!(link("something"), None);
    }

    #[test]
    fn every_class_has_its_own_text() {
        for (_, class) in TRAPS {
            assert!(traps(class.text()).contains(&class), "{class:?}");
        }
    }
}
