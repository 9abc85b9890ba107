//! Explanations as text, with the source, and as JSON.

use super::{Explanation, Verdict};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use lockstep_spec::{ProductionId, RuleId};
use serde_json::{Value, json};

impl Explanation {
    /// As text, with the lines of the source that matter; `depth` folds the derivation.
    pub fn render(&self, text: Option<&str>, colours: bool, depth: usize) -> String {
        let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
        if self.verdict == Verdict::Valid {
            return format!("{}: {}\n", self.path, self.headline);
        }
        let mut title = Level::ERROR.primary_title(self.headline.as_str());
        if let Some(rule) = self.rule {
            title = title.id(rule.as_str());
        } else if let Some(production) = self.production {
            title = title.id(production.as_str());
        }
        let mut group = Group::with_title(title);
        let label = match (&self.found, &self.needed) {
            (Some(found), Some(needed)) => format!("found {found}, needed {needed}"),
            (Some(found), None) => format!("found {found}"),
            (None, Some(needed)) => format!("needed {needed}"),
            (None, None) => "here".into(),
        };
        match (text, &self.span) {
            (Some(text), Some(span)) => {
                let context = self
                    .context
                    .iter()
                    .map(|(span, why)| AnnotationKind::Context.span(span.clone()).label(why.as_str()));
                group = group.element(
                    Snippet::source(text)
                        .path(self.path.as_str())
                        .annotation(AnnotationKind::Primary.span(span.clone()).label(label))
                        .annotations(context),
                );
            }
            _ => {
                group = group.element(annotate_snippets::Origin::path(self.path.as_str()));
                group = group.element(Level::NOTE.message(label));
            }
        }
        let mut notes = vec![format!("in {}", self.place)];
        if let (Some(rule), Some(premise)) = (self.rule, &self.premise) {
            notes.push(format!(
                "the premise that fails: {premise}\nwanted by the rule {rule}:\n{}",
                indented(rule.rule().statement)
            ));
        }
        if let Some(production) = self.production {
            notes.push(format!("the production {production}:\n{}", indented(production.production().statement)));
        }
        notes.extend(self.notes.iter().cloned());
        let messages = notes.into_iter().map(|note| Level::NOTE.message(note));
        let group = group.elements(messages).elements(self.help.iter().map(|help| Level::HELP.message(help.as_str())));
        let mut out = renderer.render(&[group]);
        out.push('\n');
        if let Some(tree) = &self.derivation {
            out.push_str("\nThe derivation down to the failure:\n\n");
            out.push_str(&tree.render(depth));
        }
        out
    }

    /// As JSON.
    pub fn json(&self, text: Option<&str>) -> Value {
        let span = self.span.as_ref().map(|span| {
            let (line, column) = text.map_or((0, 0), |text| line_and_column(text, span.start));
            json!({ "start": span.start, "end": span.end, "line": line, "column": column })
        });
        json!({
            "path": self.path,
            "verdict": self.verdict.as_str(),
            "headline": self.headline,
            "rule": self.rule.map(RuleId::as_str),
            "production": self.production.map(ProductionId::as_str),
            "section": self.rule.map(|rule| rule.rule().section)
                .or_else(|| self.production.map(|production| production.production().section)),
            "premise": self.premise,
            "found": self.found,
            "needed": self.needed,
            "place": self.place,
            "instruction": self.instruction,
            "source": span,
            "notes": self.notes,
            "help": self.help,
            "derivation": self.derivation.as_ref().map(super::Tree::json),
        })
    }
}

/// A statement of the catalogue, not too long.
fn indented(statement: &str) -> String {
    const MOST: usize = 12;
    let mut lines: Vec<String> = statement.lines().map(|line| format!("    {line}")).collect();
    if lines.len() > MOST {
        lines.truncate(MOST);
        lines.push("    …".into());
    }
    lines.join("\n")
}

/// From 1, in characters.
pub(super) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
