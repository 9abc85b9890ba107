//! Wasmtime, in this process, held against the semantics on programs that are made of bytes.
//!
//! Limits, and what an engine lacks, are no findings. A finding is a panic with its text. Where the environment variable
//! `LOCKSTEP_FINDINGS` names a folder, it is made small first, and written there as `lockstep fuzz` does it, with the
//! input.

use crate::world::{Dice, World};
use crate::{laws, seed, smith, valid};
use arbitrary::Unstructured;
use lockstep::differential::campaign::{CampaignOptions, examine, examine_neighbour};
use lockstep::differential::compare::Reference;
use lockstep::differential::finding::{Cause, Finding, Origin};
use lockstep::differential::folder::{Folder, Report};
use lockstep::differential::minimise::minimise;
use lockstep::differential::reduce;
use lockstep::differential::tally::Tally;
use lockstep::engine::program::{Call, Part};
use lockstep::engine::{Engine, Limits, Program, Wasmtime};
use lockstep::generate::neighbours::{Neighbour, neighbour};
use lockstep::generate::{self, Generated};
use lockstep::{RefVal, Val};
use lockstep_semantics::encode::encode;
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::syntax::*;
use lockstep_semantics::validation::validate;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

/// The bytes that a neighbour's change is made from, before those of the program.
pub const CHANGE: usize = 64;
/// The functions of a module of `wasm-smith` to be called, each with two lists of arguments.
const FUNCTIONS: usize = 8;
/// The time that making a finding small may take; less than what libFuzzer grants an input.
const REDUCTION: Duration = Duration::from_secs(5);
/// What Wasmtime is known to do otherwise, so that a target does not end with it each time: the rule that the semantics
/// uses, and what Wasmtime does instead.
const KNOWN: &[(&str, &str)] = &[
    // `array.copy` to a place out of bounds, from null: Wasmtime looks at the bounds first.
    ("Step_read/array.copy-null2", "trap: out of bounds array access"),
];
/// The environment variable that names the folder for findings.
const FINDINGS: &str = "LOCKSTEP_FINDINGS";

/// Runs the generated program that comes of the bytes on the semantics and on Wasmtime. Whether there was something to
/// compare.
///
/// # Panics
/// With what was found.
pub fn gc(data: &[u8]) -> bool {
    let generated = generated(data);
    for (name, module) in &generated.modules {
        validate(module, &mut Unobserved)
            .unwrap_or_else(|e| panic!("the generator made an invalid module, {name}: {e}"));
    }
    compare("differential_gc", data, &generated.program(), &campaign_limits())
}

/// Runs the module that `wasm-smith` makes of the bytes, in a made-up world, on the semantics and on Wasmtime. Whether
/// there was something to compare.
///
/// # Panics
/// With what was found.
pub fn smith(data: &[u8]) -> bool {
    smith_program(data).is_some_and(|program| compare("differential_smith", data, &program, &smith_limits()))
}

/// Asks Wasmtime and `wasmparser` about a neighbour of the generated program that comes of the bytes. Whether there is
/// one, and it is invalid.
///
/// # Panics
/// When one of them accepts what the semantics rejects, or the other way round.
pub fn neighbours(data: &[u8]) -> bool {
    let Some(neighbour) = neighbour_of(data) else { return false };
    let program = Program::of(&neighbour.module);
    let rule = neighbour.violation().map(|invalid| invalid.rule);
    let engines = engines();
    let (mut tally, mut found) = (Tally::default(), Vec::new());
    let limits = campaign_limits();
    examine_neighbour(&program, rule, &neighbour.change, &engines, &limits, &mut tally, |engine, cause| {
        found.push((engine.to_owned(), cause));
    });
    report("neighbours", data, &program, &engines, &limits, found);
    tally.invalid > 0
}

/// The generated program that comes of the bytes.
pub fn generated(data: &[u8]) -> Generated {
    generate::generate(&mut Unstructured::new(data), &generate::GenerateOptions::default())
}

/// A neighbour of the last module of the generated program that comes of the bytes; the first [`CHANGE`] ones choose
/// what is changed.
pub fn neighbour_of(data: &[u8]) -> Option<Neighbour> {
    let (change, program) = data.split_at(data.len().min(CHANGE));
    let generated = generated(program);
    let (_, module) = generated.modules.last()?;
    neighbour(module, &mut Unstructured::new(change))
}

/// The module that `wasm-smith` makes of the bytes, the world that it imports from, and calls of its exports with simple
/// arguments. Calls that do not come to an end within the limits are left out.
pub fn smith_program(data: &[u8]) -> Option<Program> {
    let (seed, bytes) = smith::module(&mut Unstructured::new(data), smith::Nans::Canonical)?;
    let mut module = valid(&bytes);
    let world = World::around(&module, seed)?.module;
    let rewritten = !module.imports.is_empty();
    for (i, import) in module.imports.iter_mut().enumerate() {
        import.module = "world".into();
        import.name = i.to_string();
    }
    let bytes = if rewritten { encode(&module) } else { bytes };
    let parts = vec![Part::new("world", encode(&world), &world), Part::new("module", bytes, &module)];
    let mut program = Program { modules: parts, calls: calls(&module, seed) };
    let limits = smith_limits();
    // The instantiation may be endless, too: then there is nothing to compare.
    while !program.calls.is_empty() {
        let seen = Reference::new(&program, &limits).seen;
        let open = |call: &Option<Result<_, lockstep::engine::Failure>>| {
            call.as_ref().is_some_and(|end| end.as_ref().is_err_and(|end| end.leaves_state_open()))
        };
        let Some(endless) = seen.calls.iter().position(open) else { break };
        program.calls.remove(endless);
    }
    Some(program)
}

/// Calls of exported functions.
fn calls(module: &Module, seed: u64) -> Vec<Call> {
    let mut dice = Dice(seed);
    let mut calls = Vec::new();
    for round in 0..2 {
        let funcs = module.exports.iter().filter_map(|export| match export.idx {
            ExternIdx::Func(x) => Some((export, laws::func_type(module, x)?)),
            _ => None,
        });
        for (export, ft) in funcs.take(FUNCTIONS) {
            let args = ft.params.iter().map(|t| argument(*t, round, &mut dice)).collect();
            if let Some(args) = args {
                calls.push(Call { module: 1, function: export.name.clone(), args });
            }
        }
    }
    calls
}

/// A value of a type: in round 0 the default one, where there is one.
fn argument(t: ValType, round: u32, dice: &mut Dice) -> Option<Val> {
    let mut bits = |width: u32| if round == 0 { 0 } else { dice.bits(width) };
    let reference = |heap: HeapType, n: u32| match heap {
        HeapType::Abs(_, AbsHeapType::Any | AbsHeapType::Eq | AbsHeapType::I31) => Some(RefVal::I31(n & 0x7fff_ffff)),
        HeapType::Abs(_, AbsHeapType::Extern) => Some(RefVal::Extern(Some(n))),
        _ => None,
    };
    Some(match t {
        ValType::Num(NumType::I32) => Val::I32(bits(32) as u32),
        ValType::Num(NumType::I64) => Val::I64(bits(64) as u64),
        ValType::Num(NumType::F32) => Val::F32(bits(32) as u32),
        ValType::Num(NumType::F64) => Val::F64(bits(64) as u64),
        ValType::Vec(VecType::V128) => Val::V128(bits(128).to_le_bytes()),
        ValType::Ref(rt) if rt.null && round == 0 => Val::Ref(RefVal::Null),
        ValType::Ref(rt) => Val::Ref(reference(rt.heap, bits(32) as u32).or(rt.null.then_some(RefVal::Null))?),
        ValType::Bot => return None,
    })
}

fn campaign_limits() -> Limits {
    Limits { timeout: Some(Duration::from_secs(5)), ..CampaignOptions::limits() }
}

/// The modules of `wasm-smith` loop more, and worth is in what comes to an end.
fn smith_limits() -> Limits {
    Limits { steps: Some(20_000), ..campaign_limits() }
}

fn engines() -> Vec<Box<dyn Engine>> {
    static WASMTIME: LazyLock<Wasmtime> =
        LazyLock::new(|| Wasmtime::new().unwrap_or_else(|end| panic!("Wasmtime does not come up: {end}")));
    vec![Box::new(WASMTIME.clone())]
}

fn compare(target: &str, data: &[u8], program: &Program, limits: &Limits) -> bool {
    let engines = engines();
    let (mut tally, mut found) = (Tally::default(), Vec::new());
    examine(program, &engines, limits, &mut tally, |engine, cause| found.push((engine.to_owned(), cause)));
    report(target, data, program, &engines, limits, found);
    tally.compared > 0
}

fn known(cause: &Cause) -> bool {
    let Cause::Differs(difference) = cause else { return false };
    KNOWN.iter().any(|(rule, got)| difference.expected.text.contains(rule) && difference.got.class == *got)
}

/// Panics with what was found, if anything was.
fn report(
    target: &str,
    data: &[u8],
    program: &Program,
    engines: &[Box<dyn Engine>],
    limits: &Limits,
    mut found: Vec<(String, Cause)>,
) {
    found.retain(|(_, cause)| !known(cause));
    if found.is_empty() {
        return;
    }
    let mut lines = String::new();
    for (engine, cause) in found {
        lines += &format!("\n{engine}: {cause}");
        if let Some(folder) = std::env::var_os(FINDINGS) {
            let index = seed(data);
            let finding = Finding { seed: 0, index, origin: Origin::Program, engine, cause, program: program.clone() };
            match write(target, data, &finding, engines, limits, Path::new(&folder)) {
                Ok(path) => lines += &format!("\n    {}", path.display()),
                Err(e) => lines += &format!("\n    (it could not be written: {e})"),
            }
        }
    }
    panic!("{target}:{lines}");
}

/// Writes a finding, as small as it becomes in short time.
fn write(
    target: &str,
    data: &[u8],
    finding: &Finding,
    engines: &[Box<dyn Engine>],
    limits: &Limits,
    folder: &Path,
) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let folder = Folder::open(folder)?;
    let engine = engines.iter().find(|engine| engine.name() == finding.engine);
    let again = format!("cargo fuzz run -O -s none {target} INPUT");
    let version = engine.map(|engine| engine.version().to_owned()).unwrap_or_default();
    let mut report = Report { finding, reduced: None, version, engines, limits, again: Some(&again) };
    // Before it is made small: that may take longer than there is time.
    let path = folder.write(&report)?;
    std::fs::write(path.join("input"), data)?;
    let how = reduce::ReduceOptions { time: Some(REDUCTION), ..reduce::ReduceOptions::default() };
    let small = engine.and_then(|engine| minimise(finding, engine.as_ref(), limits, &how, &mut |_| ()));
    if let Some((small, cause)) = &small {
        report.reduced = Some((&small.candidate.program, cause));
        folder.write(&report)?;
    }
    Ok(path)
}
