//! What a run took of what there is.

use crate::report::{plural, thousands};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// What a run took of what there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// How much of the official suite is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub official: Option<Official>,
    /// How many scripts there were to run, in all shards.
    #[serde(default)]
    pub scripts: u64,
    /// The parts that are in the report, where the run was divided; none where it is whole.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub shards: BTreeSet<Shard>,
    /// Whether reports were put together that may lack parts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub merged: bool,
    /// The patterns that scripts had to match, if there were any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<String>,
    /// Scripts that were left out, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// Why the run ended before all scripts were run, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
}

impl Run {
    /// The shards that are not in the report.
    pub fn missing_shards(&self) -> Vec<Shard> {
        let Some(&Shard { of, .. }) = self.shards.first() else { return Vec::new() };
        (1..=of).map(|part| Shard { part, of }).filter(|shard| !self.shards.contains(shard)).collect()
    }

    /// Whether every script that there was to run is in the report.
    pub fn is_whole(&self) -> bool {
        self.missing_shards().is_empty() && self.stopped.is_none()
    }
}

/// A part of a run: every n-th script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shard {
    /// Which part, from 1.
    pub part: usize,
    /// Of how many.
    pub of: usize,
}

impl Shard {
    /// The most parts that a run can be divided into.
    pub const MOST: usize = 10_000;
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((part, of)) if (1..=of).contains(&part) && of <= Shard::MOST => Ok(Shard { part, of }),
            _ => Err(format!("this should be I/N with I from 1 to N, such as 2/5, and N at most {}", Shard::MOST)),
        }
    }
}

/// A script that was not run because an expectation says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The script, by its name.
    pub file: String,
    /// Why.
    pub reason: String,
}

/// How much of the official suite a run has, by the content of the scripts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Official {
    /// The commit that the official suite is taken from.
    pub pin: String,
    /// All of the official suite at that commit.
    pub all: Share,
    /// The scripts of the run that are in it as they are there.
    pub same: Share,
    /// The scripts of the run that have the name of one in it, and other content.
    pub changed: Share,
    /// The scripts of the run that are not in it.
    pub other: Share,
}

/// A number of scripts and of their directives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Scripts.
    pub files: u64,
    /// Directives.
    pub directives: u64,
}

impl Share {
    /// One more script.
    pub fn add(&mut self, directives: u64) {
        self.files += 1;
        self.directives += directives;
    }

    /// Whether there is nothing of it.
    pub fn is_empty(&self) -> bool {
        *self == Share::default()
    }

    fn plus(self, other: Share) -> Share {
        Share { files: self.files + other.files, directives: self.directives + other.directives }
    }
}

impl Official {
    /// What two parts of a run have together.
    #[must_use]
    pub fn plus(&self, other: &Official) -> Official {
        Official {
            pin: self.pin.clone(),
            all: self.all,
            same: self.same.plus(other.same),
            changed: self.changed.plus(other.changed),
            other: self.other.plus(other.other),
        }
    }
}

impl fmt::Display for Official {
    /// `57,505 of …`: how much of the official suite this is, and what else there is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Official { pin, all, same, changed, other } = self;
        let pin = pin.get(..9).unwrap_or(pin);
        let share =
            |share: &Share| format!("{} in {}", plural(share.directives, "directive"), plural(share.files, "script"));
        if same == all {
            write!(f, "All of the official suite at {pin}: {}", share(all))?;
        } else if same.is_empty() && changed.is_empty() {
            return write!(f, "Nothing of this is in the official suite at {pin}");
        } else {
            write!(
                f,
                "Of the official suite at {pin}: {} of {} directives, in {} of {} scripts",
                thousands(same.directives),
                thousands(all.directives),
                thousands(same.files),
                thousands(all.files)
            )?;
        }
        if !changed.is_empty() {
            write!(f, "; {} under its names differ from it", share(changed))?;
        }
        if !other.is_empty() {
            write!(f, "; {} are not in it", share(other))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards() {
        assert_eq!("2/5".parse(), Ok(Shard { part: 2, of: 5 }));
        for wrong in ["0/5", "6/5", "1", "1/0", "a/b", "", "1/10001"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
        let run = |parts: &[usize]| Run {
            shards: parts.iter().map(|&part| Shard { part, of: 3 }).collect(),
            ..Run::default()
        };
        assert_eq!(run(&[1, 3]).missing_shards(), [Shard { part: 2, of: 3 }]);
        assert!(run(&[1, 2, 3]).is_whole() && run(&[]).is_whole());
    }

    #[test]
    fn how_much_of_the_official_suite() {
        let share = |files, directives| Share { files, directives };
        let all = share(258, 65_294);
        let pin = "285a9032950cbad6a9f84de11183008e286092a2".to_owned();
        let whole = Official { pin, all, same: all, ..Official::default() };
        assert_eq!(whole.to_string(), "All of the official suite at 285a90329: 65,294 directives in 258 scripts");
        let part = Official { same: share(231, 57_000), changed: share(1, 505), other: share(2, 7), ..whole.clone() };
        assert_eq!(
            part.to_string(),
            "Of the official suite at 285a90329: 57,000 of 65,294 directives, in 231 of 258 scripts; 505 directives in \
             1 script under its names differ from it; 7 directives in 2 scripts are not in it"
        );
        let none = Official { same: share(0, 0), other: share(1, 1), ..whole };
        assert_eq!(none.to_string(), "Nothing of this is in the official suite at 285a90329");
    }
}
