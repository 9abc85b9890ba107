//! The reducer: makes a program small while a test still accepts it.
//!
//! Delta debugging (Zeller and Hildebrandt, *Simplifying and Isolating Failure-Inducing Input*, 2002) over the typed
//! syntax: calls, modules, exports, functions and other definitions, segments, imports (in whose place a local
//! definition comes), statements and operands, locals, parameters and results, fields, edges of the subtype graph,
//! recursive types, heap types, constants. Big pieces are tried first, then smaller ones, again and again until nothing
//! changes. A test decides whether to keep a candidate; no candidate is tested twice, and with [`Keep::Valid`] none
//! that our validation rejects.
//!
//! The same start, options and answers give the same result.

mod code;
mod draft;
mod flow;
mod items;
mod remap;
mod search;
mod signatures;
mod types;

use draft::Draft;
use lockstep_engines::Program;
use lockstep_engines::program::{Call, Part, decode, encode};
use lockstep_semantics::decode::Malformed;
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::syntax::Module;
use lockstep_semantics::validation::validate;
use lockstep_work::Stop;
use search::Search;
use std::sync::Arc;
use std::time::Duration;

/// A program that may be the result.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The program.
    pub program: Program,
    /// The syntax of its modules.
    pub modules: Vec<Arc<Module>>,
}

impl Candidate {
    /// A program to begin with.
    ///
    /// # Errors
    /// When a module of it cannot be decoded, and so cannot be taken apart.
    pub fn new(program: &Program) -> Result<Candidate, Malformed> {
        let modules = program.modules.iter().map(|part| decode(&part.bytes).map(Arc::new)).collect::<Result<_, _>>()?;
        Ok(Candidate { program: program.clone(), modules })
    }

    /// A single module to begin with, without calls.
    ///
    /// # Errors
    /// When it cannot be decoded.
    pub fn module(bytes: &[u8]) -> Result<Candidate, Malformed> {
        let module = decode(bytes)?;
        let part = Part::new("", bytes, &module);
        Ok(Candidate { program: Program { modules: vec![part], calls: Vec::new() }, modules: vec![Arc::new(module)] })
    }

    /// The bytes of all modules together.
    pub fn size(&self) -> usize {
        self.program.modules.iter().map(|part| part.bytes.len()).sum()
    }

    /// The first module in binary.
    pub fn bytes(&self) -> &[u8] {
        self.program.modules.first().map_or(&[], |part| &part.bytes)
    }

    /// All modules in the text format.
    pub fn text(&self) -> String {
        self.program.modules.iter().map(|part| text(&part.bytes)).collect()
    }

    /// Whether our validation accepts all modules.
    pub fn is_valid(&self) -> bool {
        self.program.modules.iter().all(|part| is_valid(&part.bytes))
    }
}

fn is_valid(bytes: &[u8]) -> bool {
    decode(bytes).is_ok_and(|module| validate(&module, &mut Unobserved).is_ok())
}

/// A binary module in the text format.
pub fn text(bytes: &[u8]) -> String {
    let mut text = wasmprinter::print_bytes(bytes).unwrap_or_else(|e| format!(";; cannot be printed: {e}\n"));
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Which candidates are worth a test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// Those that our validation accepts: for findings about execution.
    #[default]
    Valid,
    /// All: for findings about validation.
    Anything,
}

/// Options of a reduction.
#[derive(Clone, Debug, Default)]
pub struct ReduceOptions {
    /// Which candidates are worth a test.
    pub keep: Keep,
    /// How many tests there may be.
    pub tests: Option<u64>,
    /// How long it may take.
    pub time: Option<Duration>,
    /// A request to stop.
    pub stop: Option<Stop>,
}

/// Why a reduction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// No known change makes it smaller.
    Fixpoint,
    /// The number of tests was reached.
    Tests,
    /// The time was over.
    Time,
    /// Somebody asked to stop.
    Interrupted,
}

/// The progress of a reduction.
#[derive(Clone, Debug)]
pub struct Progress<'a> {
    /// Tests made.
    pub tests: u64,
    /// Tests that a smaller candidate passed.
    pub accepted: u64,
    /// The current kind of change.
    pub phase: &'static str,
    /// The smallest candidate so far.
    pub best: &'a Candidate,
    /// Whether it is new.
    pub is_new: bool,
}

/// The result of a reduction.
#[derive(Clone, Debug)]
pub struct Reduced {
    /// The smallest candidate that passed the test.
    pub candidate: Candidate,
    /// Tests made.
    pub tests: u64,
    /// Tests that were passed.
    pub accepted: u64,
    /// Candidates dropped without a test, because they are not valid.
    pub invalid: u64,
    /// Why it ended.
    pub ended: Ended,
}

/// Reduces a program that passes `test`, as long as it does.
///
/// The test is not asked about the start itself.
pub fn reduce(
    start: &Candidate,
    options: &ReduceOptions,
    test: &mut dyn FnMut(&Candidate) -> bool,
    progress: &mut dyn FnMut(&Progress<'_>),
) -> Reduced {
    Search::new(start, options, test, progress).run()
}

/// A program that is being changed.
#[derive(Clone, Debug)]
struct State {
    modules: Vec<(String, Draft)>,
    calls: Vec<Call>,
}

impl State {
    fn new(candidate: &Candidate) -> State {
        let parts = candidate.program.modules.iter().zip(&candidate.modules);
        State {
            modules: parts.map(|(part, module)| (part.name.clone(), Draft::new(module))).collect(),
            calls: candidate.program.calls.clone(),
        }
    }

    fn candidate(&self) -> Candidate {
        let modules: Vec<Arc<Module>> = self.modules.iter().map(|(_, draft)| Arc::new(draft.module())).collect();
        let parts = self.modules.iter().zip(&modules);
        let parts = parts.map(|((name, _), module)| Part::new(name.clone(), encode(module), module)).collect();
        Candidate { program: Program { modules: parts, calls: self.calls.clone() }, modules }
    }
}
