//! All small rec groups: the declarative rules, read literally over types that are trees, against the algorithm.
//!
//! The scope: rec groups of one or two members after one type `$b = (sub (struct))`. A member is open or final, has no
//! declared supertype or `$b` or either member of its own group, and is one of
//!
//! - `(struct)`, or a structure of one field, `(ref null T)` or `(mut (ref null T))`, or of the two fields
//!   `(ref null $b)` and `(ref null rec.0)`;
//! - `(func)`, a function of one parameter `(ref null T)`, or of one result `(ref null T)`,
//!
//! where `T` is `$b` or a member of the group (in all positions but some; see `comps`). That includes groups that are
//! not valid. Of each group it is compared whether it is valid; of each valid one how its types and all abstract heap
//! types match, each with each, and that the derivations check; of all valid ones together which of their types are the
//! same. All these types are unshared; sharedness has a small world of its own. Nothing of the semantics' own type table is used on the declarative side.

use lockstep_semantics::derivation::{Prover, check};
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::syntax::*;
use lockstep_semantics::types::TypeTable;
use lockstep_semantics::validation::{Matching, validate};
use std::collections::HashMap;

/// A reference from inside a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum To {
    Base,
    Rec(usize),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Comp {
    /// Fields: mutable, and to what.
    Struct(Vec<(bool, To)>),
    Func(Vec<To>, Vec<To>),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Member {
    is_final: bool,
    sup: Option<To>,
    comp: Comp,
}

type Group = Vec<Member>;

fn comps(n: usize) -> Vec<Comp> {
    use Comp::*;
    let mut all = vec![Struct(vec![]), Func(vec![], vec![]), Struct(vec![(false, To::Base), (false, To::Rec(0))])];
    for to in [To::Base].into_iter().chain((0..n).map(To::Rec)) {
        all.push(Struct(vec![(false, to)]));
        all.push(Struct(vec![(true, to)]));
        all.push(Func(vec![to], vec![]));
        all.push(Func(vec![], vec![to]));
    }
    all
}

fn members(n: usize) -> Vec<Member> {
    let mut all = Vec::new();
    for is_final in [false, true] {
        for sup in [None, Some(To::Base)].into_iter().chain((0..n).map(|i| Some(To::Rec(i)))) {
            for comp in comps(n) {
                all.push(Member { is_final, sup, comp });
            }
        }
    }
    all
}

fn groups() -> Vec<Group> {
    let mut all: Vec<Group> = members(1).into_iter().map(|member| vec![member]).collect();
    let two = members(2);
    for first in &two {
        all.extend(two.iter().map(|second| vec![first.clone(), second.clone()]));
    }
    all
}

fn base() -> Member {
    Member { is_final: false, sup: None, comp: Comp::Struct(vec![]) }
}

// The declarative side: heap types are numbers, 0..=12 the abstract ones, 13 the base, 14.. the members.

const BASE: usize = 13;

fn abs(aht: AbsHeapType) -> usize {
    AbsHeapType::ALL.iter().position(|&other| other == aht).unwrap()
}

fn number(to: To) -> usize {
    match to {
        To::Base => BASE,
        To::Rec(i) => BASE + 1 + i,
    }
}

/// The least relation that the rules allow.
fn least(group: &Group) -> Vec<Vec<bool>> {
    use AbsHeapType as A;
    let n = BASE + 1 + group.len();
    let mut holds = vec![vec![false; n]; n];
    let all: Vec<Member> = [base()].into_iter().chain(group.iter().cloned()).collect();
    for (i, row) in holds.iter_mut().enumerate() {
        // Heaptype_sub/refl, Deftype_sub/refl
        row[i] = true;
        // Heaptype_sub/bot
        if i == abs(A::Bot) {
            row.fill(true);
        }
    }
    // Two equal closed types: a group of one that looks like the base is the base.
    if group.len() == 1 && group[0] == base() {
        holds[BASE][BASE + 1] = true;
        holds[BASE + 1][BASE] = true;
    }
    for (below, above) in [(A::Eq, A::Any), (A::I31, A::Eq), (A::Struct, A::Eq), (A::Array, A::Eq)] {
        holds[abs(below)][abs(above)] = true;
    }
    for (i, member) in all.iter().enumerate() {
        // Heaptype_sub/struct, Heaptype_sub/func
        let above = if matches!(member.comp, Comp::Struct(_)) { A::Struct } else { A::Func };
        holds[BASE + i][abs(above)] = true;
        // Deftype_sub/super
        if let Some(sup) = member.sup {
            holds[BASE + i][number(sup)] = true;
        }
    }
    loop {
        let before = holds.clone();
        for k in 0..n {
            let above = holds[k].clone();
            for row in holds.iter_mut().filter(|row| row[k]) {
                row.iter_mut().zip(&above).for_each(|(holds, &above)| *holds |= above);
            }
        }
        for (bottom, top) in [(A::None, A::Any), (A::NoFunc, A::Func), (A::NoExn, A::Exn), (A::NoExtern, A::Extern)] {
            for j in (0..n).filter(|&j| j != abs(A::Bot)) {
                holds[abs(bottom)][j] |= holds[j][abs(top)];
            }
        }
        if holds == before {
            return holds;
        }
    }
}

/// `Rectype_ok`: each member has a supertype that is declared before it, open, and matched by its composite type.
fn is_valid(group: &Group, holds: &[Vec<bool>]) -> bool {
    // (ref null T_1) <: (ref null T_2)
    let sub = |to_1: To, to_2: To| holds[number(to_1)][number(to_2)];
    group.iter().enumerate().all(|(i, member)| {
        let above = match member.sup {
            None => return true,
            Some(To::Base) => base(),
            Some(To::Rec(j)) if j < i => group[j].clone(),
            Some(To::Rec(_)) => return false,
        };
        let comp_sub = match (&member.comp, &above.comp) {
            (Comp::Struct(fts_1), Comp::Struct(fts_2)) => {
                fts_1.len() >= fts_2.len()
                    && fts_1.iter().zip(fts_2).all(|(&(mut_1, to_1), &(mut_2, to_2))| {
                        mut_1 == mut_2 && sub(to_1, to_2) && (!mut_1 || sub(to_2, to_1))
                    })
            }
            (Comp::Func(ps_1, rs_1), Comp::Func(ps_2, rs_2)) => {
                ps_1.len() == ps_2.len()
                    && rs_1.len() == rs_2.len()
                    && ps_1.iter().zip(ps_2).all(|(&to_1, &to_2)| sub(to_2, to_1))
                    && rs_1.iter().zip(rs_2).all(|(&to_1, &to_2)| sub(to_1, to_2))
            }
            _ => false,
        };
        !above.is_final && comp_sub
    })
}

// The other side: the semantics.

fn to_rectype(group: &Group) -> RecType {
    let idx = |to| match to {
        To::Base => TypeUse::Idx(0),
        To::Rec(i) => TypeUse::Idx(1 + i as u32),
    };
    let t = |to| ValType::Ref(RefType::null(HeapType::Use(idx(to))));
    let member = |member: &Member| SubType {
        is_final: member.is_final,
        supers: member.sup.map(idx).into_iter().collect(),
        share: Share::Unshared,
        comp: match &member.comp {
            Comp::Struct(fts) => CompType::Struct(
                fts.iter().map(|&(mutable, to)| FieldType { mutable, storage: StorageType::Val(t(to)) }).collect(),
            ),
            Comp::Func(ps, rs) => CompType::Func(FuncType {
                params: ps.iter().map(|&to| t(to)).collect(),
                results: rs.iter().map(|&to| t(to)).collect(),
            }),
        },
    };
    RecType(group.iter().map(member).collect())
}

fn heaptype(number: usize) -> HeapType {
    match number {
        0..BASE => HeapType::abs(AbsHeapType::ALL[number]),
        _ => HeapType::Use(TypeUse::Idx((number - BASE) as u32)),
    }
}

#[test]
fn the_rules_and_the_algorithm_agree_on_all_small_rec_groups() {
    let base_type = to_rectype(&vec![base()]);
    let mut all = TypeTable::new();
    let first = all.define(&base_type, &[]).unwrap();
    let mut same: HashMap<(Group, usize), DefType> = HashMap::from([((vec![base()], 0), first[0])]);
    let mut back: HashMap<DefType, (Group, usize)> = HashMap::from([(first[0], (vec![base()], 0))]);
    let (mut groups_seen, mut valid, mut pairs, mut derivations) = (0, 0, 0, 0);
    for group in groups() {
        groups_seen += 1;
        let holds = least(&group);
        let rectype = to_rectype(&group);
        let module = Module { types: vec![base_type.clone(), rectype.clone()], ..Module::default() };
        let ok = validate(&module, &mut Unobserved).is_ok();
        assert_eq!(ok, is_valid(&group, &holds), "{group:?}");
        if !ok {
            continue;
        }
        valid += 1;
        let mut table = TypeTable::new();
        let mut types = table.define(&base_type, &[]).unwrap();
        types.extend(table.define(&rectype, &types).unwrap());
        let c = Matching { table: &table, types: &types };
        for (i, row) in holds.iter().enumerate() {
            for (j, &holds) in row.iter().enumerate() {
                let (ht_1, ht_2) = (heaptype(i), heaptype(j));
                assert_eq!(c.heaptype_sub(ht_1, ht_2, &mut Unobserved), holds, "{ht_1} <: {ht_2} in {group:?}");
                match (Prover { c }).heaptype_sub(ht_1, ht_2) {
                    Ok(derivation) => {
                        assert!(holds, "{ht_1} <: {ht_2} in {group:?}");
                        check(c, &derivation).unwrap();
                        derivations += 1;
                    }
                    Err(broken) => assert!(!holds, "{} in {group:?}", broken.goal),
                }
                pairs += 1;
            }
        }
        // One type has one handle, and one handle is that of one type.
        for (i, dt) in all.define(&rectype, &first).unwrap().into_iter().enumerate() {
            let tree = (group.clone(), i);
            assert_eq!(*same.entry(tree.clone()).or_insert(dt), dt, "{tree:?}");
            assert_eq!(*back.entry(dt).or_insert_with(|| tree.clone()), tree);
        }
    }
    println!("{groups_seen} rec groups, {valid} of them valid; {pairs} pairs; {derivations} derivations checked");
    assert!(valid > 500);
}

#[test]
fn the_checker_refuses_what_does_not_follow() {
    // Of a small world, each judgement that does not hold, with each rule, and with all premises that hold.
    let group = vec![
        Member { is_final: false, sup: Some(To::Base), comp: Comp::Struct(vec![(true, To::Rec(1))]) },
        Member { is_final: true, sup: None, comp: Comp::Func(vec![To::Rec(0)], vec![]) },
    ];
    let mut table = TypeTable::new();
    let mut types = table.define(&to_rectype(&vec![base()]), &[]).unwrap();
    types.extend(table.define(&to_rectype(&group), &types).unwrap());
    let c = Matching { table: &table, types: &types };
    let mut hts: Vec<HeapType> = (0..BASE + 3).map(heaptype).collect();
    hts.extend(types.iter().map(|&dt| HeapType::Use(TypeUse::Def(dt))));
    refuses(c, &hts);
}

/// Whether the checker refuses each judgement on two heap types that does not hold, with each rule, and with all premises that hold.
fn refuses(c: Matching<'_>, hts: &[HeapType]) {
    let prover = Prover { c };
    let mut proofs = Vec::new();
    let mut wrong = Vec::new();
    for &ht_1 in hts {
        for &ht_2 in hts {
            match prover.heaptype_sub(ht_1, ht_2) {
                Ok(derivation) => proofs.push(derivation),
                Err(_) => wrong.push((ht_1, ht_2)),
            }
        }
    }
    let subtrees: Vec<_> =
        proofs.iter().flat_map(|proof| [proof].into_iter().chain(&proof.premises)).cloned().collect();
    let rules: Vec<_> = lockstep_spec::RuleId::ALL
        .into_iter()
        .filter(|rule| rule.as_str().starts_with("Heaptype_sub/") || rule.as_str().starts_with("Deftype_sub/"))
        .collect();
    let mut tried = 0;
    for &(ht_1, ht_2) in &wrong {
        let conclusion = lockstep_semantics::derivation::Judgement::HeaptypeSub(ht_1, ht_2);
        for &rule in &rules {
            let mut refuse = |premises| {
                let derivation =
                    lockstep_semantics::derivation::Derivation { rule, conclusion: conclusion.clone(), premises };
                assert!(check(c, &derivation).is_err(), "{rule} gives {conclusion}");
                tried += 1;
            };
            refuse(vec![]);
            for premise in &subtrees {
                refuse(vec![premise.clone()]);
            }
        }
    }
    println!("{} wrong judgements, {tried} false derivations", wrong.len());
}

#[test]
fn shared_and_unshared_types() {
    use AbsHeapType as A;
    // A structure with a subtype, and a function, of either sharedness.
    let comps = [CompType::Struct(vec![]), CompType::Func(FuncType { params: vec![], results: vec![] })];
    let (mut table, mut types) = (TypeTable::new(), Vec::new());
    for share in [Share::Unshared, Share::Shared] {
        for comp in &comps {
            let st = SubType { is_final: false, supers: vec![], share, comp: comp.clone() };
            types.extend(table.define(&RecType(vec![st]), &types).unwrap());
        }
        let supers = vec![TypeUse::Idx(types.len() as u32 - 2)];
        let st = SubType { is_final: true, supers, share, comp: comps[0].clone() };
        types.extend(table.define(&RecType(vec![st]), &types).unwrap());
    }
    let c = Matching { table: &table, types: &types };
    let prover = Prover { c };
    let abstracts = [
        A::Any,
        A::Eq,
        A::I31,
        A::Struct,
        A::Array,
        A::None,
        A::Func,
        A::NoFunc,
        A::Exn,
        A::NoExn,
        A::Extern,
        A::NoExtern,
        A::Bot,
    ];
    let shares = [Share::Unshared, Share::Shared, Share::Bot];
    let mut hts: Vec<HeapType> =
        shares.iter().flat_map(|&share| abstracts.map(|aht| HeapType::Abs(share, aht))).collect();
    hts.extend((0..types.len() as u32).map(|x| HeapType::Use(TypeUse::Idx(x))));
    hts.extend(types.iter().map(|&dt| HeapType::Use(TypeUse::Def(dt))));
    let (mut holds, mut across) = (0, 0);
    let share = |ht| match ht {
        HeapType::Abs(share, _) => share,
        HeapType::Use(tu) => table.unrolldt(c.resolve(tu).unwrap()).share,
    };
    for &ht_1 in &hts {
        for &ht_2 in &hts {
            let proof = prover.heaptype_sub(ht_1, ht_2);
            let algorithm = c.heaptype_sub(ht_1, ht_2, &mut Unobserved);
            assert_eq!(proof.is_ok(), algorithm, "{ht_1} <: {ht_2}");
            if let Ok(derivation) = proof {
                assert_eq!(check(c, &derivation), Ok(()), "{ht_1} <: {ht_2}");
                holds += 1;
                across += usize::from(share(ht_1) != share(ht_2));
            }
            assert!(!algorithm || share(ht_1) == share(ht_2) || share(ht_1) == Share::Bot, "{ht_1} <: {ht_2}");
        }
    }
    println!("{holds} of {} hold, {across} of them by `bot-share`", hts.len() * hts.len());
    assert!(holds > 300 && across > 100, "{holds} {across}");
    // What is valid as shared.
    for &ht in &hts {
        let t = ValType::Ref(RefType::null(ht));
        let proof = prover.valtype_ok_shared(t);
        assert_eq!(proof.is_ok(), share(ht) == Share::Shared, "{ht}");
        if let Ok(derivation) = proof {
            assert_eq!(check(c, &derivation), Ok(()), "{ht}");
        }
    }
    // A smaller choice, for each way to be wrong.
    let few = [A::Any, A::Eq, A::Struct, A::None, A::Func, A::NoFunc, A::Bot];
    let small = hts.iter().copied().filter(|ht| match ht {
        HeapType::Abs(_, aht) => few.contains(aht),
        HeapType::Use(TypeUse::Idx(_)) => false,
        HeapType::Use(_) => true,
    });
    refuses(c, &small.collect::<Vec<_>>());
}
