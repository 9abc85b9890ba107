//! The productions of the binary and the text format.

use std::cell::Cell;
use std::fmt;
use std::ops::{BitOr, BitOrAssign};

use crate::Code;
use crate::names::identifier;

/// A production of the standard's grammars, by name.
///
/// The name is the one that the published document refers to: without parameters, as in `Ttypeuse_/base`. Two identifiers
/// compare in the order of the standard's sources. Made by [`production!`](crate::production!) from a literal, or by
/// [`ProductionId::parse`] from a string known only at run time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProductionId(u16);

/// What the catalogue says about a production.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Production {
    /// The name of the production in the standard, such as `Binstr/num-rel-i32`.
    pub id: &'static str,
    /// The title of its chapter, such as `5.3 Binary format: instructions`.
    pub chapter: &'static str,
    /// The SpecTec file it stands in, such as `5.3-binary.instructions.spectec`.
    pub file: &'static str,
    /// The production itself, in the notation of the catalogue; several lines.
    pub statement: &'static str,
    /// What there is to say about it, in Markdown; often empty.
    pub note: &'static str,
    /// A link to the section of the published standard that explains it.
    pub section: &'static str,
    /// Where the implementation has it: [`Code::Fired`] for what is named where it is read.
    pub code: Code,
}

/// A chapter of the grammars: the productions of one of the standard's SpecTec files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrammarChapter {
    /// Its title, such as `5.3 Binary format: instructions`.
    pub title: &'static str,
    /// The SpecTec file, such as `5.3-binary.instructions.spectec`.
    pub file: &'static str,
    /// What its notation means, in Markdown.
    pub introduction: &'static str,
    first: usize,
    count: usize,
}

impl GrammarChapter {
    /// All chapters, in the order of the standard.
    ///
    /// ```
    /// use lockstep_spec::{GrammarChapter, ProductionId};
    ///
    /// assert!(GrammarChapter::all().iter().flat_map(GrammarChapter::productions).eq(ProductionId::ALL));
    /// ```
    #[must_use]
    pub const fn all() -> &'static [GrammarChapter] {
        table::CHAPTERS
    }

    /// Its productions, in the order of the standard.
    pub fn productions(&self) -> impl ExactSizeIterator<Item = ProductionId> + use<> {
        (self.first..self.first + self.count).map(|i| ProductionId(i as u16))
    }
}

mod table {
    use super::{Code, GrammarChapter, Production};

    include!(concat!(env!("OUT_DIR"), "/grammar.rs"));
}

identifier! {
    ProductionId, "production", table,
    /// All productions, in the order of the standard.
    ///
    /// ```
    /// use lockstep_spec::ProductionId;
    ///
    /// let binary = ProductionId::ALL.into_iter().filter(|id| id.as_str().starts_with('B')).count();
    /// assert_eq!((binary, ProductionId::COUNT), (170, 428));
    /// ```
}

impl ProductionId {
    /// What the catalogue says about the production.
    #[must_use]
    pub const fn production(self) -> &'static Production {
        &table::PRODUCTIONS[self.0 as usize]
    }
}

/// The [`ProductionId`] of the production with this name, checked when the code is compiled.
///
/// ```
/// use lockstep_spec::production;
///
/// assert!(production!("Bmodule") < production!("Tmodule/plain"));
/// ```
///
/// A name that the standard does not have is an error of the compiler:
///
/// ```compile_fail
/// let id = lockstep_spec::production!("Bnothing");
/// ```
#[macro_export]
macro_rules! production {
    ($name:literal) => {
        const {
            const PRODUCTION: $crate::ProductionId = $crate::ProductionId::of($name);
            PRODUCTION
        }
    };
}

const WORDS: usize = ProductionId::COUNT.div_ceil(64);

/// A set of productions, of a fixed size, such as those that a module is made with.
///
/// ```
/// use lockstep_spec::{ProductionSet, production};
///
/// let mut read = ProductionSet::new();
/// read.insert(production!("Bname"));
/// read |= ProductionSet::from_iter([production!("Bu32")]);
/// assert!(read.contains(production!("Bname")) && !read.contains(production!("Tname")));
/// assert_eq!(format!("{read:?}"), "{Bu32, Bname}");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ProductionSet([u64; WORDS]);

impl ProductionSet {
    /// The empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self([0; WORDS])
    }

    /// Adds a production.
    #[inline]
    pub const fn insert(&mut self, id: ProductionId) {
        self.0[id.0 as usize / 64] |= 1 << (id.0 % 64);
    }

    /// Whether a production is in it.
    #[inline]
    #[must_use]
    pub const fn contains(&self, id: ProductionId) -> bool {
        self.0[id.0 as usize / 64] & 1 << (id.0 % 64) != 0
    }

    /// What is in it or in `other`.
    #[must_use]
    pub const fn union(mut self, other: Self) -> Self {
        let mut i = 0;
        while i < WORDS {
            self.0[i] |= other.0[i];
            i += 1;
        }
        self
    }

    /// What is in it, in the order of the standard.
    pub fn iter(&self) -> impl Iterator<Item = ProductionId> + use<> {
        let set = *self;
        ProductionId::ALL.into_iter().filter(move |&id| set.contains(id))
    }

    /// How many productions are in it.
    #[must_use]
    pub const fn len(&self) -> usize {
        let (mut len, mut i) = (0, 0);
        while i < WORDS {
            len += self.0[i].count_ones() as usize;
            i += 1;
        }
        len
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl BitOr for ProductionSet {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl BitOrAssign for ProductionSet {
    fn bitor_assign(&mut self, other: Self) {
        *self = self.union(other);
    }
}

impl FromIterator<ProductionId> for ProductionSet {
    fn from_iter<T: IntoIterator<Item = ProductionId>>(ids: T) -> Self {
        let mut set = Self::new();
        ids.into_iter().for_each(|id| set.insert(id));
        set
    }
}

impl fmt::Debug for ProductionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// A [`ProductionSet`] that readers fill through shared references. Adding to it touches one word.
///
/// ```
/// use lockstep_spec::{ProductionRecord, production};
///
/// let record = ProductionRecord::new();
/// record.insert(production!("Bname"));
/// assert_eq!(format!("{:?}", record.set()), "{Bname}");
/// ```
#[derive(Debug, Default)]
pub struct ProductionRecord([Cell<u64>; WORDS]);

impl ProductionRecord {
    /// With nothing in it.
    #[must_use]
    pub const fn new() -> Self {
        Self([const { Cell::new(0) }; WORDS])
    }

    /// Adds a production.
    #[inline]
    pub fn insert(&self, id: ProductionId) {
        let word = &self.0[id.0 as usize / 64];
        word.set(word.get() | 1 << (id.0 % 64));
    }

    /// What has been added.
    #[must_use]
    pub fn set(&self) -> ProductionSet {
        ProductionSet(self.0.each_ref().map(Cell::get))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_positions_agree() {
        for (index, id) in ProductionId::ALL.into_iter().enumerate() {
            assert_eq!(id.index(), index);
            assert_eq!(ProductionId::from_index(index), Some(id));
            assert_eq!(ProductionId::parse(id.as_str()), Some(id));
            assert_eq!(ProductionId::of(id.production().id), id);
            assert_eq!(id.to_string(), id.production().id);
        }
        assert_eq!(ProductionId::from_index(ProductionId::COUNT), None);
        assert_eq!(ProductionId::parse("Ttypeuse_"), None);
    }

    #[test]
    fn chapters_keep_their_order() {
        assert!(table::PRODUCTIONS.is_sorted_by_key(|production| production.file));
        for production in &table::PRODUCTIONS {
            let format = if production.file.starts_with("5.") { 'B' } else { 'T' };
            assert!(production.id.starts_with(format), "{} in {}", production.id, production.file);
        }
    }

    #[test]
    fn sections_are_in_the_published_standard() {
        for production in &table::PRODUCTIONS {
            let (format, pages) = match &production.file[..1] {
                "5" => ("binary", ["conventions", "values", "types", "instructions", "modules"].as_slice()),
                _ => ("text", ["conventions", "lexical", "values", "types", "instructions", "modules"].as_slice()),
            };
            let place = format!("https://webassembly.github.io/spec/core/{format}/");
            let page = production.section.strip_prefix(&place).and_then(|page| page.split_once(".html#"));
            assert!(
                page.is_some_and(|(page, at)| pages.contains(&page) && at.starts_with(format)),
                "{}",
                production.id
            );
        }
    }

    #[test]
    fn a_set_holds_what_was_put_in() {
        let every_third: Vec<ProductionId> = ProductionId::ALL.into_iter().step_by(3).collect();
        let set: ProductionSet = every_third.iter().copied().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), every_third);
        assert_eq!((set.len(), set.is_empty()), (every_third.len(), false));
        let all = ProductionId::ALL.into_iter().collect::<ProductionSet>();
        assert_eq!((all | set, all.len()), (all, ProductionId::COUNT));
        assert!(ProductionSet::new().is_empty() && ProductionSet::default() == ProductionSet::new());
    }
}
