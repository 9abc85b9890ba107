//! Replays a script on the semantics, to tell what the standard has for the directives that another engine fails.

use super::judge::Mismatch;
use super::run::{self, Script, Terms};
use super::schedule::Listener;
use super::syntax::Directive;
use lockstep_engines::{Limits, SemanticsSession, rule_cause};
use lockstep_reports::{Cause, Finding};
use lockstep_semantics::RuleId;
use lockstep_semantics::observe::Observer;
use lockstep_semantics::syntax::Instr;
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::LazyLock;

/// What a directive got.
#[derive(Clone, Debug, Default)]
pub(super) struct Answered {
    /// In words.
    pub(super) words: String,
    /// By what.
    pub(super) cause: Cause,
}

/// The rule by which the last instruction was reduced.
#[derive(Clone, Default)]
struct LastInstruction {
    rule: Rc<Cell<Option<RuleId>>>,
    /// Whether an instruction has begun and no rule of execution was used since.
    begun: bool,
}

/// The rules of execution, but for those that only say that a part of a configuration takes a step.
static STEPS: LazyLock<Vec<bool>> = LazyLock::new(|| {
    let steps = |rule: &RuleId| match rule.judgement() {
        "Step_pure" | "Step_read" => true,
        "Step" => !["Step/pure", "Step/read"].contains(&rule.as_str()) && !rule.as_str().starts_with("Step/ctxt"),
        _ => false,
    };
    RuleId::ALL.iter().map(steps).collect()
});

impl Observer for LastInstruction {
    #[inline(always)]
    fn instruction(&mut self, instr: &Instr) {
        // The end of a sequence is no instruction of the standard.
        self.begun = !matches!(instr, Instr::End);
    }

    #[inline(always)]
    fn rule(&mut self, rule: RuleId) {
        if self.begun && STEPS[rule.index()] {
            self.begun = false;
            self.rule.set(Some(rule));
        }
    }
}

/// Adds to each finding what the semantics has for its directive: its answer, and the rule, premise or production by which
/// it comes to it. The findings are those of another engine on the script.
pub fn explain(script: &Script<'_>, limits: &Limits, terms: &Terms, findings: &mut [Finding]) {
    let mut wanted: FxHashMap<(u32, u32), Vec<usize>> = FxHashMap::default();
    for (i, finding) in findings.iter().enumerate() {
        // What hangs on another directive has its explanation there.
        if finding.verdict.is_finding() && finding.root.is_none() {
            wanted.entry((finding.line, finding.column)).or_default().push(i);
        }
    }
    if wanted.is_empty() {
        return;
    }
    let last = LastInstruction::default();
    let answer = Rc::<RefCell<Answered>>::default();
    let mut listener = Explainer { rule: Rc::clone(&last.rule), answer: Rc::clone(&answer), wanted, findings };
    let limits = Limits { features: run::features(script.suite, limits.features), ..limits.clone() };
    let session = Box::new(SemanticsSession::new(&limits, last));
    // A script that cannot be read has no directive to explain.
    let _ = run::run_on(script, session, limits.features, terms, Some(answer), &mut listener);
}

/// Explains findings while the script runs on the semantics.
struct Explainer<'f> {
    rule: Rc<Cell<Option<RuleId>>>,
    answer: Rc<RefCell<Answered>>,
    /// The findings to explain, by the place of their directive.
    wanted: FxHashMap<(u32, u32), Vec<usize>>,
    findings: &'f mut [Finding],
}

impl Listener for Explainer<'_> {
    fn ended(&mut self, directive: &Directive<'_>, result: Result<(), Mismatch>) -> ControlFlow<()> {
        let last = self.rule.take();
        let Answered { words, mut cause } = self.answer.take();
        let Some(of) = self.wanted.get(&directive.place) else { return ControlFlow::Continue(()) };
        if cause == Cause::default() {
            cause = last.map(rule_cause).unwrap_or_default();
        }
        let words = match result {
            // The semantics does not do what the script wants either.
            Err(got) => got.text,
            Ok(()) if words.is_empty() => "as expected".to_owned(),
            Ok(()) => words,
        };
        for &i in of {
            self.findings[i].semantics = Some(words.clone());
            self.findings[i].cause = cause.clone();
        }
        ControlFlow::Continue(())
    }
}
