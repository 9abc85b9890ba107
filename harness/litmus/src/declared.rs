//! Reads the expected outcomes that a litmus test declares in annotations.
//!
//! ```wat
//! (@outcomes sc "0, 1" "1, 0" "1, 1")
//! (@outcomes wasm "0, 0" "0, 1" "1, 0" "1, 1")
//! (@source "why these")
//! ```
//!
//! An outcome has an observation for each call that returns something, in the order of the script, separated by commas.
//! Other tools ignore annotations.

use super::{Model, PlanError};
use lockstep_semantics::text::{Annotation, TokenKind, Tokens, strings};
use std::collections::BTreeSet;

/// The declarations of a litmus test.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// The outcomes that sequential consistency allows.
    pub sc: Option<BTreeSet<String>>,
    /// The outcomes that the relaxed model allows.
    pub wasm: Option<BTreeSet<String>>,
    /// Why these outcomes: the source of the declaration.
    pub source: Option<String>,
}

impl Declared {
    /// Reads the annotations of a script.
    ///
    /// # Errors
    /// When an annotation is malformed, with its position.
    pub fn read(text: &str) -> Result<Self, PlanError> {
        let mut declared = Declared::default();
        // A text that is too long is for the one who reads the script to refuse.
        let Ok(tokens) = Tokens::new(text) else { return Ok(declared) };
        for annotation in tokens.annotations() {
            declared.take(annotation, &tokens).map_err(|message| {
                let (line, column) = tokens.lines().of(annotation.start as u32);
                PlanError::Malformed { line, column, message: message.into() }
            })?;
        }
        Ok(declared)
    }

    fn take(&mut self, annotation: &Annotation, script: &Tokens<'_>) -> Result<(), &'static str> {
        let id = script.id(annotation);
        if !["outcomes", "source"].contains(&id) {
            return Ok(());
        }
        let tokens = script.content(annotation);
        let all = || (0..tokens.len()).filter_map(|i| tokens.get(i));
        let strings = || {
            let strings = all().filter(|token| token.kind() == TokenKind::String);
            strings.map(|token| String::from_utf8_lossy(&strings::string(tokens.source(token))).into_owned())
        };
        if id == "source" {
            self.source = Some(strings().collect::<Vec<_>>().join(" "));
            return Ok(());
        }
        let model = all().next().and_then(|token| tokens.source(token).parse::<Model>().ok());
        let model = model.ok_or("a model, sc or wasm, should come after @outcomes")?;
        if strings().count() + 1 != tokens.len() {
            return Err("outcomes should be strings");
        }
        let outcomes = self.outcomes_mut(model);
        if outcomes.is_some() {
            return Err("the outcomes are declared twice");
        }
        *outcomes = Some(strings().collect());
        Ok(())
    }

    /// Whether no outcomes are declared.
    pub fn is_empty(&self) -> bool {
        self.sc.is_none() && self.wasm.is_none()
    }

    /// The outcomes that a model allows.
    pub fn outcomes(&self, model: Model) -> Option<&BTreeSet<String>> {
        match model {
            Model::Sc => self.sc.as_ref(),
            Model::Wasm => self.wasm.as_ref(),
        }
    }

    fn outcomes_mut(&mut self, model: Model) -> &mut Option<BTreeSet<String>> {
        match model {
            Model::Sc => &mut self.sc,
            Model::Wasm => &mut self.wasm,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations() {
        let text = r#"(module) (@outcomes sc "0, 1" ;; one
            "1, 0") (thread $T (@source "a" "b"))"#;
        let declared = Declared::read(text).unwrap();
        assert_eq!(declared.sc, Some(BTreeSet::from(["0, 1".to_owned(), "1, 0".to_owned()])));
        assert_eq!(declared.wasm, None);
        assert_eq!(declared.source.as_deref(), Some("a b"));
        assert_eq!(Declared::read("\"@outcomes\" (;(@outcomes);)"), Ok(Declared::default()));
        for wrong in ["(@outcomes)", "(@outcomes arm)", "(@outcomes sc 1)", "(@outcomes sc)(@outcomes sc)"] {
            assert!(matches!(Declared::read(wrong), Err(PlanError::Malformed { line: 1, .. })), "{wrong}");
        }
    }
}
