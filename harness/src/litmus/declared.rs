//! What a litmus test says of itself, in annotations.
//!
//! ```wat
//! (@outcomes sc "0, 1" "1, 0" "1, 1")
//! (@outcomes wasm "0, 0" "0, 1" "1, 0" "1, 1")
//! (@source "why these")
//! ```
//!
//! An outcome has an observation for each call that returns something, in the order of the script, with commas between
//! them. Other tools pass over annotations.

use super::{Model, PlanError};
use crate::script::place::Places;
use std::collections::BTreeSet;
use wast::lexer::{Lexer, Token, TokenKind};

/// What a litmus test says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// The outcomes that sequential consistency allows.
    pub sc: Option<BTreeSet<String>>,
    /// The outcomes that the relaxed model allows.
    pub wasm: Option<BTreeSet<String>>,
    /// Where that is from.
    pub source: Option<String>,
}

impl Declared {
    /// Reads the annotations of a script.
    ///
    /// # Errors
    /// When an annotation is not as it should be, with its place.
    pub fn read(text: &str) -> Result<Self, PlanError> {
        let mut lexer = Lexer::new(text);
        lexer.allow_confusing_unicode(true);
        // What is no token is for the parser to say.
        let tokens: Vec<Token> = lexer
            .iter(0)
            .map_while(Result::ok)
            .filter(|token| {
                !matches!(token.kind, TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment)
            })
            .collect();
        let mut declared = Declared::default();
        for (i, token) in tokens.iter().enumerate() {
            let rest = || tokens[i + 1..].iter().take_while(|token| token.kind != TokenKind::RParen);
            let strings = || rest().filter_map(|token| string(token, text)).collect::<Vec<_>>();
            let wrong = |message: &str| {
                let (line, column) = Places::new(text).of(token.offset);
                PlanError::Malformed { line, column, message: message.into() }
            };
            match token.src(text) {
                "@outcomes" if token.kind == TokenKind::Annotation => {
                    let model = rest().next().and_then(|token| token.src(text).parse::<Model>().ok());
                    let model = model.ok_or_else(|| wrong("a model, sc or wasm, should come after @outcomes"))?;
                    if strings().len() + 1 != rest().count() {
                        return Err(wrong("outcomes should be strings"));
                    }
                    let outcomes = declared.outcomes_mut(model);
                    if outcomes.is_some() {
                        return Err(wrong("the outcomes are declared twice"));
                    }
                    *outcomes = Some(strings().into_iter().collect());
                }
                "@source" if token.kind == TokenKind::Annotation => declared.source = Some(strings().join(" ")),
                _ => {}
            }
        }
        Ok(declared)
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

fn string(token: &Token, text: &str) -> Option<String> {
    let TokenKind::String = token.kind else { return None };
    Some(String::from_utf8_lossy(&token.string(text)).into_owned())
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
