//! Records the use of rules in a run: how often, by which directives, on which instructions, and one step.

use lockstep_engines::{Delegate, Engine, Failure, Limits, SemanticsSession, Session};
use lockstep_reports::Kind;
use lockstep_scripts::script;
use lockstep_scripts::suite::Script;
use lockstep_semantics::RuleId;
use lockstep_semantics::execution::{Store, ThreadId, Zipper};
use lockstep_semantics::observe::Observer;
use lockstep_semantics::syntax::Instr;
use lockstep_semantics::trace::{self, Sink, Tracer};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::io;
use std::sync::{Mutex, PoisonError};

/// How many directives are named as examples of a rule.
const EXAMPLES: usize = 3;

/// The number of directives of a script whose steps are compared, to show the shortest.
const STEPS: u64 = 3;

/// The number of directives of a script whose instructions are recorded.
const INSTRUCTIONS: u64 = 400;

/// The stack of each worker; text nests as deep as the parser lets it.
const STACK: usize = 256 << 20;

/// The record of a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// How often it was used.
    pub count: u64,
    /// How many directives used it.
    pub directives: u64,
    /// The first of these, at most one for each script.
    pub examples: Vec<DirectivePlace>,
    /// The shortest step by it that was found.
    pub step: Option<StepExample>,
    /// The instructions that it reduced, by their names in the text format.
    pub instructions: BTreeSet<String>,
}

/// The place of a directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectivePlace {
    /// The script.
    pub script: String,
    /// The line.
    pub line: u32,
}

/// An example of a step, with the steps after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepExample {
    /// The redex, with the context that it needs.
    pub redex: String,
    /// The contractum.
    pub contractum: String,
    /// The steps that came next in the same directive, in order; at most two.
    pub next: Vec<Next>,
    /// The directive that it is from.
    pub place: DirectivePlace,
}

/// A step after a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// The rule.
    pub rule: RuleId,
    /// The redex.
    pub redex: String,
    /// The contractum.
    pub contractum: String,
}

/// How many steps are shown after the one that a rule makes.
const NEXT: usize = 2;

/// How long a step is to read. One without any value shows little, and counts as longer.
fn length(redex: &str, contractum: &str) -> usize {
    let values = [".const ", "(ref."].iter().any(|value| redex.contains(value));
    redex.chars().count() + contractum.chars().count() + if values { 0 } else { 60 }
}

/// The records of all rules, in the order of the standard.
#[derive(Clone, Debug)]
pub struct Records(Vec<Record>);

impl Default for Records {
    fn default() -> Self {
        Records(vec![Record::default(); RuleId::COUNT])
    }
}

impl Records {
    /// Runs scripts on the semantics, several at a time, and records the rules. The records depend on the scripts
    /// alone.
    ///
    /// # Errors
    /// When a script cannot be read, or no threads can be had.
    pub fn of(scripts: &[Script], done: impl Fn(&Script) + Sync) -> io::Result<Self> {
        let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build().map_err(io::Error::other)?;
        let each = |script: &Script| {
            let text = script.read()?;
            let engine = Watching::default();
            script::run(&script.path, &script.suite, &text, &engine, &Limits::default());
            done(script);
            Ok(engine.seen.into_inner().unwrap_or_else(PoisonError::into_inner))
        };
        let seen: io::Result<Vec<_>> = pool.install(|| scripts.par_iter().with_max_len(1).map(each).collect());
        let mut records = Records::default();
        for (script, seen) in scripts.iter().zip(seen?) {
            for (record, seen) in records.0.iter_mut().zip(seen) {
                record.add(&script.path, seen);
            }
        }
        Ok(records)
    }

    /// The record of a rule.
    pub fn get(&self, rule: RuleId) -> &Record {
        &self.0[rule.index()]
    }
}

impl Record {
    fn add(&mut self, script: &str, seen: Seen) {
        self.count += seen.count;
        self.directives += seen.directives;
        self.instructions.extend(seen.instructions);
        let place = |line| DirectivePlace { script: script.to_owned(), line };
        if seen.directives > 0 && self.examples.len() < EXAMPLES {
            self.examples.push(place(seen.line));
        }
        if let Some((redex, contractum, line)) = seen.step {
            let step = StepExample { redex, contractum, next: seen.next, place: place(line) };
            let length = |step: &StepExample| length(&step.redex, &step.contractum);
            if self.step.as_ref().is_none_or(|shortest| length(&step) < length(shortest)) {
                self.step = Some(step);
            }
        }
    }
}

/// The record of a rule in one script.
#[derive(Clone, Default)]
struct Seen {
    count: u64,
    directives: u64,
    /// The directive that used it last, and the one whose step was looked at last.
    last: u64,
    looked: u64,
    /// The line of the first directive.
    line: u32,
    step: Option<(String, String, u32)>,
    /// The steps after it.
    next: Vec<Next>,
    instructions: BTreeSet<String>,
}

/// Observes the run of one script: traces its steps, and counts the uses of all rules.
struct Watcher(Tracer<Shown>);

/// The records of the directives of one script.
struct Shown {
    /// The number of the directive, from 1, and its line.
    directive: u64,
    line: u32,
    rules: Vec<Seen>,
    /// The rules whose step is among the last few, so that more steps belong to it.
    open: Vec<RuleId>,
}

impl Observer for Watcher {
    const WATCHES_STEPS: bool = true;

    #[inline(always)]
    fn rule(&mut self, rule: RuleId) {
        let Shown { directive, line, rules, .. } = &mut self.0.sink;
        let seen = &mut rules[rule.index()];
        seen.count += 1;
        if seen.last != *directive {
            if seen.directives == 0 {
                seen.line = *line;
            }
            seen.last = *directive;
            seen.directives += 1;
        }
    }

    fn thread(&mut self, thread: ThreadId) {
        self.0.thread(thread);
    }

    fn redex(&mut self, s: &Store, z: &Zipper, redex: Instr) {
        self.0.redex(s, z, redex);
    }

    fn contractum(&mut self, s: &Store, z: &Zipper, rule: Option<RuleId>) {
        self.0.contractum(s, z, rule);
    }
}

impl Sink for Shown {
    fn step(&mut self, step: &trace::Step<'_>) {
        // The call of a host function is by no rule.
        let Some(rule) = step.rule() else { return };
        if !self.open.is_empty() {
            self.follow(step, rule);
        }
        let seen = &mut self.rules[rule.index()];
        if seen.looked == self.directive {
            return;
        }
        seen.looked = self.directive;
        if seen.directives <= INSTRUCTIONS {
            seen.instructions.extend(mnemonic(step));
        }
        if seen.directives <= STEPS {
            let (redex, contractum) = (step.redex().to_string(), step.contractum().to_string());
            let shorter = |(r, c, _): &(String, String, u32)| length(&redex, &contractum) < length(r, c);
            if seen.step.as_ref().is_none_or(shorter) {
                seen.step = Some((redex, contractum, self.line));
                seen.next.clear();
                self.open.retain(|&open| open != rule);
                self.open.push(rule);
            }
        }
    }
}

impl Shown {
    /// A step after those of the rules that are open.
    #[cold]
    fn follow(&mut self, step: &trace::Step<'_>, rule: RuleId) {
        let next = Next { rule, redex: step.redex().to_string(), contractum: step.contractum().to_string() };
        let rules = &mut self.rules;
        self.open.retain(|open| {
            let seen = &mut rules[open.index()].next;
            seen.push(next.clone());
            seen.len() < NEXT
        });
    }
}

/// The mnemonic of the instruction that a step reduced, if the text format has one for it.
fn mnemonic(step: &trace::Step<'_>) -> Option<String> {
    if let Instr::End | Instr::Trap | Instr::Ref(_) = step.instr() {
        return None;
    }
    Some(step.instr().mnemonic().to_string())
}

/// The semantics as an engine that records rules.
#[derive(Default)]
struct Watching {
    seen: Mutex<Vec<Seen>>,
}

impl Engine for Watching {
    fn name(&self) -> &str {
        "lockstep-semantics"
    }
    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }
    fn open(&self, limits: &Limits) -> Result<Box<dyn Session + '_>, Failure> {
        let rules = vec![Seen::default(); RuleId::COUNT];
        let watcher = Watcher(Tracer::new(Shown { directive: 0, line: 0, rules, open: Vec::new() }));
        Ok(Box::new(Watched { session: SemanticsSession::new(limits, watcher), seen: &self.seen }))
    }
}

struct Watched<'e> {
    session: SemanticsSession<Watcher>,
    seen: &'e Mutex<Vec<Seen>>,
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        let rules = std::mem::take(&mut self.session.observer_mut().0.sink.rules);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = rules;
    }
}

impl Delegate for Watched<'_> {
    type Session = SemanticsSession<Watcher>;

    fn session(&self) -> &Self::Session {
        &self.session
    }

    fn session_mut(&mut self) -> &mut Self::Session {
        &mut self.session
    }

    fn directive(&mut self, place: (u32, u32), _: Kind) {
        let shown = &mut self.session.observer_mut().0.sink;
        shown.directive += 1;
        shown.open.clear();
        shown.line = place.0;
    }
}
