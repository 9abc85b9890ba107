//! Annotations of custom sections (appendix, custom sections and annotations): `@name`, `@custom` and
//! `@metadata.code.branch_hint`. They have no meaning for the module, and a wrong one does not make it malformed: what is
//! wrong is kept beside it.

use super::context::Space;
use super::lexical::{Annotation, TokenKind, Tokens};
use super::parser::Parser;
use super::strings;
use crate::syntax::{Idx, Names};

/// What is wrong with an annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomFault {
    /// Whether it is in its grammar and in a place that it may have, so that only what it is about is wrong.
    pub well_formed: bool,
    /// Line and column of the annotation, from 1.
    pub line: (u32, u32),
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for CustomFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.line.0, self.line.1, self.message)
    }
}

/// The annotations of a module, as far as they have been found where they may stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Annotated {
    /// The numbers of those that stand in their place.
    placed: Vec<usize>,
    /// The names that `@name` gives.
    names: Vec<(Space, Idx, String)>,
    /// Those that it gives to locals, since the last function.
    locals: Vec<(Idx, String)>,
    /// Where in the tokens the bodies of functions are, one after the other.
    bodies: Vec<std::ops::Range<usize>>,
    faults: Vec<CustomFault>,
}

impl Annotated {
    /// Something has a name.
    fn add(&mut self, space: Space, x: Idx, name: String) {
        match space {
            Space::Local => self.locals.push((x, name)),
            _ => self.names.push((space, x, name)),
        }
    }
}

const NAME: &str = "name";
const CUSTOM: &str = "custom";
const BRANCH_HINT: &str = "metadata.code.branch_hint";

/// The section kinds of `@custom`'s `(before …)` and `(after …)`.
const SECTIONS: [&str; 15] = [
    "first",
    "last",
    "type",
    "import",
    "func",
    "table",
    "memory",
    "tag",
    "global",
    "export",
    "start",
    "elem",
    "datacount",
    "code",
    "data",
];

impl<'a> Parser<'_, 'a> {
    /// The annotations directly before the next token, by number.
    fn annotations_here(&self) -> std::ops::Range<usize> {
        let all = self.tokens.annotations();
        if all.is_empty() {
            return 0..0;
        }
        let first = all.partition_point(|annotation| annotation.before < self.at);
        first..all.partition_point(|annotation| annotation.before <= self.at)
    }

    fn annotation_id(&self, annotation: &Annotation) -> &'a str {
        self.tokens.text().get(annotation.id.0..annotation.id.1).unwrap_or_default()
    }

    /// The name that a `@name` gives to what is bound here, if there is one.
    pub(super) fn name_annotation(&mut self) -> Option<String> {
        let mut found = None;
        for i in self.annotations_here() {
            let annotation = self.tokens.annotations()[i];
            if self.annotation_id(&annotation) != NAME {
                continue;
            }
            self.annotated.placed.push(i);
            let content = content(self.tokens, &annotation);
            let name = match &content[..] {
                [(TokenKind::String, token)] => strings::name(token),
                _ => None,
            };
            match name {
                None => self.custom_fault(&annotation, "@name annotation: a string that is UTF-8 is missing"),
                Some(_) if found.is_some() => self.custom_fault(&annotation, "@name annotation: multiple names"),
                Some(name) => found = Some(name.into_owned()),
            }
        }
        found
    }

    /// Gives what is bound here the name of a `@name`.
    pub(super) fn annotate(&mut self, space: Space, x: Idx) {
        if let Some(name) = self.name_annotation() {
            self.annotated.add(space, x, name);
        }
    }

    /// Gives the one thing that has been declared since an index the name of an annotation; of several, none has it.
    pub(super) fn annotate_one(&mut self, name: Option<String>, space: Space, range: std::ops::Range<Idx>, at: usize) {
        let Some(name) = name else { return };
        if range.len() == 1 {
            self.annotated.add(space, range.start, name);
            return;
        }
        let all = self.tokens.annotations();
        if let Some(&annotation) = all.get(all.partition_point(|annotation| annotation.before < at)) {
            self.custom_fault(&annotation, "@name annotation: not on exactly one declaration");
        }
    }

    /// The names that have been given to locals since the last function.
    pub(super) fn annotated_locals(&mut self) -> Vec<(Idx, String)> {
        std::mem::take(&mut self.annotated.locals)
    }

    /// Between declarations, where `@custom` may stand.
    pub(super) fn custom_annotations(&mut self) {
        for i in self.annotations_here() {
            let annotation = self.tokens.annotations()[i];
            if self.annotation_id(&annotation) == CUSTOM {
                self.annotated.placed.push(i);
                if let Some(why) = custom(&content(self.tokens, &annotation)) {
                    self.custom_fault(&annotation, format!("@custom annotation: {why}"));
                }
            }
        }
    }

    /// The body of a function, from a token to the next one.
    pub(super) fn hinted_body(&mut self, first: usize) {
        if !self.tokens.annotations().is_empty() {
            self.annotated.bodies.push(first..self.at + 1);
        }
    }

    #[cold]
    fn custom_fault(&mut self, annotation: &Annotation, message: impl Into<String>) {
        self.fault_of(annotation, message, false);
    }

    #[cold]
    fn fault_of(&mut self, annotation: &Annotation, message: impl Into<String>, well_formed: bool) {
        let line = self.tokens.lines().of(annotation.start as u32);
        self.annotated.faults.push(CustomFault { well_formed, line, message: message.into() });
    }

    /// At the end of the module: what stands in none of its places is wrong, and names take the place of identifiers.
    pub(super) fn finish_annotations(&mut self, first: usize) {
        let all = self.tokens.annotations();
        let mut last_hint = None;
        self.annotated.placed.sort_unstable();
        for (i, annotation) in all.iter().enumerate() {
            if annotation.before < first || annotation.before > self.end {
                continue;
            }
            match self.annotation_id(annotation) {
                id @ (NAME | CUSTOM) if self.annotated.placed.binary_search(&i).is_err() => {
                    self.custom_fault(annotation, format!("misplaced @{id} annotation"));
                }
                BRANCH_HINT => {
                    self.branch_hint(annotation, last_hint == Some(annotation.before));
                    last_hint = Some(annotation.before);
                }
                _ => {}
            }
        }
        self.annotated.faults.sort_by_key(|fault| fault.line);
        self.module.custom_faults = std::mem::take(&mut self.annotated.faults);
        let names = std::mem::take(&mut self.annotated.names);
        names.into_iter().for_each(|(space, x, name)| give(&mut self.module.names, space, x, name));
    }

    fn branch_hint(&mut self, annotation: &Annotation, again: bool) {
        let at = annotation.before;
        let bodies = &self.annotated.bodies;
        let body = bodies.partition_point(|body| body.end <= at);
        if !bodies.get(body).is_some_and(|body| body.contains(&at)) {
            return self.custom_fault(annotation, format!("@{BRANCH_HINT} annotation: not in a function"));
        }
        if again {
            return self.custom_fault(annotation, format!("@{BRANCH_HINT} annotation: duplicate annotation"));
        }
        let content = content(self.tokens, annotation);
        let hint: Vec<u8> = content.iter().flat_map(|(_, token)| strings::string(token).into_owned()).collect();
        if content.iter().any(|(kind, _)| *kind != TokenKind::String) || !matches!(hint[..], [0 | 1]) {
            return self.custom_fault(annotation, format!("@{BRANCH_HINT} annotation: invalid value"));
        }
        let word = |i| self.tokens.get(i).map(|token| self.tokens.source(token));
        let instr = if word(at) == Some("(") { word(at + 1) } else { word(at) };
        if !matches!(instr, Some("if" | "br_if")) {
            self.fault_of(annotation, format!("@{BRANCH_HINT} annotation: invalid target"), true);
        }
    }
}

/// The tokens between the identifier of an annotation and its last parenthesis.
fn content<'a>(tokens: &Tokens<'a>, annotation: &Annotation) -> Vec<(TokenKind, &'a str)> {
    let text = tokens.text().get(annotation.id.1..annotation.end - 1).unwrap_or_default();
    // A part of a text is no longer than the whole.
    let Ok(inner) = Tokens::new(text) else { return Vec::new() };
    let each = (0..inner.len()).filter_map(|i| inner.get(i));
    each.map(|token| (token.kind(), inner.source(token))).collect()
}

/// What is wrong with the content of a `@custom`: `name (before kind | after kind)? string*`
fn custom(content: &[(TokenKind, &str)]) -> Option<&'static str> {
    use TokenKind::{Close, Keyword, Open, String};
    let Some(((String, name), rest)) = content.split_first() else { return Some("missing section name") };
    if strings::name(name).is_none() {
        return Some("malformed UTF-8 encoding");
    }
    let data = match rest {
        [(Open, _), (Keyword, "before" | "after"), kind, ..] => match (kind, rest.get(3)) {
            ((Keyword, kind), Some((Close, _))) if SECTIONS.contains(kind) => &rest[4..],
            _ => return Some("malformed section kind"),
        },
        [(Open, _), ..] => return Some("malformed placement"),
        _ => rest,
    };
    data.iter().any(|(kind, _)| *kind != String).then_some("unexpected token")
}

/// Gives something a name.
fn give(names: &mut Names, space: Space, x: Idx, name: String) {
    let map = match space {
        Space::Type => &mut names.types,
        Space::Tag => &mut names.tags,
        Space::Global => &mut names.globals,
        Space::Mem => &mut names.mems,
        Space::Table => &mut names.tables,
        Space::Func => &mut names.funcs,
        Space::Data => &mut names.datas,
        Space::Elem => &mut names.elems,
        Space::Field(of) => names.fields.entry(of).or_default(),
        // Those of locals have been taken with their function, and labels have none.
        Space::Local | Space::Label => return,
    };
    map.insert(x, name);
}
