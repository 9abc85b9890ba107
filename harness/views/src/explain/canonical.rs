//! Finds the types of a module that are equal, and those that nearly are.
//!
//! Two types are equal when their rec groups are, member by member, after each index is replaced by the type that it
//! stands for, and both have the same position in it (`Deftype_sub/refl`). Order, finality and mutability are part of
//! that.

use super::Input;
use super::labels::Labels;
use lockstep_semantics::syntax::*;
use lockstep_semantics::types::TypeTable;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The types of a module after canonicalisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Canonical {
    /// The type indices, by name where they have one, that stand for one type; in the order of the first of them.
    pub classes: Vec<Vec<String>>,
    /// The types that are nearly the same, and why they are not.
    pub near: Vec<Near>,
    /// The pairs that were not compared, because there are so many.
    pub left_out: usize,
}

/// Two types that are nearly the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// The one.
    pub first: String,
    /// The other.
    pub second: String,
    /// Why they are two.
    pub why: String,
}

/// How many pairs are compared at most.
const PAIRS: usize = 200_000;
/// Up to which size the members of two groups are tried in all orders.
const ORDERS: usize = 6;

/// The types of a module.
pub fn canonical(input: &Input) -> Canonical {
    let mut table = TypeTable::new();
    let names = &input.module.names;
    let types = table.define_all(&input.module.types);
    let labels = Labels::of(&types, names);
    let name = |x: usize| TypeUse::Idx(x as u32).display(names).to_string();
    let mut classes: BTreeMap<DefType, Vec<usize>> = BTreeMap::new();
    for (x, &dt) in types.iter().enumerate() {
        classes.entry(dt).or_default().push(x);
    }
    let mut in_order: Vec<Vec<usize>> = classes.into_values().collect();
    in_order.sort();
    let mut report = Canonical::default();
    let mut pairs = 0;
    for (i, first) in in_order.iter().enumerate() {
        for second in &in_order[i + 1..] {
            pairs += 1;
            if pairs > PAIRS {
                report.left_out += 1;
                continue;
            }
            if let Some(why) = nearly(&table, types[first[0]], types[second[0]]) {
                report.near.push(Near { first: name(first[0]), second: name(second[0]), why: labels.apply(&why) });
            }
        }
    }
    report.classes = in_order.into_iter().map(|class| class.into_iter().map(name).collect()).collect();
    report
}

/// The reason why two types are not equal, if they nearly are.
fn nearly(table: &TypeTable, dt_1: DefType, dt_2: DefType) -> Option<String> {
    let ((RecType(sts_1), i_1), (RecType(sts_2), i_2)) = (table.rolled(dt_1), table.rolled(dt_2));
    let (st_1, st_2) = (&sts_1[i_1 as usize], &sts_2[i_2 as usize]);
    if std::ptr::eq(sts_1, sts_2) {
        // Members of one group: what makes them two is their position, where nothing else does.
        return (st_1 == st_2).then(|| format!("the same, but at positions {i_1} and {i_2} of one rec group"));
    }
    if sts_1.len() == sts_2.len() && sts_1.len() > 1 && reordered(sts_1, sts_2, i_1, i_2) {
        let here = if i_1 == i_2 { "" } else { ", and so their positions in it" };
        return Some(format!("the order in the rec group: the same members, in another order{here}"));
    }
    let differences = differences(st_1, st_2);
    match &differences[..] {
        [] if sts_1.len() != sts_2.len() => Some(format!(
            "the rec group: the members are alike, but one is in a group of {}, the other in one of {}",
            sts_1.len(),
            sts_2.len()
        )),
        [] if i_1 != i_2 => Some(format!("the order in the rec group: position {i_1} in one, {i_2} in the other")),
        [] => {
            let j = sts_1.iter().zip(sts_2).position(|(st_1, st_2)| st_1 != st_2)?;
            let other = self::differences(&sts_1[j], &sts_2[j]).join("; ");
            Some(format!("the rec group: they are alike, but member {j} of their groups is not: {other}"))
        }
        [one] => Some(one.clone()),
        _ => None,
    }
}

/// What two members differ in; types of different kinds or sizes differ in too much to be told.
fn differences(st_1: &SubType, st_2: &SubType) -> Vec<String> {
    let mut differences = Vec::new();
    if st_1.is_final != st_2.is_final {
        let (one, other) = if st_1.is_final { ("first", "second") } else { ("second", "first") };
        differences.push(format!("finality: the {one} is final, the {other} is open"));
    }
    if st_1.supers != st_2.supers {
        let show = |supers: &[TypeUse]| match supers.first() {
            Some(tu) => tu.to_string(),
            None => "none".to_owned(),
        };
        differences.push(format!("the supertype: {} and {}", show(&st_1.supers), show(&st_2.supers)));
    }
    if st_1.share != st_2.share {
        differences.push("sharedness".into());
    }
    let far = || vec![String::new(), String::new()];
    // Types of unlike fields are not nearly the same.
    let mut unlike = false;
    let mut field = |what: String, ft_1: FieldType, ft_2: FieldType| {
        if ft_1.mutable != ft_2.mutable {
            let (one, other) = if ft_1.mutable { ("first", "second") } else { ("second", "first") };
            differences.push(format!("mutability: {what} is mutable in the {one}, and not in the {other}"));
        }
        if ft_1.storage != ft_2.storage {
            unlike |= !both_references(ft_1.storage.unpack(), ft_2.storage.unpack());
            differences.push(format!("{what}: {} and {}", ft_1.storage, ft_2.storage));
        }
    };
    match (&st_1.comp, &st_2.comp) {
        (CompType::Struct(fts_1), CompType::Struct(fts_2)) if fts_1.len() == fts_2.len() => {
            for (i, (&ft_1, &ft_2)) in fts_1.iter().zip(fts_2).enumerate() {
                field(format!("field {i}"), ft_1, ft_2);
            }
        }
        (&CompType::Array(ft_1), &CompType::Array(ft_2)) => field("the element".into(), ft_1, ft_2),
        (CompType::Func(ft_1), CompType::Func(ft_2))
            if (ft_1.params.len(), ft_1.results.len()) == (ft_2.params.len(), ft_2.results.len()) =>
        {
            for (what, ts_1, ts_2) in
                [("parameter", &ft_1.params, &ft_2.params), ("result", &ft_1.results, &ft_2.results)]
            {
                for (i, (t_1, t_2)) in ts_1.iter().zip(ts_2).enumerate().filter(|(_, (t_1, t_2))| t_1 != t_2) {
                    unlike |= !both_references(*t_1, *t_2);
                    differences.push(format!("{what} {i}: {t_1} and {t_2}"));
                }
            }
        }
        _ => return far(),
    }
    if unlike { far() } else { differences }
}

fn both_references(t_1: ValType, t_2: ValType) -> bool {
    matches!((t_1, t_2), (ValType::Ref(_), ValType::Ref(_)))
}

/// Whether one group is the other in another order, such that position `i_1` becomes `i_2`.
fn reordered(sts_1: &[SubType], sts_2: &[SubType], i_1: u32, i_2: u32) -> bool {
    let n = sts_1.len();
    if n > ORDERS {
        return false;
    }
    let mut order: Vec<u32> = (0..n as u32).collect();
    let mut found = false;
    permute(&mut order, 0, &mut |order| {
        found = found
            || order[i_1 as usize] == i_2
                && sts_1.iter().zip(order).all(|(st, &to)| {
                    let moved = lockstep_semantics::types::subst_subtype(st, &mut |tu| match tu {
                        TypeUse::Rec(i) => TypeUse::Rec(order[i as usize]),
                        _ => tu,
                    });
                    moved == sts_2[to as usize]
                });
    });
    found
}

fn permute(order: &mut Vec<u32>, from: usize, visit: &mut impl FnMut(&[u32])) {
    if from == order.len() {
        return visit(order);
    }
    for i in from..order.len() {
        order.swap(from, i);
        permute(order, from + 1, visit);
        order.swap(from, i);
    }
}

impl Canonical {
    /// As text.
    pub fn render(&self) -> String {
        let mut out = String::new();
        let indices: usize = self.classes.iter().map(Vec::len).sum();
        let _ = writeln!(out, "{indices} type indices, {} types", self.classes.len());
        for class in self.classes.iter().filter(|class| class.len() > 1) {
            let _ = writeln!(out, "  one type: {}", class.join(" = "));
        }
        for Near { first, second, why } in &self.near {
            let _ = writeln!(out, "  nearly:   {first} ≠ {second}: {why}");
        }
        if self.left_out > 0 {
            let _ = writeln!(out, "  {} pairs were not compared", self.left_out);
        }
        out
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        let near: Vec<Value> = self
            .near
            .iter()
            .map(|near| json!({ "first": near.first, "second": near.second, "why": near.why }))
            .collect();
        json!({ "classes": self.classes, "near": near, "pairs_not_compared": self.left_out })
    }
}
