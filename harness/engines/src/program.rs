//! Whole programs: linked modules and calls of their exports, with everything that is observable of a run.

use super::value::Val;
use super::{Answer, Failure, InstanceId, Session};
use lockstep_semantics::decode::{Dialect, Malformed, Reading, decode_with};
use lockstep_semantics::encode::encode_as;
use lockstep_semantics::syntax::{ExternIdx, Features, Module};
use std::sync::Arc;

/// The encoding of the modules of programs, with all proposals.
pub const READING: Reading = Reading { features: Features::SHARED_EVERYTHING, dialect: Dialect::WasmTools };

/// A module of a program.
///
/// # Errors
/// When the bytes are no module.
pub fn decode(bytes: &[u8]) -> Result<Module, Malformed> {
    decode_with(bytes, READING)
}

/// The bytes of a module in a program.
pub fn encode(module: &Module) -> Vec<u8> {
    encode_as(module, READING.dialect)
}

/// Modules, and calls of their exports.
///
/// A run loads, instantiates and registers each module in turn, until one fails. Then it makes each call whose instance
/// exists, until a call ends in a way that leaves the state open (a limit, a timeout, a crash). Last it reads the
/// exported globals, tables and memories of all instances.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The modules, in the order of their instantiation.
    pub modules: Vec<Part>,
    /// The calls, in order.
    pub calls: Vec<Call>,
}

/// A module of a program.
#[derive(Clone, Debug)]
pub struct Part {
    /// The name that its instance is registered under.
    pub name: String,
    /// The module in binary.
    pub bytes: Arc<[u8]>,
    /// Its exported globals, tables and memories, in order.
    pub state: Vec<(String, StateKind)>,
}

/// The kind of an export that holds state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StateKind {
    /// A global.
    Global,
    /// A table.
    Table,
    /// A memory.
    Memory,
}

/// A call of an exported function.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The position of the module in the program.
    pub module: usize,
    /// The name of the export.
    pub function: String,
    /// The arguments.
    pub args: Vec<Val>,
}

/// All observations of one run of a program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observation {
    /// The result of loading and instantiating each module; none for the modules after one that failed.
    pub modules: Vec<Result<(), Failure>>,
    /// The result of each call; none for calls that were not made because of the calls before. A call of an instance
    /// that is not there is `None`.
    pub calls: Vec<Option<Answer>>,
    /// The state of the instances at the end, in the order of [`Program::modules`] and [`Part::state`]; empty if not
    /// all calls were made.
    pub state: Vec<Result<State, Failure>>,
    /// How the engine died in a first attempt, where it did not do so in the second one, whose observations these are.
    pub died_once: Option<String>,
}

impl Observation {
    /// Whether the engine broke in one of the operations.
    pub fn has_crashed(&self) -> bool {
        let crashed = |end: &Failure| matches!(end, Failure::Crash(_));
        self.modules.iter().filter_map(|end| end.as_ref().err()).any(crashed)
            || self.calls.iter().flatten().filter_map(|end| end.as_ref().err()).any(crashed)
            || self.state.iter().filter_map(|end| end.as_ref().err()).any(crashed)
    }
}

/// An exported piece of the state.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// The value of a global.
    Global(Val),
    /// The elements of a table.
    Table(Vec<Val>),
    /// The bytes of a memory.
    Memory(Vec<u8>),
}

impl Program {
    /// A single module, in which nothing is called.
    pub fn of(module: &Module) -> Program {
        let bytes = encode_as(module, Dialect::WasmTools);
        Program { modules: vec![Part::new("m0", bytes, module)], calls: Vec::new() }
    }
}

impl Part {
    /// A module of a program, with its exported state.
    pub fn new(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>, module: &Module) -> Part {
        let state = module.exports.iter().filter_map(|export| {
            let kind = match export.idx {
                ExternIdx::Global(_) => StateKind::Global,
                ExternIdx::Table(_) => StateKind::Table,
                ExternIdx::Mem(_) => StateKind::Memory,
                ExternIdx::Func(_) | ExternIdx::Tag(_) => return None,
            };
            Some((export.name.clone(), kind))
        });
        Part { name: name.into(), bytes: bytes.into(), state: state.collect() }
    }
}

/// Runs a program step by step in a fresh session.
pub fn run<S: Session + ?Sized>(session: &mut S, program: &Program) -> Observation {
    let mut seen = Observation::default();
    let mut instances: Vec<InstanceId> = Vec::new();
    for part in &program.modules {
        match begin(session, part) {
            Ok(instance) => {
                instances.push(instance);
                seen.modules.push(Ok(()));
            }
            Err(end) => {
                let open = end.leaves_state_open();
                seen.modules.push(Err(end));
                if open {
                    return seen;
                }
                break;
            }
        }
    }
    for call in &program.calls {
        let Some(instance) = instances.get(call.module) else {
            seen.calls.push(None);
            continue;
        };
        let end = session.invoke(*instance, &call.function, &call.args);
        let open = end.as_ref().is_err_and(Failure::leaves_state_open);
        seen.calls.push(Some(end));
        if open {
            return seen;
        }
    }
    for (part, instance) in program.modules.iter().zip(&instances) {
        for (name, kind) in &part.state {
            seen.state.push(match kind {
                StateKind::Global => session.global(*instance, name).map(State::Global),
                StateKind::Table => session.table(*instance, name).map(State::Table),
                StateKind::Memory => session.memory(*instance, name).map(State::Memory),
            });
        }
    }
    seen
}

fn begin<S: Session + ?Sized>(session: &mut S, part: &Part) -> Result<InstanceId, Failure> {
    let module = session.load(&part.bytes)?;
    let instance = session.instantiate(module)?;
    session.register(&part.name, instance)?;
    Ok(instance)
}

impl Failure {
    /// Whether the standard does not determine the state of the store after this.
    pub fn leaves_state_open(&self) -> bool {
        matches!(self, Failure::Exhausted(_) | Failure::Timeout | Failure::Limit(_) | Failure::Crash(_))
    }
}
