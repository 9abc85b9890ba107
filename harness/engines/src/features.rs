//! Feature detection: which features an engine really has, found by running small modules.

use super::program::{Call, Part, Program};
use super::{Engine, Failure, Limits, Session, Unsupported};
use crate::Val;
use lockstep_semantics::decode::Dialect;
use lockstep_semantics::encode::encode_as;
use lockstep_semantics::syntax;
use lockstep_semantics::text;
use std::fmt;
use std::thread;
use std::time::Duration;
use wasmparser::{Validator, WasmFeatures};

/// A feature, and a module that needs it: its function `f` returns 1.
struct Probe {
    name: &'static str,
    module: Module,
    flags: WasmFeatures,
}

enum Module {
    Text(&'static str),
    /// Where tools disagree on the encoding.
    Binary(&'static [u8]),
}

const NONE: WasmFeatures = WasmFeatures::empty();

/// The features that are looked for.
const PROBES: [Probe; 15] = [
    Probe { name: "core", flags: NONE, module: Module::Text("(func (export \"f\") (result i32) (i32.const 1))") },
    Probe {
        name: "simd",
        flags: WasmFeatures::SIMD,
        module: Module::Text(
            "(func (export \"f\") (result i32) (i32x4.extract_lane 0 (i32x4.splat (i32.const 1))))",
        ),
    },
    Probe {
        name: "relaxed-simd",
        flags: WasmFeatures::RELAXED_SIMD,
        module: Module::Text(
            "(func (export \"f\") (result i32) (i8x16.extract_lane_s 0
               (i8x16.relaxed_swizzle (i8x16.splat (i32.const 1)) (i8x16.splat (i32.const 0)))))",
        ),
    },
    Probe {
        name: "reference-types",
        flags: WasmFeatures::REFERENCE_TYPES,
        module: Module::Text(
            "(table $t 1 externref)
             (func (export \"f\") (result i32) (ref.is_null (table.get $t (i32.const 0))))",
        ),
    },
    Probe {
        name: "function-references",
        flags: WasmFeatures::FUNCTION_REFERENCES,
        module: Module::Text(
            "(type $f (func (result i32))) (elem declare func $g) (func $g (type $f) (i32.const 1))
             (func (export \"f\") (result i32) (call_ref $f (ref.func $g)))",
        ),
    },
    Probe {
        name: "gc",
        flags: WasmFeatures::GC,
        module: Module::Text(
            "(rec (type $s (sub (struct (field (mut i32))))) (type $t (sub $s (struct (field (mut i32)) (field (ref null $s))))))
             (func (export \"f\") (result i32) (local anyref)
               (local.set 0 (struct.new $t (i32.const 1) (ref.null $s)))
               (i32.and (ref.test (ref $s) (local.get 0)) (struct.get $s 0 (ref.cast (ref $t) (local.get 0)))))",
        ),
    },
    Probe {
        name: "exceptions",
        flags: WasmFeatures::EXCEPTIONS,
        module: Module::Text(
            "(tag $e (param i32))
             (func (export \"f\") (result i32) (local exnref)
               (block $caught (result i32 exnref) (try_table (catch_ref $e $caught) (throw $e (i32.const 1))) (unreachable))
               (local.set 0))",
        ),
    },
    Probe {
        name: "tail-calls",
        flags: WasmFeatures::TAIL_CALL,
        module: Module::Text(
            "(func $g (param i32) (result i32)
               (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
               (return_call $g (i32.sub (local.get 0) (i32.const 1))))
             (func (export \"f\") (result i32) (call $g (i32.const 1000000)))",
        ),
    },
    Probe {
        name: "memory64",
        flags: WasmFeatures::MEMORY64,
        module: Module::Text(
            "(memory i64 1) (table i64 1 funcref)
             (func (export \"f\") (result i32)
               (i32.store (i64.const 8) (i32.const 1)) (ref.is_null (table.get 0 (i64.const 0))) (i32.load (i64.const 8)) i32.and)",
        ),
    },
    Probe {
        name: "multi-memory",
        flags: WasmFeatures::MULTI_MEMORY,
        module: Module::Text(
            "(memory $a 1) (memory $b 1)
             (func (export \"f\") (result i32) (i32.store $b (i32.const 0) (i32.const 1)) (i32.load $b (i32.const 0)))",
        ),
    },
    Probe {
        name: "extended-const",
        flags: WasmFeatures::EXTENDED_CONST,
        module: Module::Text(
            "(global $g i32 (i32.add (i32.const 3) (i32.const -2))) (func (export \"f\") (result i32) (global.get $g))",
        ),
    },
    Probe {
        name: "threads",
        flags: WasmFeatures::THREADS,
        module: Module::Text(
            "(memory 1 1 shared)
             (func (export \"f\") (result i32)
               (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))) (i32.atomic.load (i32.const 0)))",
        ),
    },
    // The proposal has 63 65 6e, other tools 65 6e; this has neither:
    // (type $s (shared (struct (field (mut i32)))))
    // (func (export "f") (result i32) (struct.atomic.get seqcst $s 0 (struct.new $s (i32.const 1))))
    Probe {
        name: "shared-structs",
        flags: WasmFeatures::SHARED_EVERYTHING_THREADS,
        module: Module::Binary(&[
            0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, //
            1, 10, 2, 0x65, 0x5f, 1, 0x7f, 1, 0x60, 0, 1, 0x7f, //
            3, 2, 1, 1, //
            7, 5, 1, 1, b'f', 0, 0, //
            10, 14, 1, 12, 0, 0x41, 1, 0xfb, 0, 0, 0xfe, 0x5c, 0, 0, 0, 0x0b,
        ]),
    },
    Probe {
        name: "shared-functions",
        flags: NONE,
        module: Module::Binary(&[
            0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, //
            1, 6, 1, 0x65, 0x60, 0, 1, 0x7f, //
            3, 2, 1, 0, //
            7, 5, 1, 1, b'f', 0, 0, //
            10, 6, 1, 4, 0, 0x41, 1, 0x0b,
        ]),
    },
    // (global (shared i32) (i32.const 1)) (func (export "f") (result i32) (global.get 0))
    Probe {
        name: "shared-globals",
        flags: NONE,
        module: Module::Binary(&[
            0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, //
            1, 5, 1, 0x60, 0, 1, 0x7f, //
            3, 2, 1, 0, //
            6, 6, 1, 0x7f, 2, 0x41, 1, 0x0b, //
            7, 5, 1, 1, b'f', 0, 0, //
            10, 6, 1, 4, 0, 0x23, 0, 0x0b,
        ]),
    },
];

/// The names of the features that are looked for, in order.
pub fn names() -> impl Iterator<Item = &'static str> {
    PROBES.iter().map(|probe| probe.name)
}

/// The features of an engine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features {
    /// Of each feature, whether it is there, or else what came of the module that needs it.
    found: Vec<Result<(), Absence>>,
}

/// Why a feature is not taken to be there: what came of the module that needs it.
#[derive(Clone, Debug, PartialEq)]
pub enum Absence {
    /// It could not be run.
    Failure(Failure),
    /// It gave other results.
    Results(Vec<Val>),
}

impl Absence {
    /// Whether nothing is known of the feature, since the engine was not given the module.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Absence::Failure(Failure::Unsupported(Unsupported::Undecodable(_))))
    }
}

impl From<Failure> for Absence {
    fn from(failure: Failure) -> Self {
        Absence::Failure(failure)
    }
}

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Absence::Failure(failure) => failure.fmt(f),
            Absence::Results(results) => write!(f, "wrong results: {results:?}"),
        }
    }
}

impl Features {
    /// Detects the features of an engine.
    pub fn of(engine: &dyn Engine) -> Features {
        let limits = Limits { timeout: Some(Duration::from_secs(20)), ..Limits::default() };
        let look = |probes: &[Probe]| -> Vec<Result<(), Absence>> {
            let one = |probe| run(engine.open(&limits)?.as_mut(), probe);
            probes.iter().map(one).collect()
        };
        // Two at a time, for engines that take a process for each. These are threads of their own, since a pool could
        // have this thread do other work meanwhile, which may wait for what is being found here.
        let (left, right) = PROBES.split_at(PROBES.len() / 2);
        let found = thread::scope(|scope| {
            let left = scope.spawn(|| look(left));
            let right = look(right);
            let panicked = || Err(Failure::Crash("it panicked".into()).into());
            let mut found = left.join().unwrap_or_else(|_| vec![panicked(); PROBES.len() / 2]);
            found.extend(right);
            found
        });
        Features { found }
    }

    /// Whether the engine has a feature.
    pub fn has(&self, name: &str) -> bool {
        PROBES.iter().zip(&self.found).any(|(probe, found)| probe.name == name && found.is_ok())
    }

    /// All features, with what came of their modules.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, Result<(), &Absence>)> {
        PROBES.iter().zip(&self.found).map(|(probe, found)| (probe.name, found.as_ref().copied()))
    }

    /// The feature that a valid module needs and the engine lacks. `None` if it lacks none, or the module is not valid.
    pub(super) fn lacking(&self, bytes: &[u8]) -> Option<Lack> {
        let valid = |features| Validator::new_with_features(features).validate_all(bytes).is_ok();
        let lacking = || PROBES.iter().zip(&self.found).filter(|(_, found)| found.is_err()).map(|(probe, _)| probe);
        if valid(STANDARD) {
            let lost = lacking().fold(NONE, |lost, probe| lost | probe.flags);
            if valid(STANDARD - lost) {
                return None;
            }
            // One that it cannot do without; or else, of several that can stand in for each other, one that would do.
            let probe = lacking().find(|probe| !valid(STANDARD - probe.flags));
            let probe = probe.or_else(|| lacking().find(|probe| valid(STANDARD - (lost - probe.flags))));
            return probe.or_else(|| lacking().next()).map(|probe| Lack::Standard(probe.name));
        }
        let probe = lacking().find(|probe| !STANDARD.contains(probe.flags) && valid(STANDARD | probe.flags))?;
        Some(Lack::Proposal(probe.name))
    }
}

/// Whether a module needs a feature: it is valid with it and not without. A feature by another name than those of
/// [`names`] is needed by none.
pub fn needs(bytes: &[u8], feature: &str) -> bool {
    let valid = |features| Validator::new_with_features(features).validate_all(bytes).is_ok();
    let probe = PROBES.iter().find(|probe| probe.name == feature && !probe.flags.is_empty());
    let all = STANDARD | WasmFeatures::SHARED_EVERYTHING_THREADS;
    probe.is_some_and(|probe| valid(all) && !valid(all - probe.flags))
}

/// A feature that an engine lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// A feature of the standard, or one that every engine of the standard may have.
    Standard(&'static str),
    /// A feature of a proposal.
    Proposal(&'static str),
}

/// The standard, with atomics.
const STANDARD: WasmFeatures = WasmFeatures::WASM3;

/// Whether a module is valid, in the standard or with the proposals that are looked for.
pub(super) fn is_valid(bytes: &[u8]) -> bool {
    let all = STANDARD | WasmFeatures::SHARED_EVERYTHING_THREADS;
    Validator::new_with_features(all).validate_all(bytes).is_ok()
}

fn run(session: &mut (dyn Session + '_), probe: &Probe) -> Result<(), Absence> {
    let bytes = match probe.module {
        Module::Binary(bytes) => bytes.to_vec(),
        Module::Text(text) => {
            let module = text::read(&format!("(module {text})"), syntax::Features::SHARED_EVERYTHING);
            let module = module.map_err(Failure::from)?;
            encode_as(&module, Dialect::WasmTools)
        }
    };
    // In one exchange, or one process.
    let part = Part { name: "probe".into(), bytes: bytes.into(), state: Vec::new() };
    let calls = vec![Call { module: 0, function: "f".into(), args: Vec::new() }];
    let mut seen = session.run(&Program { modules: vec![part], calls });
    let call = match (seen.modules.pop(), seen.calls.pop()) {
        (Some(Err(end)), _) | (_, Some(Some(Err(end)))) => Err(end),
        (_, Some(Some(Ok(results)))) => Ok(results),
        _ => Err(Failure::Crash("no answer".into())),
    };
    match call {
        Ok(results) if results == [Val::I32(1)] => Ok(()),
        Ok(results) => Err(Absence::Results(results)),
        Err(end) => Err(end.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Semantics;

    #[test]
    fn the_semantics_has_the_standard() {
        let features = Features::of(&Semantics);
        let lacking: Vec<_> = features.all().filter(|(_, found)| found.is_err()).collect();
        assert!(
            lacking
                .iter()
                .all(|(name, _)| ["threads", "shared-structs", "shared-functions", "shared-globals"].contains(name)),
            "{lacking:?}"
        );
        assert!(features.has("gc") && !features.has("no such feature"));
    }

    #[test]
    fn a_module_that_is_not_given_to_an_engine_tells_nothing_of_it() {
        let error = text::read("(module (bogus))", syntax::Features::STANDARD).unwrap_err();
        let undecodable = Failure::Unsupported(Unsupported::Undecodable(error.clone().into()));
        let words = Failure::Unsupported(undecodable.to_string().into());
        assert!(Absence::from(undecodable).is_unknown());
        for known in [words, error.into(), Failure::Timeout] {
            assert!(!Absence::from(known.clone()).is_unknown(), "{known}");
        }
        assert!(!Absence::Results(vec![Val::I32(0)]).is_unknown());
    }

    #[test]
    fn what_a_module_needs() {
        let mut features = Features::of(&Semantics);
        let gc = names().position(|name| name == "gc").unwrap();
        features.found[gc] = Err(Failure::Unsupported("left out".into()).into());
        let module = |text: &str| {
            let module = text::read(text, syntax::Features::SHARED_EVERYTHING).unwrap();
            encode_as(&module, Dialect::WasmTools)
        };
        assert_eq!(features.lacking(&module("(module (type (struct)))")), Some(Lack::Standard("gc")));
        assert_eq!(features.lacking(&module("(module (func))")), None);
        let typed = "(module (type $f (func)) (func (param (ref null $f))))";
        assert_eq!(features.lacking(&module(typed)), None);
        let references = names().position(|name| name == "function-references").unwrap();
        features.found[references] = Err(Failure::Unsupported("left out".into()).into());
        assert_eq!(features.lacking(&module(typed)), Some(Lack::Standard("function-references")));
        features.found[references] = Ok(());
        assert!(needs(&module("(module (type (struct)))"), "gc") && !needs(&module("(module)"), "gc"));
        assert!(!needs(&module("(module (func (result i32)))"), "gc"), "not valid at all");
        let shared = module("(module (type (shared (struct))))");
        assert_eq!(features.lacking(&shared), Some(Lack::Proposal("shared-structs")));
        assert!(is_valid(&shared) && !is_valid(b"\0asm"));
        assert_eq!(features.lacking(&module("(module (type (struct)) (func (result i32)))")), None, "not valid at all");
    }
}
