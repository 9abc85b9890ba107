//! Matching decides at once what the standard leaves to a search. Here the search is done: over a small world of types, the
//! rules are applied as they are written, transitivity included, until nothing new follows; then the two must agree.

use lockstep_semantics::observe::{Observer, RuleCounts, Unobserved};
use lockstep_semantics::rule;
use lockstep_semantics::syntax::*;
use lockstep_semantics::types::TypeTable;
use lockstep_semantics::validation::{Matching, limits_sub};
use lockstep_spec::RuleId;
use std::collections::BTreeSet;

fn sub(supers: &[TypeIdx], comp: CompType, share: Share) -> SubType {
    SubType { is_final: false, supers: supers.iter().map(|&x| TypeUse::Idx(x)).collect(), share, comp }
}

fn fields(n: usize) -> CompType {
    CompType::Struct(vec![FieldType { mutable: true, storage: StorageType::Val(ValType::I32) }; n])
}

fn array() -> CompType {
    CompType::Array(FieldType { mutable: false, storage: StorageType::Pack(PackType::I8) })
}

/// Two branches of structures, one of them recursive, a second index for one of the types, arrays, functions, and shared
/// types.
fn world() -> (TypeTable, Vec<DefType>) {
    let own = Share::Unshared;
    let rectypes = [
        RecType(vec![sub(&[], fields(0), own)]),
        RecType(vec![sub(&[0], fields(1), own)]),
        RecType(vec![sub(&[1], fields(2), own), sub(&[2], fields(3), own)]),
        RecType(vec![sub(&[0], fields(2), own)]),
        RecType(vec![sub(&[0], fields(1), own)]),
        RecType(vec![sub(&[], array(), own), sub(&[6], array(), own)]),
        RecType(vec![sub(&[], CompType::Func(FuncType::default()), own)]),
        RecType(vec![sub(&[8], CompType::Func(FuncType::default()), own)]),
        RecType(vec![sub(&[], fields(0), Share::Shared)]),
        RecType(vec![sub(&[10], fields(1), Share::Shared)]),
    ];
    let mut table = TypeTable::new();
    let mut types = Vec::new();
    for rectype in &rectypes {
        types.extend(table.define(rectype, &types).unwrap());
    }
    assert_eq!(types[1], types[5]);
    (table, types)
}

fn heaptypes(types: &[DefType]) -> Vec<HeapType> {
    let shares = [Share::Unshared, Share::Shared];
    let abs = shares.into_iter().flat_map(|share| AbsHeapType::ALL.map(|aht| HeapType::Abs(share, aht)));
    let idx = (0..types.len() as u32).map(|x| HeapType::Use(TypeUse::Idx(x)));
    // Two indices stand for one type.
    let distinct: BTreeSet<DefType> = types.iter().copied().collect();
    let def = distinct.into_iter().map(|dt| HeapType::Use(TypeUse::Def(dt)));
    abs.chain(idx).chain(def).collect()
}

/// The least relation on `hts` that the rules `Heaptype_sub/…` and `Deftype_sub/…` allow, as a matrix.
fn declarative(c: Matching<'_>, hts: &[HeapType]) -> Vec<Vec<bool>> {
    use AbsHeapType as A;
    let n = hts.len();
    let at = |ht: HeapType| hts.iter().position(|&other| other == ht).unwrap();
    let abs = |share, aht| at(HeapType::Abs(share, aht));
    let mut holds = vec![vec![false; n]; n];
    for share in [Share::Unshared, Share::Shared] {
        for (below, above) in [(A::Eq, A::Any), (A::I31, A::Eq), (A::Struct, A::Eq), (A::Array, A::Eq)] {
            holds[abs(share, below)][abs(share, above)] = true;
        }
    }
    for i in 0..n {
        holds[i][i] = true;
        match hts[i] {
            HeapType::Use(TypeUse::Def(dt)) => {
                let st = c.table.unrolldt(dt);
                let above = match st.comp {
                    CompType::Struct(_) => A::Struct,
                    CompType::Array(_) => A::Array,
                    CompType::Func(_) => A::Func,
                };
                holds[i][abs(st.share, above)] = true;
                for &tu in &st.supers {
                    holds[i][at(HeapType::Use(tu))] = true;
                }
            }
            HeapType::Use(TypeUse::Idx(x)) => {
                let dt = at(HeapType::Use(TypeUse::Def(c.types[x as usize])));
                holds[i][dt] = true;
                holds[dt][i] = true;
            }
            HeapType::Use(TypeUse::Rec(_)) => unreachable!(),
            HeapType::Abs(share, A::Bot) => {
                for (j, &ht) in hts.iter().enumerate() {
                    holds[i][j] |= share_of(c, ht) == share;
                }
            }
            HeapType::Abs(..) => {}
        }
    }
    loop {
        let before = holds.clone();
        // Heaptype_sub/trans
        for k in 0..n {
            let above = holds[k].clone();
            for row in holds.iter_mut().filter(|row| row[k]) {
                row.iter_mut().zip(&above).for_each(|(holds, &above)| *holds |= above);
            }
        }
        // Heaptype_sub/none, nofunc, noexn, noextern
        for (bottom, top) in [(A::None, A::Any), (A::NoFunc, A::Func), (A::NoExn, A::Exn), (A::NoExtern, A::Extern)] {
            for share in [Share::Unshared, Share::Shared] {
                for j in 0..n {
                    if holds[j][abs(share, top)] && !matches!(hts[j], HeapType::Abs(_, A::Bot)) {
                        holds[abs(share, bottom)][j] = true;
                    }
                }
            }
        }
        if holds == before {
            return holds;
        }
    }
}

fn share_of(c: Matching<'_>, ht: HeapType) -> Share {
    match ht {
        HeapType::Abs(share, _) => share,
        HeapType::Use(tu) => c.table.unrolldt(c.resolve(tu).unwrap()).share,
    }
}

/// The rules reported, in order.
#[derive(Default)]
struct Reported(Vec<RuleId>);

impl Observer for Reported {
    fn rule(&mut self, rule: RuleId) {
        self.0.push(rule);
    }
}

#[test]
fn heap_types_match_as_the_rules_say() {
    let (table, types) = world();
    let c = Matching { table: &table, types: &types };
    let hts = heaptypes(&types);
    let holds = declarative(c, &hts);
    let mut pairs = 0;
    for (i, &ht_1) in hts.iter().enumerate() {
        for (j, &ht_2) in hts.iter().enumerate() {
            let mut reported = Reported::default();
            assert_eq!(c.heaptype_sub(ht_1, ht_2, &mut Unobserved), holds[i][j], "{ht_1} <: {ht_2}");
            assert_eq!(c.heaptype_sub(ht_1, ht_2, &mut reported), holds[i][j], "{ht_1} <: {ht_2}, watched");
            // A derivation is reported when there is one, and nothing else.
            assert_eq!(!reported.0.is_empty(), holds[i][j], "{ht_1} <: {ht_2}: {:?}", reported.0);
            pairs += 1;
        }
    }
    println!("{pairs} pairs");
}

#[test]
fn closed_types_match_as_indices_do() {
    let (table, types) = world();
    let (c, closed) = (Matching { table: &table, types: &types }, Matching::closed(&table));
    let hts = heaptypes(&types);
    let close = |ht| match ht {
        HeapType::Use(tu) => HeapType::Use(TypeUse::Def(c.resolve(tu).unwrap())),
        HeapType::Abs(..) => ht,
    };
    for &ht_1 in &hts {
        for &ht_2 in &hts {
            let indices = c.heaptype_sub(ht_1, ht_2, &mut Unobserved);
            assert_eq!(closed.heaptype_sub(close(ht_1), close(ht_2), &mut Unobserved), indices, "{ht_1} <: {ht_2}");
        }
    }
}

fn valtypes(types: &[DefType]) -> Vec<ValType> {
    let rts = heaptypes(types).into_iter().flat_map(|ht| [RefType::null(ht), RefType::non_null(ht)]);
    [ValType::I32, ValType::I64, ValType::F32, ValType::F64, ValType::V128, ValType::Bot]
        .into_iter()
        .chain(rts.map(ValType::Ref))
        .collect()
}

#[test]
fn matching_is_a_preorder() {
    let (table, types) = world();
    let c = Matching { table: &table, types: &types };
    let ts = valtypes(&types);
    let holds: Vec<Vec<bool>> =
        ts.iter().map(|&t_1| ts.iter().map(|&t_2| c.valtype_sub(t_1, t_2, &mut Unobserved)).collect()).collect();
    for i in 0..ts.len() {
        assert!(holds[i][i], "{} <: itself", ts[i]);
        for j in 0..ts.len() {
            for k in 0..ts.len() {
                assert!(!(holds[i][j] && holds[j][k]) || holds[i][k], "{} <: {} <: {}", ts[i], ts[j], ts[k]);
            }
        }
    }
}

#[test]
fn null_is_added_but_never_dropped() {
    let (table, types) = world();
    let c = Matching { table: &table, types: &types };
    for ht_1 in heaptypes(&types) {
        for ht_2 in heaptypes(&types) {
            let heap = c.heaptype_sub(ht_1, ht_2, &mut Unobserved);
            for (null_1, null_2) in [(false, false), (false, true), (true, false), (true, true)] {
                let (rt_1, rt_2) = (RefType { null: null_1, heap: ht_1 }, RefType { null: null_2, heap: ht_2 });
                assert_eq!(c.reftype_sub(rt_1, rt_2, &mut Unobserved), heap && (null_2 || !null_1), "{rt_1} <: {rt_2}");
            }
        }
    }
}

#[test]
fn an_index_out_of_range_matches_only_itself() {
    let table = TypeTable::new();
    let c = Matching::closed(&table);
    let ht = |x| HeapType::Use(TypeUse::Idx(x));
    assert!(c.heaptype_sub(ht(7), ht(7), &mut Unobserved));
    assert!(!c.heaptype_sub(ht(7), ht(8), &mut Unobserved));
    assert!(!c.heaptype_sub(ht(7), HeapType::abs(AbsHeapType::Any), &mut Unobserved));
    assert!(!c.heaptype_sub(HeapType::abs(AbsHeapType::None), ht(7), &mut Unobserved));
}

#[test]
fn nothing_is_reported_of_a_failed_attempt() {
    let table = TypeTable::new();
    let c = Matching::closed(&table);
    let mut reported = Reported::default();
    let (i32, eqref) = (ValType::I32, ValType::Ref(RefType::EQREF));
    let anyref = ValType::Ref(RefType::ANYREF);
    // The first elements match, the last do not.
    assert!(!c.resulttype_sub(&[i32, eqref, anyref], &[i32, anyref, eqref], &mut reported));
    let field = |mutable, t| FieldType { mutable, storage: StorageType::Val(t) };
    assert!(!c.fieldtype_sub(field(true, eqref), field(true, anyref), &mut reported));
    let (narrow, wide) = (vec![field(false, eqref)], vec![field(false, anyref), field(false, i32)]);
    assert!(!c.comptype_sub(&CompType::Struct(narrow), &CompType::Struct(wide), &mut reported));
    let limits = |min, max| Limits { min, max };
    let tt = |limits, elem| TableType { share: Share::Unshared, addr: AddrType::I32, limits, elem };
    let (narrow, wide) = (tt(limits(1, None), RefType::EQREF), tt(limits(1, None), RefType::ANYREF));
    assert!(!c.externtype_sub(ExternType::Table(narrow), ExternType::Table(wide), &mut reported));
    assert_eq!(reported.0, []);
}

/// A shared type matches a shared one where the unshared types match, by one rule more; no other pair matches.
#[test]
fn sharedness_has_its_rules() {
    let table = TypeTable::new();
    let c = Matching::closed(&table);
    let limits = Limits { min: 1, max: Some(2) };
    let global = |mutable| move |share| ExternType::Global(GlobalType { share, mutable, val: ValType::I32 });
    let mem = |share| ExternType::Mem(MemType { share, addr: AddrType::I32, limits });
    let elem = RefType::null(HeapType::Abs(Share::Shared, AbsHeapType::Any));
    let table_of = |share| ExternType::Table(TableType { share, addr: AddrType::I32, limits, elem });
    let cases: [(&dyn Fn(Share) -> ExternType, RuleId); 4] = [
        (&global(false), rule!("Globaltype_sub/shared")),
        (&global(true), rule!("Globaltype_sub/shared")),
        (&mem, rule!("Memtype_sub/shared")),
        (&table_of, rule!("Tabletype_sub/shared")),
    ];
    for (xt, shared) in cases {
        let rules = |share_1, share_2| {
            let mut reported = Reported::default();
            c.externtype_sub(xt(share_1), xt(share_2), &mut reported).then_some(reported.0)
        };
        let mut expected = rules(Share::Unshared, Share::Unshared).unwrap();
        expected.insert(expected.len() - 1, shared);
        assert_eq!(rules(Share::Shared, Share::Shared), Some(expected));
        assert_eq!(rules(Share::Shared, Share::Unshared), None);
        assert_eq!(rules(Share::Unshared, Share::Shared), None);
    }
}

#[test]
fn limits() {
    let all: Vec<Limits> = (0..4)
        .flat_map(|min| [None, Some(0), Some(1), Some(2), Some(3)].map(|max| Limits { min, max }))
        .filter(|lim| lim.max.is_none_or(|max| lim.min <= max))
        .collect();
    for &lim_1 in &all {
        for &lim_2 in &all {
            // What is within the limits of the one is within those of the other, for the sizes there can be.
            let within = |n: u64, lim: Limits| lim.min <= n && lim.max.is_none_or(|max| n <= max);
            let included = (0..8).all(|n| !within(n, lim_1) || within(n, lim_2));
            assert_eq!(limits_sub(lim_1, lim_2, &mut Unobserved), included, "[{lim_1}] <: [{lim_2}]");
        }
    }
}

#[test]
fn import_matching_uses_its_rules() {
    let (table, types) = world();
    let c = Matching::closed(&table);
    let def = |x: usize| TypeUse::Def(types[x]);
    let unlimited = Limits { min: 1, max: None };
    let limited = Limits { min: 2, max: Some(3) };
    let own = Share::Unshared;
    let global = |mutable| ExternType::Global(GlobalType { share: own, mutable, val: ValType::I32 });
    let mem = |addr, limits| ExternType::Mem(MemType { share: own, addr, limits });
    let table_of =
        |limits| ExternType::Table(TableType { share: own, addr: AddrType::I32, limits, elem: RefType::ANYREF });
    let mut counts = RuleCounts::default();
    for (xt_1, xt_2, holds) in [
        (ExternType::Tag(def(8)), ExternType::Tag(def(8)), true),
        (ExternType::Tag(def(9)), ExternType::Tag(def(8)), false),
        (ExternType::Func(def(9)), ExternType::Func(def(8)), true),
        (ExternType::Func(def(8)), ExternType::Func(def(9)), false),
        (global(false), global(false), true),
        (global(true), global(true), true),
        (global(true), global(false), false),
        (mem(AddrType::I32, limited), mem(AddrType::I32, unlimited), true),
        (mem(AddrType::I32, unlimited), mem(AddrType::I32, limited), false),
        (mem(AddrType::I64, unlimited), mem(AddrType::I32, unlimited), false),
        (table_of(unlimited), table_of(unlimited), true),
        (table_of(unlimited), global(false), false),
    ] {
        assert_eq!(c.externtype_sub(xt_1, xt_2, &mut counts), holds, "{xt_1} <: {xt_2}");
    }
    for rule in [
        rule!("Limits_sub/max"),
        rule!("Limits_sub/eps"),
        rule!("Tagtype_sub"),
        rule!("Globaltype_sub/const"),
        rule!("Globaltype_sub/var"),
        rule!("Memtype_sub"),
        rule!("Tabletype_sub"),
        rule!("Externtype_sub/tag"),
        rule!("Externtype_sub/global"),
        rule!("Externtype_sub/mem"),
        rule!("Externtype_sub/table"),
        rule!("Externtype_sub/func"),
    ] {
        assert!(counts.count(rule) > 0, "{rule}");
    }
}
