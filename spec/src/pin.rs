//! What is known of the text of each rule at [`PIN`](crate::PIN): its place, a fingerprint, and the judgements that its
//! premises use. Facts about the standard's sources, taken from them by `lockstep spec pin`; the text itself is theirs.

use crate::RuleId;

const TABLE: &str = include_str!("../pin.tsv");

/// A rule of the pinned sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// Which.
    pub rule: RuleId,
    /// The SpecTec file.
    pub file: &'static str,
    /// The line that it begins on, counted from 1.
    pub line: u32,
    /// Whether it stands in a block comment.
    pub commented: bool,
    /// The fingerprint of its text.
    pub fingerprint: &'static str,
    premises: &'static str,
}

impl Pinned {
    /// The judgements that the premises use, such as `Valtype_ok`, each once and in the order of the rule.
    pub fn premises(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.premises.split(',').filter(|name| !name.is_empty())
    }
}

/// The rules of the pinned sources, in their order, which is that of the catalogue. Proposals have no part in it.
///
/// ```
/// use lockstep_spec::{RuleId, pin, rule};
///
/// assert!(pin::rules().map(|pinned| pinned.rule).eq(RuleId::standard()));
/// let pinned = pin::rules().find(|pinned| pinned.rule == rule!("Heaptype_ok/typeuse")).unwrap();
/// assert_eq!(pinned.premises().collect::<Vec<_>>(), ["Typeuse_ok"]);
/// ```
pub fn rules() -> impl Iterator<Item = Pinned> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(read)
}

/// The head of the table: the commit, and what the columns are.
#[must_use]
pub fn head() -> &'static str {
    TABLE.lines().next().unwrap_or_default()
}

fn read(line: &'static str) -> Option<Pinned> {
    let mut columns = line.split('\t');
    Some(Pinned {
        rule: RuleId::parse(columns.next()?)?,
        file: columns.next()?,
        line: columns.next()?.parse().ok()?,
        commented: columns.next()? == "comment",
        fingerprint: columns.next()?,
        premises: columns.next().unwrap_or_default(),
    })
}
