//! Findings by cause.

use crate::{DirectiveId, Finding, Kind, Verdict};
use std::collections::BTreeMap;
use std::fmt;

/// Findings that have the same cause, as far as can be told: they lack the same feature, miss the same rule or premise, or
/// got the same answer. What hangs on another directive, such as a module that did not load, has its cause.
#[derive(Clone, Debug, PartialEq)]
pub struct Group<'r> {
    /// The verdict.
    pub verdict: Verdict,
    /// The cause.
    pub cause: GroupCause,
    /// The findings that stand for themselves, in the order of the report. There is at least one.
    pub findings: Vec<&'r Finding>,
    /// Those that hang on one of them.
    pub hanging: Vec<&'r Finding>,
}

/// What findings of a group share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupCause {
    /// The engine lacks a feature.
    Feature(String),
    /// A rule or a production of the standard is not followed in directives of a kind.
    Rule(Kind, String),
    /// Directives of a kind got the same answer, numbers apart.
    Answer(Kind, String),
}

impl fmt::Display for GroupCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GroupCause::Feature(name) => write!(f, "the engine lacks {name}"),
            GroupCause::Rule(kind, rule) => write!(f, "{kind}: {rule}"),
            GroupCause::Answer(kind, answer) => write!(f, "{kind}: {answer}"),
        }
    }
}

impl Group<'_> {
    /// How many findings there are in it.
    pub fn count(&self) -> u64 {
        (self.findings.len() + self.hanging.len()) as u64
    }
}

/// Puts findings into groups, larger ones first.
pub fn groups<'r>(findings: impl IntoIterator<Item = &'r Finding>) -> Vec<Group<'r>> {
    let findings: Vec<&Finding> = findings.into_iter().collect();
    let by_id: BTreeMap<(&str, DirectiveId), &Finding> =
        findings.iter().map(|f| ((f.file.as_str(), f.id), *f)).collect();
    let mut groups: BTreeMap<(Verdict, GroupCause), Group<'r>> = BTreeMap::new();
    for finding in findings {
        let root = finding.root.and_then(|id| by_id.get(&(finding.file.as_str(), id)));
        let base = root.copied().unwrap_or(finding);
        let group = groups.entry((base.verdict, cause(base))).or_insert_with_key(|(verdict, cause)| Group {
            verdict: *verdict,
            cause: cause.clone(),
            findings: Vec::new(),
            hanging: Vec::new(),
        });
        if root.is_some() { &mut group.hanging } else { &mut group.findings }.push(finding);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    // Findings before what was not tested.
    groups.sort_by_key(|group| (!group.verdict.is_finding(), std::cmp::Reverse(group.count())));
    groups
}

fn cause(finding: &Finding) -> GroupCause {
    let kind = finding.directive;
    if let Some(feature) = &finding.feature {
        return GroupCause::Feature(feature.clone());
    }
    // A broken engine is not to be told by the rule that it was asked about.
    let broke = matches!(finding.verdict, Verdict::Crash | Verdict::Timeout | Verdict::Limit);
    match finding.cause.name() {
        Some(rule) if !broke => GroupCause::Rule(kind, rule),
        _ => GroupCause::Answer(kind, without_numbers(finding.got.lines().next().unwrap_or_default())),
    }
}

/// A text with `…` for numbers, which tell the same answer at different places apart.
fn without_numbers(text: &str) -> String {
    let mut out = String::new();
    let mut within = false;
    for c in text.chars().take(200) {
        // Digits within a word, as in `i32`, are no numbers.
        let digit = c.is_ascii_digit() && (within || !out.ends_with(|c: char| c.is_alphanumeric() || c == '_'));
        if digit && !within {
            out.push('…');
        } else if !digit {
            out.push(c);
        }
        within = digit;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cause;

    fn finding(line: u32, kind: Kind, got: &str) -> Finding {
        Finding {
            file: "core/a.wast".into(),
            path: "a.wast".into(),
            line,
            column: 1,
            id: DirectiveId { content: u64::from(line), ordinal: 1 },
            directive: kind,
            verdict: Verdict::Fail,
            expected: String::new(),
            got: got.into(),
            semantics: None,
            cause: Cause::default(),
            feature: None,
            root: None,
            known: None,
        }
    }

    #[test]
    fn one_cause_with_all_that_hangs_on_it() {
        let module = finding(1, Kind::Module, "offset 17: type mismatch");
        let mut all = vec![module.clone()];
        all.extend((2..600).map(|line| Finding { root: Some(module.id), ..finding(line, Kind::AssertReturn, "none") }));
        all.push(finding(700, Kind::Module, "offset 3: type mismatch"));
        all.push(finding(800, Kind::AssertReturn, "i32.const 3"));
        let groups = groups(&all);
        let seen: Vec<_> = groups.iter().map(|g| (g.cause.to_string(), g.findings.len(), g.hanging.len())).collect();
        let want =
            [("module: offset …: type mismatch".to_owned(), 2, 598), ("assert_return: i32.const …".to_owned(), 1, 0)];
        assert_eq!(seen, want);
    }

    #[test]
    fn a_rule_is_a_cause() {
        let rule = |line, got: &str| Finding {
            cause: Cause { rule: Some("Instr_ok/br".into()), premise: Some("NotSubtype".into()), ..Cause::default() },
            ..finding(line, Kind::AssertInvalid, got)
        };
        let all = [rule(1, "a valid module"), rule(2, "an instance")];
        let groups = groups(&all);
        assert_eq!(groups.len(), 1);
        assert_eq!(groups[0].cause.to_string(), "assert_invalid: Instr_ok/br (NotSubtype)");
    }
}
