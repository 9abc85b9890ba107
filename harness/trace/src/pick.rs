//! Which steps of a run are wanted.

use glob::Pattern;
use lockstep_semantics::RuleId;
use lockstep_semantics::syntax::Instr;
use lockstep_semantics::trace::Step;
use std::fmt::Write as _;

/// Which steps of a run are wanted.
#[derive(Clone, Debug, Default)]
pub struct Pick {
    /// So many from the beginning.
    pub first: Option<u64>,
    /// So many from the end.
    pub last: Option<u64>,
    /// By rule: those wanted, by their index; all if there are none.
    rules: Option<Vec<bool>>,
    /// By the mnemonic of the instruction; all if there are none.
    instrs: Vec<Pattern>,
    mnemonic: String,
}

impl Pick {
    /// Wants steps of these rules only: parts of their names, or patterns with `*` for the whole of them.
    ///
    /// # Errors
    /// When no rule has such a name.
    pub fn rules(&mut self, patterns: &[String]) -> Result<(), String> {
        if patterns.is_empty() {
            return Ok(());
        }
        let mut wanted = vec![false; RuleId::COUNT];
        for text in patterns {
            let pattern = pattern(text)?;
            let exact = RuleId::parse(text);
            let mut any = false;
            for id in RuleId::ALL {
                let name = id.as_str();
                let fits = match exact {
                    Some(exact) => exact == id,
                    None => pattern.matches(name) || (!text.contains('*') && name.contains(text.as_str())),
                };
                if fits {
                    (wanted[id.index()], any) = (true, true);
                }
            }
            if !any {
                return Err(format!("no rule is called {text:?}; `lockstep explain` knows the rules"));
            }
        }
        self.rules = Some(wanted);
        Ok(())
    }

    /// Wants steps of these instructions only: their mnemonics, or patterns with `*`.
    ///
    /// # Errors
    /// When a pattern is none.
    pub fn instrs(&mut self, patterns: &[String]) -> Result<(), String> {
        self.instrs = patterns.iter().map(|text| pattern(text)).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Whether all steps are wanted, as far as neither their number nor their position is concerned.
    pub fn is_everything(&self) -> bool {
        self.rules.is_none() && self.instrs.is_empty()
    }

    /// Whether a step is wanted, apart from its position.
    pub(super) fn wants(&mut self, step: &Step<'_>) -> bool {
        if let Some(wanted) = &self.rules
            && !step.rule().is_some_and(|rule| wanted[rule.index()])
        {
            return false;
        }
        if self.instrs.is_empty() {
            return true;
        }
        self.mnemonic.clear();
        if step.instr() != Instr::End {
            let _ = write!(self.mnemonic, "{}", step.instr().mnemonic());
        }
        self.instrs.iter().any(|pattern| pattern.matches(&self.mnemonic))
    }
}

fn pattern(text: &str) -> Result<Pattern, String> {
    Pattern::new(text).map_err(|e| format!("{text:?} is not a pattern: {e}"))
}
