//! What must hold of every run of a valid module.
//!
//! - It ends in one of the ways a run can end, and never stuck (soundness).
//! - Results are of the function's result types, and the store stays well-typed, as far as that is looked at: values in
//!   globals, tables, element segments, structures, arrays and exceptions, and the sizes of memories and tables.
//! - The store stays within its bound.
//! - Replaying the recorded choices of a run gives the same run, whoever watches.
//! - Each step is what the literal reading of the rules says ([`Literally`]), at the beginning of a run.

use crate::world::{Dice, World};
use lockstep_semantics::RuleId;
use lockstep_semantics::choice::{Choices, Deterministic, Random, Record, Replay};
use lockstep_semantics::execution::*;
use lockstep_semantics::observe::{Observer, RuleCounts, Unobserved};
use lockstep_semantics::syntax::*;
use lockstep_semantics::validation::validate;
use std::sync::Arc;

/// The bounds of runs. Larger than what most runs need, small enough for hundreds of runs in a second.
pub const BOUNDS: Bounds = Bounds { steps: 20_000, frames: 1_000, stack: 16 << 20, memory: 64 << 20, interrupt: None };
/// The steps of an invocation that are read literally, which takes time in proportion to the configuration.
const LITERAL_STEPS: u64 = 150;
/// The values and locals of a configuration that is read literally.
const LITERAL_SIZE: usize = 1_000;
/// The functions to be invoked, each with several lists of arguments.
const FUNCTIONS: usize = 8;
/// The lists of arguments.
const ROUNDS: usize = 2;
/// The objects of each kind, and the elements of each object, whose types are looked at: the last and the first ones.
const LOOK: usize = 64;

/// A module, and what is done with it.
struct Plan {
    module: Arc<Module>,
    world: World,
    seed: u64,
}

/// What came of a part of a plan.
#[derive(Clone, Debug, PartialEq)]
enum Event {
    World(Option<InstantiateError>),
    Module(Option<InstantiateError>),
    /// The export was invoked.
    Invoked(String, Outcome),
}

/// Runs a valid module in the world that follows from the seed: instantiates it, and invokes what it exports. How often
/// each rule was used, in one of the runs.
///
/// # Panics
/// When a law does not hold.
pub fn check(module: Arc<Module>, seed: u64) -> RuleCounts {
    let mut rules = RuleCounts::default();
    let Some(world) = World::around(&module, seed) else { return rules };
    if let Err(e) = validate(&world.module, &mut Unobserved) {
        panic!("a made-up world is invalid: {e}");
    }
    let plan = Plan { module, world, seed };

    let mut record = Record::new(Random::new(seed));
    let (s_1, events_1) = plan.run(BOUNDS, &mut Unobserved, &mut record);
    let mut replay = Replay::new(record.choices().to_vec());
    let (s_2, events_2) = plan.run(BOUNDS, &mut rules, &mut replay);
    for (event_1, event_2) in events_1.iter().zip(&events_2) {
        assert_eq!(event_1, event_2, "a replayed run differs");
    }
    assert_eq!(events_1.len(), events_2.len(), "a replayed run differs in length");
    same(&s_1, &s_2);

    let mut literally = Small { literally: Literally::new(u64::MAX), reads: false };
    plan.run(Bounds { steps: LITERAL_STEPS, ..BOUNDS }, &mut literally, &mut Deterministic);
    if let Some(difference) = literally.literally.difference {
        panic!("not what the rules say: {difference}");
    }
    rules
}

impl Plan {
    fn run<O: Observer, C: Choices>(&self, bounds: Bounds, o: &mut O, c: &mut C) -> (Store, Vec<Event>) {
        let mut s = Store::new(bounds);
        let mut events = Vec::new();
        self.act(&mut s, &mut events, o, c);
        let used = size(&s);
        assert!(used <= s.bounds.memory, "the store takes {used} bytes");
        (s, events)
    }

    /// Carries the plan out, as far as it gets.
    fn act<O: Observer, C: Choices>(&self, s: &mut Store, events: &mut Vec<Event>, o: &mut O, c: &mut C) {
        let world = match instantiate(s, &self.world.module, &[], o, c) {
            Ok(ma) => ma,
            Err(e) => {
                let bounded = matches!(e, InstantiateError::Init(Outcome::Exhausted(_)));
                assert!(bounded, "a made-up world cannot be instantiated: {e}");
                return events.push(Event::World(Some(e)));
            }
        };
        let imports = (0..self.module.imports.len()).map(|i| s.export(world, &i.to_string()));
        let imports: Option<Vec<_>> = imports.collect();
        let imports = imports.expect("the world exports all that is imported");
        let ma = instantiate(s, &self.module, &imports, o, c);
        well_typed(s);
        let ma = match ma {
            Ok(ma) => ma,
            Err(e) => {
                match &e {
                    InstantiateError::Link(_) => panic!("the world does not fit: {e}"),
                    InstantiateError::Init(outcome) => not_stuck(outcome),
                }
                return events.push(Event::Module(Some(e)));
            }
        };
        events.push(Event::Module(None));

        let mut dice = Dice(self.seed);
        for round in 0..ROUNDS {
            let funcs = self.module.exports.iter().filter_map(|export| match export.idx {
                ExternIdx::Func(x) => Some((export, func_type(&self.module, x)?)),
                _ => None,
            });
            for (export, ft) in funcs.take(FUNCTIONS) {
                let Some(ExternAddr::Func(a)) = s.export(ma, &export.name) else { panic!("a function is exported") };
                let args = ft.params.iter().map(|&t| match t {
                    _ if round == 0 && default(t).is_some() => default(t),
                    ValType::Num(nt) => Some(dice.num(nt).into()),
                    ValType::Vec(VecType::V128) => Some(V128::from_u128(dice.bits(128)).into()),
                    t => match s.export(world, self.world.values.get(&t.to_string())?)? {
                        ExternAddr::Global(a) => Some(s.global_value(a)),
                        _ => None,
                    },
                });
                let Some(args) = args.collect::<Option<Vec<Value>>>() else { continue };
                let outcome = invoke(s, a, &args, o, c).unwrap_or_else(|e| panic!("{:?}: {e}", export.name));
                not_stuck(&outcome);
                if let Outcome::Values(vals) = &outcome {
                    let ts = s.func_type(a).results.clone();
                    assert_eq!(vals.len(), ts.len(), "{:?}: the number of results", export.name);
                    for (&val, t) in vals.iter().zip(ts) {
                        assert!(val_ok(s, val, t, &mut Unobserved), "{:?}: {val:?} is not of type {t}", export.name);
                    }
                }
                well_typed(s);
                events.push(Event::Invoked(export.name.clone(), outcome));
            }
        }
    }
}

fn not_stuck(outcome: &Outcome) {
    assert!(!matches!(outcome, Outcome::Stuck(_)), "{outcome}");
}

/// The type of a function of a module.
pub(crate) fn func_type(module: &Module, x: FuncIdx) -> Option<&FuncType> {
    let imported = module.imports.iter().filter_map(|import| match import.ty {
        ExternType::Func(tu) => Some(tu),
        _ => None,
    });
    let defined = module.funcs.iter().map(|func| TypeUse::Idx(func.ty));
    let TypeUse::Idx(x) = imported.chain(defined).nth(x as usize)? else { return None };
    match &module.types.iter().flat_map(|rec| &rec.0).nth(x as usize)?.comp {
        CompType::Func(ft) => Some(ft),
        CompType::Struct(_) | CompType::Array(_) => None,
    }
}

/// The bytes that instances hold, but for what a store needs to keep them apart.
fn size(s: &Store) -> u64 {
    let objects = |heap: &Heap| (0..heap.len() as Addr).map(|a| size_of_val(heap.fields(a))).sum::<usize>();
    let mems = s.mems.iter().map(|mi| mi.bytes.len()).sum::<usize>();
    let tables = s.tables.iter().map(|ti| size_of_val(&ti.refs[..])).sum::<usize>();
    (mems + tables + objects(&s.structs) + objects(&s.arrays)) as u64
}

/// Whether two stores hold the same.
fn same(s_1: &Store, s_2: &Store) {
    let values = |s: &Store| s.globals.iter().map(|gi| gi.value).collect::<Vec<_>>();
    assert_eq!(values(s_1), values(s_2), "globals differ");
    assert_eq!(s_1.mems.len(), s_2.mems.len(), "the numbers of memories differ");
    for (mi_1, mi_2) in s_1.mems.iter().zip(&s_2.mems) {
        assert!(mi_1.bytes == mi_2.bytes, "memories differ");
    }
    assert_eq!(s_1.tables.len(), s_2.tables.len(), "the numbers of tables differ");
    for (ti_1, ti_2) in s_1.tables.iter().zip(&s_2.tables) {
        assert!(ti_1.refs == ti_2.refs, "tables differ");
    }
    for (heap_1, heap_2) in [(&s_1.structs, &s_2.structs), (&s_1.arrays, &s_2.arrays)] {
        assert_eq!(heap_1.len(), heap_2.len(), "the numbers of objects differ");
        for a in 0..heap_1.len() as Addr {
            assert!(heap_1.fields(a) == heap_2.fields(a), "objects differ");
        }
    }
    assert_eq!(s_1.exns.len(), s_2.exns.len(), "the numbers of exceptions differ");
}

/// `⊢ s : ok`, as far as it is looked at.
fn well_typed(s: &Store) {
    let is = |val: Value, t: ValType| assert!(val_ok(s, val, t, &mut Unobserved), "{val:?} is not of type {t}");
    for gi in &s.globals {
        is(gi.value, gi.ty.val);
    }
    for mi in &s.mems {
        assert_eq!(mi.bytes.len() as u64, mi.ty.limits.min * PAGE, "the size of a memory");
        assert!(mi.ty.limits.max.is_none_or(|max| mi.ty.limits.min <= max), "the limits of a memory");
    }
    for ti in &s.tables {
        assert_eq!(ti.refs.len() as u64, ti.ty.limits.min, "the size of a table");
        assert!(ti.ty.limits.max.is_none_or(|max| ti.ty.limits.min <= max), "the limits of a table");
        ti.refs.iter().take(LOOK).for_each(|&r| is(r.into(), ValType::Ref(ti.ty.elem)));
    }
    for ei in &s.elems {
        ei.refs.iter().take(LOOK).for_each(|&r| is(r.into(), ValType::Ref(ei.ty)));
    }
    let fields = |heap: &Heap, a: Addr, ft: &dyn Fn(&CompType, usize) -> Option<FieldType>| {
        let ct = s.types.expand(heap.ty(a));
        for (i, field) in heap.fields(a).iter().enumerate().take(LOOK) {
            let ft = ft(ct, i).expect("an object has the fields of its type");
            match (field.fieldval().expect("a field has a value"), ft.storage) {
                (FieldVal::Val(val), StorageType::Val(t)) => is(val, t),
                (FieldVal::Pack(pt, i), StorageType::Pack(of)) => assert!(pt == of && i < 1 << pt.size(), "{field:?}"),
                (field, zt) => panic!("{field:?} is not of type {zt}"),
            }
        }
    };
    let last = |heap: &Heap| (heap.len().saturating_sub(LOOK)..heap.len()).map(|a| a as Addr);
    for a in last(&s.structs) {
        fields(&s.structs, a, &|ct, i| match ct {
            CompType::Struct(fts) => fts.get(i).copied(),
            CompType::Array(_) | CompType::Func(_) => None,
        });
    }
    for a in last(&s.arrays) {
        fields(&s.arrays, a, &|ct, _| match ct {
            CompType::Array(ft) => Some(*ft),
            CompType::Struct(_) | CompType::Func(_) => None,
        });
    }
    for a in (s.exns.len().saturating_sub(LOOK)..s.exns.len()).map(|a| a as Addr) {
        let (tag, vals) = s.exception(a);
        let CompType::Func(ft) = s.types.expand(s.tags[tag as usize].ty) else { panic!("a tag has a function type") };
        assert_eq!(vals.len(), ft.params.len(), "the number of an exception's fields");
        vals.iter().zip(&ft.params).for_each(|(&val, &t)| is(val, t));
    }
}

/// Reads the steps of small configurations literally.
#[derive(Debug)]
struct Small {
    literally: Literally,
    /// The step announced last is being read.
    reads: bool,
}

impl Observer for Small {
    const WATCHES_STEPS: bool = true;

    fn redex(&mut self, s: &Store, z: &Zipper, redex: Instr) {
        self.reads = z.values.len() + z.locals.len() <= LITERAL_SIZE && self.literally.difference.is_none();
        if self.reads {
            self.literally.redex(s, z, redex);
        }
    }

    fn contractum(&mut self, s: &Store, z: &Zipper, rule: Option<RuleId>) {
        // What one step adds is bounded only by the memory.
        if self.reads && z.values.len() + z.locals.len() <= 2 * LITERAL_SIZE {
            self.literally.contractum(s, z, rule);
        }
    }
}
