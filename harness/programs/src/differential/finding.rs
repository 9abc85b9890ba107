//! Findings of campaigns.

use super::campaign::{self, CampaignOptions};
use super::compare::Difference;
use lockstep_engines::Program;
use lockstep_reports::Verdict;
use lockstep_semantics::RuleId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which of the programs that a campaign makes of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The generated program.
    Program,
    /// Its neighbour, a module of which one premise of one rule is broken.
    Neighbour,
    /// The program with an import that does not fit.
    Misfit,
}

/// A finding without its program, which the campaign can make again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Which of the programs.
    pub origin: Origin,
    /// The engine.
    pub engine: String,
    /// The cause of a finding.
    pub cause: Cause,
}

impl Found {
    /// The finding, with the program of that number.
    pub fn finding(&self, options: &CampaignOptions, index: u64) -> Finding {
        Finding {
            seed: options.seed,
            index,
            origin: self.origin,
            engine: self.engine.clone(),
            cause: self.cause.clone(),
            program: campaign::program(options, index, self.origin),
        }
    }

    /// As [`Finding::signature`].
    pub fn signature(&self) -> String {
        signature(&self.engine, &self.cause)
    }

    /// As [`Finding::name`].
    pub fn name(&self, index: u64) -> String {
        name(&self.signature(), index, self.origin)
    }
}

fn signature(engine: &str, cause: &Cause) -> String {
    format!("{engine}: {}", cause.class())
}

/// A program on which an engine differs from the standard.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The seed of the campaign.
    pub seed: u64,
    /// The number of the program.
    pub index: u64,
    /// Which of the programs of that number.
    pub origin: Origin,
    /// The engine.
    pub engine: String,
    /// The cause of a finding.
    pub cause: Cause,
    /// The program.
    pub program: Program,
}

impl Finding {
    /// The signature that findings with the same cause share: the engine, and the class of the cause.
    pub fn signature(&self) -> String {
        signature(&self.engine, &self.cause)
    }

    /// A name for files.
    pub fn name(&self) -> String {
        name(&self.signature(), self.index, self.origin)
    }
}

/// How much of a signature a name has.
const NAMED: usize = 80;

/// A name for the files of a finding. Findings of one program with one signature have one name.
fn name(signature: &str, index: u64, origin: Origin) -> String {
    let mut name = String::new();
    for c in signature.chars().take(NAMED) {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => name.push(c.to_ascii_lowercase()),
            _ if !name.ends_with('-') => name.push('-'),
            _ => {}
        }
    }
    let name = name.trim_matches('-');
    // What is cut off tells signatures apart, too: by 32 bits of FNV-1a.
    let rest = match signature.chars().nth(NAMED) {
        Some(_) => {
            let hash =
                signature.bytes().fold(0x811c_9dc5_u32, |hash, b| (hash ^ u32::from(b)).wrapping_mul(0x0100_0193));
            format!("-{hash:08x}")
        }
        None => String::new(),
    };
    match origin {
        Origin::Program => format!("{name}{rest}-{index}"),
        Origin::Neighbour => format!("{name}{rest}-{index}-neighbour"),
        Origin::Misfit => format!("{name}{rest}-{index}-misfit"),
    }
}

/// The cause of a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// A valid program does something that the standard does not allow.
    Differs(Difference),
    /// The engine, or the semantics, died or did not come to an end.
    Broke(Verdict, String),
    /// A valid module is not accepted.
    Rejected(String),
    /// An invalid module is accepted.
    Accepted {
        /// The rule that it breaks.
        #[serde(with = "rule_name")]
        rule: RuleId,
        /// The change of a valid module that made it.
        change: String,
    },
}

impl Cause {
    /// The class of the cause, which stays the same while the program is reduced.
    pub fn class(&self) -> String {
        match self {
            Cause::Differs(difference) => format!("{} instead of {}", difference.got.class, difference.expected.class),
            Cause::Broke(verdict, text) => format!("{verdict}: {}", shape(text)),
            Cause::Rejected(text) => format!("rejects a valid module: {}", shape(text)),
            Cause::Accepted { rule, .. } => format!("accepts what breaks {rule}"),
        }
    }
}

/// A message without its numbers and names, so that messages with one cause are equal.
fn shape(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut out = String::with_capacity(line.len());
    let mut digits = false;
    for c in line.chars().take(160) {
        if c.is_ascii_hexdigit() && (c.is_ascii_digit() || digits) {
            if !digits {
                out.push('N');
            }
            digits = true;
        } else {
            digits = false;
            out.push(c);
        }
    }
    out
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Differs(Difference { place, expected, got }) => {
                write!(f, "{place}: expected {}, got {}", expected.text, got.text)
            }
            Cause::Broke(verdict, text) => write!(f, "{verdict}: {text}"),
            Cause::Rejected(text) => write!(f, "rejects a valid module: {text}"),
            Cause::Accepted { rule, change } => write!(f, "accepts an invalid module ({change}), which breaks {rule}"),
        }
    }
}

/// Rules are written by their names.
mod rule_name {
    use lockstep_semantics::RuleId;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(rule: &RuleId, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(rule.as_str())
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<RuleId, D::Error> {
        let name = String::deserialize(from)?;
        RuleId::parse(&name).ok_or_else(|| D::Error::custom(format!("there is no rule {name:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_with_one_cause_are_equal() {
        assert_eq!(shape("type mismatch at 0x1f3: local 12"), shape("type mismatch at 0x9a0: local 7"));
        assert_ne!(shape("type mismatch"), shape("unknown type"));
    }

    #[test]
    fn names_tell_findings_apart() {
        assert_eq!(name("node: crash: N", 7, Origin::Program), "node-crash-n-7");
        assert_eq!(name("node: crash: N", 7, Origin::Misfit), "node-crash-n-7-misfit");
        let long = "x".repeat(NAMED);
        let names = ["", "a", "b"].map(|more| name(&format!("{long}{more}"), 0, Origin::Neighbour));
        assert!(names[0] != names[1] && names[1] != names[2], "{names:?}");
        assert!(names.iter().all(|name| name.len() < 120));
    }
}
