//! Laws: of the identity and the hierarchy of types, of recording, replaying and enumerating choices, and of watching.

use lockstep_semantics::choice::{Choices, Deterministic, Enumerate, Random, Record, Replay};
use lockstep_semantics::execution::*;
use lockstep_semantics::observe::{Observer, RuleCounts, Unobserved};
use lockstep_semantics::syntax::*;
use lockstep_semantics::types::TypeTable;
use lockstep_semantics::{RuleId, decode, rule};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// A type use of a recursive type on its own: a member of it, or one of the types before it.
#[derive(Clone, Copy, Debug)]
enum Use {
    Own(usize),
    Outer(usize),
}

#[derive(Clone, Copy, Debug)]
struct Field {
    mutable: bool,
    storage: u8,
    ty: Use,
}

#[derive(Clone, Debug)]
struct Member {
    is_final: bool,
    supertype: Option<Use>,
    kind: u8,
    fields: Vec<Field>,
}

fn uses() -> impl Strategy<Value = Use> {
    prop_oneof![(0..4usize).prop_map(Use::Own), (0..3usize).prop_map(Use::Outer)]
}

fn group() -> impl Strategy<Value = Vec<Member>> {
    let field = (any::<bool>(), 0..5u8, uses()).prop_map(|(mutable, storage, ty)| Field { mutable, storage, ty });
    let member = (any::<bool>(), prop::option::of(uses()), 0..3u8, prop::collection::vec(field, 1..4))
        .prop_map(|(is_final, supertype, kind, fields)| Member { is_final, supertype, kind, fields });
    prop::collection::vec(member, 1..4)
}

/// The recursive type with its own members from `x` on, and the outer types at the indices given.
fn rectype(members: &[Member], x: usize, outer: &[usize]) -> RecType {
    let n = members.len();
    let tu = |u: Use| {
        TypeUse::Idx(match u {
            Use::Own(i) => x + i % n,
            Use::Outer(i) => outer[i % outer.len()],
        } as u32)
    };
    let valtype = |field: &Field| match field.storage {
        0 => ValType::I32,
        1 => ValType::V128,
        2 => ValType::Ref(RefType::non_null(HeapType::Use(tu(field.ty)))),
        _ => ValType::Ref(RefType::null(HeapType::Use(tu(field.ty)))),
    };
    let storage = |field: &Field| match field.storage {
        4 => StorageType::Pack(PackType::I16),
        _ => StorageType::Val(valtype(field)),
    };
    let fieldtype = |field: &Field| FieldType { mutable: field.mutable, storage: storage(field) };
    RecType(
        members
            .iter()
            .map(|member| SubType {
                is_final: member.is_final,
                supers: member.supertype.map(tu).into_iter().collect(),
                share: Share::Unshared,
                comp: match member.kind {
                    0 => CompType::Struct(member.fields.iter().map(fieldtype).collect()),
                    1 => CompType::Array(fieldtype(&member.fields[0])),
                    _ => CompType::Func(FuncType {
                        params: member.fields[1..].iter().map(valtype).collect(),
                        results: member.fields[..1].iter().map(valtype).collect(),
                    }),
                },
            })
            .collect(),
    )
}

/// A structure of `n` fields, told apart from all others by their number and from those of [`group`] by its finality.
fn plain(n: usize) -> RecType {
    let field = FieldType { mutable: true, storage: StorageType::Pack(PackType::I8) };
    let comp = CompType::Struct(vec![field; n + 10]);
    RecType(vec![SubType { is_final: true, supers: vec![], share: Share::Unshared, comp }])
}

/// A module's types: plain ones, in this order.
fn plains(table: &mut TypeTable, sizes: &[usize]) -> Vec<DefType> {
    let mut dts = Vec::new();
    for &n in sizes {
        let more = table.define(&plain(n), &dts).unwrap();
        dts.extend(more);
    }
    dts
}

proptest! {
    /// Where a recursive type stands, and where the types before it stand that it refers to, is no part of it.
    #[test]
    fn identity_does_not_depend_on_indices(
        members in group(),
        shuffled in Just([0, 1, 2, 3, 4, 5, 6]).prop_shuffle(),
        padding in 0..5usize,
    ) {
        let mut table = TypeTable::new();
        let before = plains(&mut table, &[0, 1, 2]);
        let there = table.define(&rectype(&members, 3, &[0, 1, 2]), &before).unwrap();
        // The same outer types among others, and in another order.
        let mut sizes: Vec<usize> = shuffled.to_vec();
        sizes.extend(100..100 + padding);
        let before = plains(&mut table, &sizes);
        let at = |n| sizes.iter().position(|&m| m == n).unwrap();
        let outer = [at(0), at(1), at(2)];
        let here = table.define(&rectype(&members, sizes.len(), &outer), &before).unwrap();
        prop_assert_eq!(&there, &here);
        // And in a table that met it in another order, it is as equal.
        let len = table.len();
        let twice = table.define(&rectype(&members, sizes.len(), &outer), &before).unwrap();
        prop_assert_eq!((&there, len), (&twice, table.len()));
        for (i, &dt) in there.iter().enumerate() {
            prop_assert_eq!(table.rolled(dt).1 as usize, i);
        }
    }

    /// What is no part of the indices is part of the type.
    #[test]
    fn identity_depends_on_all_else(members in group(), which in any::<prop::sample::Index>()) {
        let mut table = TypeTable::new();
        let before = plains(&mut table, &[0, 1, 2]);
        let define = |table: &mut TypeTable, members: &[Member], outer: &[usize]| {
            table.define(&rectype(members, 3, outer), &before).unwrap()
        };
        let dts = define(&mut table, &members, &[0, 1, 2]);
        let original = rectype(&members, 3, &[0, 1, 2]);
        let i = which.index(members.len());
        let mut others = Vec::new();
        let mut other = members.clone();
        other[i].is_final ^= true;
        others.push(rectype(&other, 3, &[0, 1, 2]));
        let mut other = members.clone();
        other[i].fields[0].mutable ^= true;
        others.push(rectype(&other, 3, &[0, 1, 2]));
        let mut other = members.clone();
        other[i].supertype = match other[i].supertype { None => Some(Use::Outer(0)), Some(_) => None };
        others.push(rectype(&other, 3, &[0, 1, 2]));
        let mut other = members.clone();
        other.rotate_left(1);
        others.push(rectype(&other, 3, &[0, 1, 2]));
        let mut other = members.clone();
        other.push(members[0].clone());
        others.push(rectype(&other, 3, &[0, 1, 2]));
        others.push(rectype(&members, 3, &[1, 2, 0]));
        for other in others {
            let others = table.define(&other, &before).unwrap();
            // As types of one place in one module, they are equal only when they are written alike.
            prop_assert_eq!(others == dts, other == original);
            if other != original {
                prop_assert!(others.iter().all(|dt| !dts.contains(dt)));
            }
        }
    }

    /// `is_ancestor` is the reflexive and transitive closure of declared supertypes, which is a partial order.
    #[test]
    fn ancestors_are_a_partial_order(supers in prop::collection::vec(any::<Option<prop::sample::Index>>(), 1..120)) {
        let mut table = TypeTable::new();
        let mut dts: Vec<DefType> = Vec::new();
        let mut up: Vec<Option<usize>> = Vec::new();
        for (i, index) in supers.iter().enumerate() {
            // Mostly deep: the index is taken from the last four.
            let sup = index.filter(|_| i > 0).map(|index| i - 1 - index.index(4.min(i)));
            let field = FieldType { mutable: false, storage: StorageType::Val(ValType::I64) };
            let comp = CompType::Struct(vec![field; i]);
            let supers = sup.map(|x| TypeUse::Idx(x as u32)).into_iter().collect();
            let st = SubType { is_final: false, supers, share: Share::Unshared, comp };
            let more = table.define(&RecType(vec![st]), &dts).unwrap();
            dts.extend(more);
            up.push(sup);
        }
        let n = dts.len();
        for i in 0..n {
            let mut above = BTreeSet::new();
            let mut at = Some(i);
            while let Some(j) = at {
                above.insert(j);
                prop_assert_eq!(table.supertype(dts[j]), up[j].map(|k| dts[k]));
                at = up[j];
            }
            for j in 0..n {
                prop_assert_eq!(table.is_ancestor(dts[j], dts[i]), above.contains(&j), "{} above {}", j, i);
            }
        }
    }

    /// A recording, replayed, is the same run.
    #[test]
    fn a_replay_is_the_run_that_was_recorded(seed in any::<u64>()) {
        let module = module(CHOOSING);
        let mut record = Record::new(Random::new(seed));
        let (outcome, rules) = run(&module, &[], RuleCounts::default(), &mut record);
        let mut replay = Replay::new(record.choices().to_vec());
        let (again, rules_again) = run(&module, &[], RuleCounts::default(), &mut replay);
        prop_assert_eq!(&outcome, &again);
        prop_assert_eq!(counts(&rules), counts(&rules_again));
        // Watching does not ask other questions.
        let mut replay = Replay::new(record.choices().to_vec());
        let (watched, literally) = run(&module, &[], Literally::new(u64::MAX), &mut replay);
        prop_assert_eq!(&outcome, &watched);
        prop_assert_eq!(literally.difference, None);
        // And the seed alone says as much.
        prop_assert_eq!(outcome, run(&module, &[], Unobserved, &mut Random::new(seed)).0);
    }
}

/// Asks all kinds of questions, and goes on differently after some answers.
const CHOOSING: &str = r#"(module (memory 1 3) (table 1 2 funcref)
     (func (export "run") (result i32 i32 i64 i64 i64)
       (local $a i32)
       (local.set $a (memory.grow (i32.const 1)))
       (if (i32.ne (local.get $a) (i32.const -1)) (then (drop (memory.grow (i32.const 1)))))
       (memory.size) (table.grow (ref.null func) (i32.const 1))
       (i64.reinterpret_f64 (f64.div (f64.const 0) (f64.const 0)))
       (i64.extend_i32_u (i32.reinterpret_f32 (f32.sqrt (f32.add (f32.const -1) (f32.const 0)))))
       (i64x2.extract_lane 0 (i32x4.relaxed_trunc_f32x4_u (v128.const f32x4 nan -1 1e20 1)))))"#;

fn module(wat: &str) -> Arc<Module> {
    let (_, module) = decode::decode_text(wat).unwrap_or_else(|e| panic!("{e}\n{wat}"));
    Arc::new(module)
}

fn run<O: Observer>(module: &Arc<Module>, args: &[i32], mut o: O, c: &mut impl Choices) -> (Outcome, O) {
    let mut s = Store::new(Bounds::default());
    let ma = instantiate(&mut s, module, &[], &mut o, c).expect("a module without imports");
    let Some(ExternAddr::Func(a)) = s.export(ma, "run") else { panic!("no function `run`") };
    let args: Vec<Value> = args.iter().map(|&i| Value::i32(i as u32)).collect();
    let outcome = invoke(&mut s, a, &args, &mut o, c).expect("arguments of the function's types");
    (outcome, o)
}

fn counts(rules: &RuleCounts) -> Vec<(RuleId, u64)> {
    RuleId::ALL.iter().map(|&rule| (rule, rules.count(rule))).collect()
}

#[test]
fn enumeration_visits_every_outcome_once() {
    // Two memories that may or may not grow, one after the other, and a NaN of either sign.
    let module = module(
        r#"(module (memory 1 3)
             (func (export "run") (result i32 i32 i64)
               (memory.grow (i32.const 1)) (memory.grow (i32.const 2))
               (i64.shr_u (i64.reinterpret_f64 (f64.div (f64.const 0) (f64.const 0))) (i64.const 63))))"#,
    );
    let mut all = Enumerate::new(2);
    let mut outcomes = Vec::new();
    loop {
        let Outcome::Values(vals) = run(&module, &[], Unobserved, &mut all).0 else { panic!("no trap here") };
        let vals: Vec<i64> = vals
            .iter()
            .map(|v| match v {
                Value::Num(Num::I32(i)) => *i as i32 as i64,
                Value::Num(Num::I64(i)) => *i as i64,
                other => panic!("{other:?}"),
            })
            .collect();
        outcomes.push(vals);
        if !all.next_run() {
            break;
        }
    }
    // After the first has grown, the second cannot: that is no choice.
    let grown = [[1, -1], [-1, 1], [-1, -1]];
    let expected: BTreeSet<Vec<i64>> = grown.iter().flat_map(|[a, b]| [0, 1].map(|sign| vec![*a, *b, sign])).collect();
    assert_eq!(outcomes.len(), expected.len());
    assert_eq!(outcomes.into_iter().collect::<BTreeSet<_>>(), expected);
}

#[test]
fn enumeration_visits_the_outcomes_of_random_runs() {
    let module = module(CHOOSING);
    // Bits of NaNs aside.
    let shape = |outcome: Outcome| match outcome {
        Outcome::Values(vals) => (vals[0], vals[1], vals[4]),
        other => panic!("{other}"),
    };
    let mut enumerated = Vec::new();
    let mut all = Enumerate::new(2);
    loop {
        enumerated.push(shape(run(&module, &[], Unobserved, &mut all).0));
        if !all.next_run() {
            break;
        }
    }
    for seed in 0..200 {
        let random = shape(run(&module, &[], Unobserved, &mut Random::new(seed)).0);
        assert!(enumerated.contains(&random), "{random:?}");
    }
}

/// Watches steps and does nothing, so that only the way of the machine differs.
#[derive(Default)]
struct Watcher {
    steps: u64,
    last: Option<RuleId>,
    counts: RuleCounts,
}

impl Observer for Watcher {
    const WATCHES_STEPS: bool = true;

    fn rule(&mut self, rule: RuleId) {
        self.counts.rule(rule);
    }

    fn contractum(&mut self, _: &Store, _: &Zipper, rule: Option<RuleId>) {
        self.steps += 1;
        self.last = rule;
    }
}

#[test]
fn watching_changes_nothing() {
    for (name, args, result) in [
        ("fib", &[12][..], 144),
        ("sum", &[1000], 499_500),
        ("sieve", &[1000], 168),
        ("gclist", &[500], 124_750),
        ("gctree", &[6], 127),
        ("cast", &[304], 4 * 304),
        ("cast32", &[192], 16 * 192),
        ("depth", &[4, 12], 144),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/bench").join(name).with_extension("wat");
        let module = module(&std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())));
        let c = &mut Deterministic;
        let (unobserved, _) = run(&module, args, Unobserved, c);
        let (counted, rules) = run(&module, args, RuleCounts::default(), c);
        let (watched, watcher) = run(&module, args, Watcher::default(), c);
        let (literal, literally) = run(&module, args, Literally::new(20_000), c);
        assert_eq!(unobserved, Outcome::Values(vec![Value::i32(result as u32)]), "{name}");
        assert_eq!((&counted, &watched, &literal), (&unobserved, &unobserved, &unobserved), "{name}");
        assert_eq!(counts(&rules), counts(&watcher.counts), "{name}");
        assert_eq!(literally.difference, None, "{name}");
        assert!(literally.compared >= 2000, "{name}: {}", literally.compared);
        // Each step is one use of one rule of `Step` or its like.
        let steps: u64 =
            counts(&rules).iter().filter(|(rule, _)| rule.as_str().starts_with("Step")).map(|(_, n)| n).sum();
        assert_eq!(steps, watcher.steps, "{name}");
        assert_eq!(watcher.last, Some(rule!("Step_pure/frame-vals")), "{name}");
    }
}
