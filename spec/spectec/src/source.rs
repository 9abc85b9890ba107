//! Texts, places in them, and what there is to say about those places.

use std::fmt::{self, Display};

/// A place in one of the texts of a script, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// The number of the text in its [`Sources`].
    pub file: u32,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// From the beginning of one place to the end of another.
    pub fn to(self, end: Span) -> Span {
        Span { file: self.file, start: self.start, end: end.end.max(self.start) }
    }
}

/// One text, by the name of its file.
#[derive(Clone, Debug)]
pub struct Source {
    /// How diagnostics call it.
    pub name: String,
    /// The text.
    pub text: String,
}

/// The texts that make up a script, in order.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// No texts.
    pub fn new() -> Sources {
        Sources::default()
    }

    /// Adds a text to the end.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.files.push(Source { name: name.into(), text: text.into() });
    }

    /// The texts.
    pub fn files(&self) -> &[Source] {
        &self.files
    }

    /// The text at a place.
    pub fn text(&self, span: Span) -> &str {
        let text = self.files.get(span.file as usize).map_or("", |file| file.text.as_str());
        text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// Line and column of the beginning of a place, from 1. Columns count characters.
    pub fn position(&self, span: Span) -> (usize, usize) {
        let text = self.files.get(span.file as usize).map_or("", |file| file.text.as_str());
        let before = text.get(..span.start as usize).unwrap_or(text);
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        let begin = before.rfind('\n').map_or(0, |i| i + 1);
        (line, before[begin..].chars().count() + 1)
    }

    /// `file:line:column` of a place.
    pub fn place(&self, span: Span) -> String {
        let (line, column) = self.position(span);
        let name = self.files.get(span.file as usize).map_or("", |file| file.name.as_str());
        format!("{name}:{line}:{column}")
    }

    /// The line that a place begins in.
    fn line(&self, span: Span) -> &str {
        let text = self.files.get(span.file as usize).map_or("", |file| file.text.as_str());
        let before = text.get(..span.start as usize).unwrap_or(text);
        let begin = before.rfind('\n').map_or(0, |i| i + 1);
        text[begin..].lines().next().unwrap_or_default()
    }
}

/// Whether a text can be used in spite of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It can: the reading is one that the text most likely means.
    Warning,
    /// It cannot.
    Error,
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the text can be used all the same.
    pub severity: Severity,
    /// Where.
    pub span: Span,
    /// The reason, as a sentence without a full stop.
    pub message: String,
    /// What the reason is made of, most general first, where there is more to say.
    pub notes: Vec<String>,
}

impl Diagnostic {
    /// An error.
    pub fn error(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Error, span, message: message.into(), notes: Vec::new() }
    }

    /// A warning.
    pub fn warning(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(span, message) }
    }

    /// With file, line, column and the line of the text, for people.
    pub fn render<'a>(&'a self, sources: &'a Sources) -> Rendered<'a> {
        Rendered { diagnostic: self, sources }
    }
}

/// A diagnostic with its snippet, to be printed.
pub struct Rendered<'a> {
    diagnostic: &'a Diagnostic,
    sources: &'a Sources,
}

/// So much of a line is shown.
const SHOWN: usize = 200;

impl Display for Rendered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Diagnostic { severity, span, message, notes } = self.diagnostic;
        let severity = match severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        writeln!(f, "{}: {severity}: {message}", self.sources.place(*span))?;
        let (_, column) = self.sources.position(*span);
        let line: Vec<char> = self.sources.line(*span).chars().collect();
        if column <= SHOWN {
            let shown: String = line.iter().take(SHOWN).collect();
            let blank: String = line.iter().take(column - 1).map(|c| if *c == '\t' { '\t' } else { ' ' }).collect();
            let rest = line.len().min(SHOWN).saturating_sub(column - 1).max(1);
            let marked = self.sources.text(*span).lines().next().unwrap_or_default().chars().count();
            writeln!(f, "  | {shown}\n  | {blank}{}", "^".repeat(marked.clamp(1, rest)))?;
        }
        notes.iter().try_for_each(|note| writeln!(f, "  = {note}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_and_show_the_line() {
        let mut sources = Sources::new();
        sources.add("a.spectec", "var x : nat\nvar ä = y\n");
        let at = sources.files()[0].text.find('=').unwrap() as u32;
        let span = Span { file: 0, start: at, end: at + 1 };
        assert_eq!(sources.place(span), "a.spectec:2:7");
        let shown = Diagnostic::error(span, "there should be `:` here").render(&sources).to_string();
        assert_eq!(shown, "a.spectec:2:7: error: there should be `:` here\n  | var ä = y\n  |       ^\n");
        // A place outside of the text is no reason to panic.
        let astray = Span { file: 3, start: 90, end: 80 };
        assert_eq!((sources.text(astray), sources.position(astray)), ("", (1, 1)));
        assert!(Diagnostic::warning(astray, "m").render(&sources).to_string().starts_with(":1:1: warning: m"));
    }
}
