//! Verdicts and how many there are of each.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, AddAssign};

/// How a directive of a script, or a differential run, ends. Exactly one of six.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// What was asked for.
    Pass,
    /// Something else.
    Fail,
    /// The engine lacks the feature.
    Unsupported,
    /// An implementation limit that the standard permits: steps, stack or memory.
    Limit,
    /// No end within the time allowed.
    Timeout,
    /// The engine died, panicked, or got stuck.
    Crash,
}

impl Verdict {
    /// All six, in the order in which reports show them.
    pub const ALL: [Verdict; 6] =
        [Verdict::Pass, Verdict::Fail, Verdict::Unsupported, Verdict::Limit, Verdict::Timeout, Verdict::Crash];

    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Unsupported => "unsupported",
            Verdict::Limit => "limit",
            Verdict::Timeout => "timeout",
            Verdict::Crash => "crash",
        }
    }

    /// Whether it says that the engine deviates from the standard or breaks. A feature that is not there and a limit
    /// that the standard permits do not.
    pub const fn is_finding(self) -> bool {
        matches!(self, Verdict::Fail | Verdict::Timeout | Verdict::Crash)
    }

    /// How bad it is: a pass, not tested, against the standard, broken.
    pub(crate) const fn badness(self) -> u8 {
        match self {
            Verdict::Pass => 0,
            Verdict::Unsupported | Verdict::Limit => 1,
            Verdict::Fail | Verdict::Timeout => 2,
            Verdict::Crash => 3,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How many of each verdict there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Of [`Verdict::Pass`].
    pub pass: u64,
    /// Of [`Verdict::Fail`].
    pub fail: u64,
    /// Of [`Verdict::Unsupported`].
    pub unsupported: u64,
    /// Of [`Verdict::Limit`].
    pub limit: u64,
    /// Of [`Verdict::Timeout`].
    pub timeout: u64,
    /// Of [`Verdict::Crash`].
    pub crash: u64,
}

impl Counts {
    /// How many there are of a verdict.
    pub const fn get(&self, verdict: Verdict) -> u64 {
        match verdict {
            Verdict::Pass => self.pass,
            Verdict::Fail => self.fail,
            Verdict::Unsupported => self.unsupported,
            Verdict::Limit => self.limit,
            Verdict::Timeout => self.timeout,
            Verdict::Crash => self.crash,
        }
    }

    /// Counts one more.
    pub fn count(&mut self, verdict: Verdict) {
        *match verdict {
            Verdict::Pass => &mut self.pass,
            Verdict::Fail => &mut self.fail,
            Verdict::Unsupported => &mut self.unsupported,
            Verdict::Limit => &mut self.limit,
            Verdict::Timeout => &mut self.timeout,
            Verdict::Crash => &mut self.crash,
        } += 1;
    }

    /// All together.
    pub fn total(&self) -> u64 {
        Verdict::ALL.iter().map(|&verdict| self.get(verdict)).sum()
    }

    /// How many say that the engine deviates or breaks; see [`Verdict::is_finding`].
    pub const fn findings(&self) -> u64 {
        self.fail + self.timeout + self.crash
    }

    /// Whether something passed and nothing is a finding. A run that tested nothing is no success.
    pub const fn is_success(&self) -> bool {
        self.pass > 0 && self.findings() == 0
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.pass += other.pass;
        self.fail += other.fail;
        self.unsupported += other.unsupported;
        self.limit += other.limit;
        self.timeout += other.timeout;
        self.crash += other.crash;
    }
}

impl Add for Counts {
    type Output = Counts;
    fn add(mut self, other: Counts) -> Counts {
        self += other;
        self
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Counts>>(counts: I) -> Counts {
        counts.fold(Counts::default(), Add::add)
    }
}

impl fmt::Display for Counts {
    /// All six: `3 pass, 1 fail, 0 unsupported, …`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, verdict) in Verdict::ALL.into_iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{} {verdict}", self.get(verdict))?;
        }
        Ok(())
    }
}
