//! Renders derivations as an indented tree that can be folded, and as JSON.

use super::labels::Labels;
use lockstep_semantics::derivation::{Broken, Derivation, Judgement};
use lockstep_semantics::syntax::{Names, Notation as _};
use lockstep_spec::RuleId;
use serde_json::{Value, json};
use std::fmt::{self, Write as _};

/// What a node of a [`Tree`] concludes, in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conclusion {
    /// What the judgement is about; where it gives no type, the whole of it.
    pub subject: String,
    /// The type that it gives the subject, or `ok`.
    pub ty: Option<String>,
}

impl Conclusion {
    /// `subject : ty`
    pub(super) fn typed(subject: impl Into<String>, ty: impl Into<String>) -> Self {
        Conclusion { subject: subject.into(), ty: Some(ty.into()) }
    }

    fn of(judgement: &Judgement, names: &Names, labels: &Labels) -> Self {
        match judgement.validity(names) {
            Some((item, says)) => Conclusion::typed(labels.apply(&item.to_string()), says),
            None => labels.apply(&judgement.display(names).to_string()).into(),
        }
    }
}

impl From<String> for Conclusion {
    fn from(subject: String) -> Self {
        Conclusion { subject, ty: None }
    }
}

impl From<&str> for Conclusion {
    fn from(subject: &str) -> Self {
        subject.to_owned().into()
    }
}

impl fmt::Display for Conclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.subject)?;
        match &self.ty {
            Some(ty) => write!(f, " : {ty}"),
            None => Ok(()),
        }
    }
}

/// A judgement with its premises, in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// The rule that concludes it.
    pub rule: Option<RuleId>,
    /// The judgement.
    pub conclusion: Conclusion,
    /// Why it does not hold, if it does not; empty where a premise below says why.
    pub failure: Option<String>,
    /// The rules of premises without a node of their own.
    pub uses: Vec<RuleId>,
    /// The premises.
    pub premises: Vec<Tree>,
}

impl Tree {
    /// A node that holds.
    pub(super) fn node(rule: RuleId, conclusion: impl Into<Conclusion>, premises: Vec<Tree>) -> Self {
        Tree { rule: Some(rule), conclusion: conclusion.into(), failure: None, uses: Vec::new(), premises }
    }

    pub(super) fn derivation(d: &Derivation, names: &Names, labels: &Labels) -> Self {
        let premises = d.premises.iter().map(|d| Tree::derivation(d, names, labels)).collect();
        Tree::node(d.rule, Conclusion::of(&d.conclusion, names, labels), premises)
    }

    pub(super) fn broken(broken: &Broken, names: &Names, labels: &Labels) -> Self {
        let mut tree: Option<Tree> = None;
        for (broken, part) in broken.path().into_iter().rev() {
            let failure = match part {
                None => labels.apply(&broken.reason.display(names).to_string()),
                Some(_) => String::new(),
            };
            tree = Some(Tree {
                rule: broken.rule,
                conclusion: Conclusion::of(&broken.goal, names, labels),
                failure: Some(failure),
                uses: Vec::new(),
                premises: tree.into_iter().collect(),
            });
        }
        tree.unwrap_or_default()
    }

    /// The number of nodes.
    pub fn size(&self) -> usize {
        1 + self.premises.iter().map(Tree::size).sum::<usize>()
    }

    /// As text, one judgement a line. What is deeper than `depth` is folded, except on the way to a failure.
    pub fn render(&self, depth: usize) -> String {
        let mut out = String::new();
        self.line(&mut out, "", "", depth);
        out
    }

    fn line(&self, out: &mut String, head: &str, indent: &str, depth: usize) {
        let mark = if self.failure.is_some() { "✗ " } else { "" };
        let rule = self.rule.map_or("no rule", RuleId::as_str);
        let _ = write!(out, "{head}{mark}{}   [{rule}]", self.conclusion);
        let folded = depth == 0 && self.failure.is_none() && !self.premises.is_empty();
        if folded {
            let n = self.size() - 1;
            let _ = write!(out, "  … {n} more");
        }
        out.push('\n');
        if let Some(why) = self.failure.as_deref().filter(|why| !why.is_empty()) {
            let _ = writeln!(out, "{indent}└─ because {why}");
        }
        if folded {
            return;
        }
        for (i, premise) in self.premises.iter().enumerate() {
            let last = i + 1 == self.premises.len();
            let (branch, below) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            premise.line(out, &format!("{indent}{branch}"), &format!("{indent}{below}"), depth.saturating_sub(1));
        }
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        let mut value = json!({
            "rule": self.rule.map(RuleId::as_str),
            "conclusion": self.conclusion.to_string(),
            "holds": self.failure.is_none(),
            "premises": self.premises.iter().map(Tree::json).collect::<Vec<_>>(),
        });
        if let Some(why) = self.failure.as_deref().filter(|why| !why.is_empty()) {
            value["because"] = why.into();
        }
        if !self.uses.is_empty() {
            value["uses"] = self.uses.iter().map(|rule| rule.as_str()).collect();
        }
        value
    }
}
