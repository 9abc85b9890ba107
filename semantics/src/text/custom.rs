//! Annotations of custom sections (appendix, custom sections and annotations): `@name`, `@custom` and
//! `@metadata.code.branch_hint`. They have no meaning for the module, and a wrong one does not make it malformed: what is
//! wrong is kept beside it.

use super::annotated::{CustomFault, CustomSection};
use super::context::Space;
use super::lexical::{Annotation, TokenKind, Tokens};
use super::parser::Parser;
use super::strings;
use crate::syntax::{Idx, Names};

const NAME: &str = "name";
const CUSTOM: &str = "custom";
const BRANCH_HINT: &str = "metadata.code.branch_hint";

/// The section kinds of `@custom`'s `(before …)` and `(after …)`, with the identifiers of the sections; `first` and `last`
/// are besides them.
const SECTIONS: [(&str, u8); 13] = [
    ("type", 1),
    ("import", 2),
    ("func", 3),
    ("table", 4),
    ("memory", 5),
    ("tag", 13),
    ("global", 6),
    ("export", 7),
    ("start", 8),
    ("elem", 9),
    ("datacount", 12),
    ("code", 10),
    ("data", 11),
];

impl Parser<'_, '_> {
    /// The annotations directly before the next token, by number.
    fn annotations_here(&self) -> std::ops::Range<usize> {
        let all = self.tokens.annotations();
        if all.is_empty() {
            return 0..0;
        }
        let first = all.partition_point(|annotation| annotation.before < self.at);
        first..all.partition_point(|annotation| annotation.before <= self.at)
    }

    /// The name that a `@name` gives to what is bound here, if there is one.
    pub(super) fn name_annotation(&mut self) -> Option<String> {
        let mut found = None;
        for i in self.annotations_here() {
            let annotation = self.tokens.annotations()[i];
            if self.tokens.id(&annotation) != NAME {
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
            if self.tokens.id(&annotation) == CUSTOM {
                self.annotated.placed.push(i);
                match custom(&content(self.tokens, &annotation)) {
                    Ok(section) => self.annotated.sections.push(section),
                    Err(why) => self.custom_fault(&annotation, format!("@custom annotation: {why}")),
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
            match self.tokens.id(annotation) {
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
        self.module.customs = std::mem::take(&mut self.annotated.sections);
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

/// The tokens in an annotation.
fn content<'a>(tokens: &Tokens<'a>, annotation: &Annotation) -> Vec<(TokenKind, &'a str)> {
    let inner = tokens.content(annotation);
    (0..inner.len()).filter_map(|i| inner.get(i)).map(|token| (token.kind(), inner.source(token))).collect()
}

/// The content of a `@custom`: `name (before kind | after kind)? string*`. Without a place, it is the end.
///
/// # Errors
/// What is wrong with it.
fn custom(content: &[(TokenKind, &str)]) -> Result<CustomSection, &'static str> {
    use TokenKind::{Close, Keyword, Open, String};
    let Some(((String, name), rest)) = content.split_first() else { return Err("missing section name") };
    let name = strings::name(name).ok_or("malformed UTF-8 encoding")?.into_owned();
    let (section, after, data) = match rest {
        [(Open, _), (Keyword, word @ ("before" | "after")), kind, ..] => {
            let ((Keyword, kind), Some((Close, _))) = (kind, rest.get(3)) else { return Err("malformed section kind") };
            let section = match *kind {
                "first" | "last" => None,
                kind => Some(SECTIONS.iter().find(|(name, _)| *name == kind).ok_or("malformed section kind")?.1),
            };
            let after = if section.is_some() { *word == "after" } else { *kind == "last" };
            (section, after, &rest[4..])
        }
        [(Open, _), ..] => return Err("malformed placement"),
        _ => (None, true, rest),
    };
    if data.iter().any(|(kind, _)| *kind != String) {
        return Err("unexpected token");
    }
    let bytes = data.iter().flat_map(|(_, token)| strings::string(token).into_owned()).collect();
    Ok(CustomSection { name, bytes, section, after })
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
