//! Names known to the compiler: what [`RuleId`](crate::RuleId) and [`ProductionId`](crate::ProductionId) have in common.

use std::cmp::Ordering;

/// The position of `name` in `names`, by binary search in `sorted`, which has the positions in the order of the names. A
/// constant function, so loops instead of iterators.
pub(crate) const fn find(names: &[&str], sorted: &[u16], name: &str) -> Option<u16> {
    let (mut low, mut high) = (0, sorted.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let at = sorted[middle];
        match compare(names[at as usize].as_bytes(), name.as_bytes()) {
            Ordering::Less => low = middle + 1,
            Ordering::Equal => return Some(at),
            Ordering::Greater => high = middle,
        }
    }
    None
}

const fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let mut i = 0;
    while i < a.len() && i < b.len() {
        if a[i] < b[i] {
            return Ordering::Less;
        }
        if a[i] > b[i] {
            return Ordering::Greater;
        }
        i += 1;
    }
    if a.len() < b.len() {
        Ordering::Less
    } else if a.len() > b.len() {
        Ordering::Greater
    } else {
        Ordering::Equal
    }
}

/// The facilities of an identifier that is an index into a table of names: `$id` is the type, `$what` what it names,
/// `$table` the generated module with the tables, and `$all` the documentation of the list of all.
macro_rules! identifier {
    ($id:ident, $what:literal, $table:ident, $(#[$all:meta])+) => {
        impl $id {
            #[doc = concat!("How many ", $what, "s there are.")]
            pub const COUNT: usize = $table::NAMES.len();

            $(#[$all])+
            pub const ALL: [Self; Self::COUNT] = {
                let mut all = [Self(0); Self::COUNT];
                let mut i = 0;
                while i < Self::COUNT {
                    all[i] = Self(i as u16);
                    i += 1;
                }
                all
            };

            #[doc = concat!("The ", $what, " called `name`.")]
            ///
            #[doc = concat!("For use in constants, where an unknown name is an error of the compiler; the macro `", $what, "!`")]
            /// is the short way to write it.
            ///
            /// # Panics
            ///
            #[doc = concat!("When the catalogue has no ", $what, " of this name. See `parse` for names that are not known to")]
            /// be right.
            #[must_use]
            pub const fn of(name: &str) -> Self {
                match $crate::names::find(&$table::NAMES, &$table::SORTED, name) {
                    Some(index) => Self(index),
                    None => panic!(concat!("the catalogue has no ", $what, " of this name")),
                }
            }

            #[doc = concat!("The ", $what, " called `name`, if there is one.")]
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                $crate::names::find(&$table::NAMES, &$table::SORTED, name).map(Self)
            }

            #[doc = concat!("The ", $what, " at `index` in the order of the standard, if there are so many.")]
            #[must_use]
            pub const fn from_index(index: usize) -> Option<Self> {
                if index < Self::COUNT { Some(Self(index as u16)) } else { None }
            }

            #[doc = concat!("The position of the ", $what, " in the order of the standard, less than `COUNT`.")]
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            #[doc = concat!("The name of the ", $what, ".")]
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                $table::NAMES[self.0 as usize]
            }
        }

        impl std::fmt::Display for $id {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::fmt::Debug for $id {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(crate) use identifier;
