//! Directives, and those that did not pass.

use crate::{Kind, Verdict};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// What a directive is known by within its script, which survives edits elsewhere in the script: its content, and which
/// it is of those with the same content.
///
/// It is written as twelve hexadecimal digits; from the second of equals on, a point and the number follow:
/// `9f3ac21b08d1`, `9f3ac21b08d1.2`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DirectiveId {
    /// The first 48 bits of the SHA-256 of its tokens, each followed by a newline. Space and comments do not count.
    pub content: u64,
    /// Which it is of its equals, from 1.
    pub ordinal: u32,
}

impl fmt::Display for DirectiveId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012x}", self.content)?;
        if self.ordinal > 1 { write!(f, ".{}", self.ordinal) } else { Ok(()) }
    }
}

impl FromStr for DirectiveId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let not = || format!("`{text}` is not what a directive is known by, such as 9f3ac21b08d1 or 9f3ac21b08d1.2");
        let (content, ordinal) = match text.split_once('.') {
            Some((content, ordinal)) => (content, ordinal.parse().ok().filter(|&n: &u32| n > 1).ok_or_else(not)?),
            None => (text, 1),
        };
        if content.len() != 12 || content.bytes().any(|b| !matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(not());
        }
        Ok(DirectiveId { content: u64::from_str_radix(content, 16).map_err(|_| not())?, ordinal })
    }
}

impl Serialize for DirectiveId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DirectiveId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<str>::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// One directive. In JSON it is an array of its fields in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "(u32, u32, Kind, Verdict, DirectiveId)")]
pub struct Case {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// What it asks for.
    pub kind: Kind,
    /// How it ended.
    pub verdict: Verdict,
    /// What it is known by within its script.
    pub id: DirectiveId,
}

impl From<(u32, u32, Kind, Verdict, DirectiveId)> for Case {
    fn from((line, column, kind, verdict, id): (u32, u32, Kind, Verdict, DirectiveId)) -> Self {
        Case { line, column, kind, verdict, id }
    }
}

impl Serialize for Case {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (self.line, self.column, self.kind, self.verdict, self.id).serialize(to)
    }
}

/// A directive that did not pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The script, by its name (see [`FileReport::name`](crate::FileReport::name)).
    pub file: String,
    /// Where the script is, as the user named it.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// What the directive is known by within its script.
    pub id: DirectiveId,
    /// What the directive asks for.
    pub directive: Kind,
    /// How it ended.
    pub verdict: Verdict,
    /// What should have come.
    pub expected: String,
    /// What came.
    pub got: String,
    /// What the semantics answers where it is not the engine, in words. It is not there when the semantics was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub semantics: Option<String>,
    /// By what the semantics comes to its answer.
    #[serde(flatten)]
    pub cause: Cause,
    /// The feature of the standard or of a proposal that the directive needs and the engine lacks, by its name in
    /// `lockstep engines`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feature: Option<String>,
    /// The directive of the script that this one hangs on, such as a module that did not load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<DirectiveId>,
    /// Why it is no news, if it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Known>,
}

impl Finding {
    /// Whether it says that the engine deviates or breaks, and nothing accounts for it.
    pub fn is_news(&self) -> bool {
        self.verdict.is_finding() && self.known.is_none()
    }

    /// All that is known of it, each fact with a word for what it is, in the order in which reports show them.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = vec![("expected", self.expected.clone()), ("got", self.got.clone())];
        let mut add = |label, fact: Option<String>| facts.extend(fact.map(|fact| (label, fact)));
        add("semantics", self.semantics.clone());
        add("rule", self.cause.name());
        add("standard", self.cause.section.clone());
        add("book", self.cause.book.clone());
        add("feature", self.feature.as_ref().map(|name| format!("the engine lacks {name}")));
        add("known", self.known.as_ref().map(ToString::to_string));
        facts
    }
}

/// Why something that did not pass is no news.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Known {
    /// It is expected.
    Expectation {
        /// Why.
        reason: String,
        /// Where more is said, such as the address of an issue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<String>,
    },
    /// It was so in the earlier run.
    Baseline,
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Known::Expectation { reason, link: None } => write!(f, "expected: {reason}"),
            Known::Expectation { reason, link: Some(link) } => write!(f, "expected: {reason} ({link})"),
            Known::Baseline => f.write_str("as in the baseline"),
        }
    }
}

/// By what the semantics comes to its answer to a directive: its own failure where it is the engine that failed, and
/// otherwise what it does where another engine failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The rule: one that could not be applied to an invalid module, that of a trap, or the last one of an instruction
    /// before the results were there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The premise of the rule that does not hold, by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub premise: Option<String>,
    /// The production of the binary or text format in which a module is malformed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production: Option<String>,
    /// The class of a trap, by the text that scripts expect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trap: Option<String>,
    /// The section of the standard or the proposal that has the rule or the production: an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// The page and anchor of the rule in the book that `lockstep book` writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub book: Option<String>,
}

impl Cause {
    /// The rule with its premise, or the production; nothing where neither is known.
    pub fn name(&self) -> Option<String> {
        match (&self.rule, &self.premise, &self.production) {
            (Some(rule), Some(premise), _) => Some(format!("{rule} ({premise})")),
            (Some(rule), None, _) => Some(rule.clone()),
            (None, _, Some(production)) => Some(production.clone()),
            (None, _, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_directives_are_known_by() {
        for (text, content, ordinal) in [("0123456789ab", 0x0123_4567_89ab, 1), ("00000000000f.12", 15, 12)] {
            let id = DirectiveId { content, ordinal };
            assert_eq!(id.to_string(), text);
            assert_eq!(text.parse(), Ok(id));
        }
        for wrong in ["", "0", "0123456789AB", "0123456789ab.", "0123456789ab.1", "0123456789ab.x", "+123456789ab"] {
            assert!(wrong.parse::<DirectiveId>().is_err(), "{wrong}");
        }
    }
}
