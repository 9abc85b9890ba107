//! Explains why `T_1 <: T_2` holds, or where it fails.

use super::Input;
use super::labels::Labels;
use super::tree::Tree;
use lockstep_semantics::derivation::{Derivation, Prover, check};
use lockstep_semantics::syntax::*;
use lockstep_semantics::types::{TypeTable, subst_valtype};
use lockstep_semantics::validation::Matching;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// An answer to `T_1 <: T_2`.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The question, as it was asked.
    pub query: String,
    /// Whether it holds.
    pub holds: bool,
    /// The derivation, or the path to the point where every derivation fails.
    pub tree: Tree,
    /// Whether the checker accepts the derivation; a derivation that it refuses is a bug.
    pub checked: bool,
    /// The definitions of the sides, where they have names.
    pub sides: Vec<String>,
    /// Why it does not hold.
    pub because: Option<String>,
}

/// A type as the user writes it: a heap type or a value type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Heap(HeapType),
    Val(ValType),
}

/// Answers a question such as `$a <: $b`, `(ref null $a) <: anyref`. The left side is of the first module, the right
/// side of the second, which is the first one where there is no other.
///
/// # Errors
/// Where the question is not one.
pub fn subtype(query: &str, left: &Input, right: Option<&Input>) -> Result<Answer, String> {
    let (l, r) = query.split_once("<:").ok_or("a question looks like `$a <: $b`")?;
    let mut table = TypeTable::new();
    let types = table.define_all(&left.module.types);
    let mut labels = Labels::of(&types, &left.module.names);
    let right_types = right.map(|right| table.define_all(&right.module.types));
    if let (Some(right), Some(types)) = (right, &right_types) {
        labels.add(types, &right.module.names, Some(&right.path));
    }
    let side_1 = parse(l.trim(), &left.module.names, types.len())?;
    let second = right.unwrap_or(left);
    let side_2 = parse(r.trim(), &second.module.names, right_types.as_ref().unwrap_or(&types).len())?;
    // Across modules the indices of one would be taken for those of the other: both sides are closed.
    let close = |side: Side, types: &[DefType]| match side {
        Side::Heap(HeapType::Use(TypeUse::Idx(x))) => Side::Heap(HeapType::Use(TypeUse::Def(types[x as usize]))),
        Side::Heap(_) => side,
        Side::Val(t) => Side::Val(subst_valtype(t, &mut lockstep_semantics::types::all(types))),
    };
    let (side_1, side_2) = match &right_types {
        Some(right_types) => (close(side_1, &types), close(side_2, right_types)),
        None => (side_1, side_2),
    };
    let c = Matching { table: &table, types: &types };
    let prover = Prover { c };
    let proof = match (side_1, side_2) {
        (Side::Heap(ht_1), Side::Heap(ht_2)) => prover.heaptype_sub(ht_1, ht_2),
        (Side::Val(t_1), Side::Val(t_2)) => prover.valtype_sub(t_1, t_2),
        _ => return Err("one side is a heap type and the other a value type; write (ref $a) for the references".into()),
    };
    let names = &left.module.names;
    let mut sides = Vec::new();
    for (side, types, input) in [(side_1, &types, left), (side_2, right_types.as_ref().unwrap_or(&types), second)] {
        let tu = match side {
            Side::Heap(HeapType::Use(tu)) | Side::Val(ValType::Ref(RefType { heap: HeapType::Use(tu), .. })) => tu,
            _ => continue,
        };
        let Some(dt) = (match tu {
            TypeUse::Idx(x) => types.get(x as usize).copied(),
            TypeUse::Def(dt) => Some(dt),
            TypeUse::Rec(_) => None,
        }) else {
            continue;
        };
        let name = labels.apply(&dt.to_string());
        let own = types.iter().position(|&other| other == dt).map(|x| TypeUse::Idx(x as u32));
        let own = own.map_or(String::new(), |tu| tu.display(&input.module.names).to_string());
        let st = labels.apply(&table.unrolldt(dt).to_string());
        sides.push(format!("{name} is {own} of {}: {st}", input.path));
    }
    let answer =
        |holds, tree, checked, because| Answer { query: query.to_owned(), holds, tree, checked, sides, because };
    Ok(match proof {
        Ok(derivation) => answer(true, Tree::derivation(&derivation, names, &labels), checked(c, &derivation), None),
        Err(broken) => {
            let first = broken.first();
            let goal = first.goal.display(names);
            let because = labels.apply(&format!("{goal} does not hold: {}", first.reason.display(names)));
            answer(false, Tree::broken(&broken, names, &labels), true, Some(because))
        }
    })
}

fn checked(c: Matching<'_>, derivation: &Derivation) -> bool {
    check(c, derivation).is_ok()
}

impl Answer {
    /// As text; `depth` folds the derivation.
    pub fn render(&self, depth: usize) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "{}: {}", self.query.trim(), if self.holds { "holds" } else { "does not hold" });
        for side in &self.sides {
            let _ = writeln!(out, "  {side}");
        }
        if let Some(because) = &self.because {
            let _ = writeln!(out, "  it breaks here: {because}");
        }
        if self.holds {
            let checked =
                if self.checked { "accepted by the checker" } else { "REFUSED by the checker, which is a bug" };
            let _ = writeln!(out, "  a derivation of {} rules, {checked}:", self.tree.size());
        }
        out.push('\n');
        out + &self.tree.render(depth)
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "query": self.query,
            "holds": self.holds,
            "because": self.because,
            "checked": self.checked,
            "sides": self.sides,
            "derivation": self.tree.json(),
        })
    }
}

const ABSTRACT: [(&str, AbsHeapType); 12] = [
    ("any", AbsHeapType::Any),
    ("eq", AbsHeapType::Eq),
    ("i31", AbsHeapType::I31),
    ("struct", AbsHeapType::Struct),
    ("array", AbsHeapType::Array),
    ("none", AbsHeapType::None),
    ("func", AbsHeapType::Func),
    ("nofunc", AbsHeapType::NoFunc),
    ("exn", AbsHeapType::Exn),
    ("noexn", AbsHeapType::NoExn),
    ("extern", AbsHeapType::Extern),
    ("noextern", AbsHeapType::NoExtern),
];

fn parse(text: &str, names: &Names, len: usize) -> Result<Side, String> {
    if let Some(ht) = shared(text) {
        return Ok(Side::Heap(ht));
    }
    if let Some(inner) = text.strip_prefix('(') {
        let inner = inner.strip_suffix(')').ok_or_else(|| format!("{text:?} has no closing parenthesis"))?;
        let inner = inner.trim().strip_prefix("ref").ok_or_else(|| format!("{text:?} is no reference type"))?.trim();
        let (null, heap) = match inner.strip_prefix("null ") {
            Some(heap) => (true, heap.trim()),
            None => (false, inner),
        };
        return Ok(Side::Val(ValType::Ref(RefType { null, heap: heaptype(heap, names, len)? })));
    }
    let numeric = [
        ("i32", ValType::I32),
        ("i64", ValType::I64),
        ("f32", ValType::F32),
        ("f64", ValType::F64),
        ("v128", ValType::V128),
    ];
    if let Some((_, t)) = numeric.iter().find(|(name, _)| *name == text) {
        return Ok(Side::Val(*t));
    }
    let short = [
        ("nullref", AbsHeapType::None),
        ("nullfuncref", AbsHeapType::NoFunc),
        ("nullexnref", AbsHeapType::NoExn),
        ("nullexternref", AbsHeapType::NoExtern),
    ];
    let short = short.iter().find(|(name, _)| *name == text).map(|(_, aht)| *aht);
    let long = text.strip_suffix("ref").and_then(|name| ABSTRACT.iter().find(|(other, _)| *other == name));
    if let Some(aht) = short.or(long.map(|(_, aht)| *aht)) {
        return Ok(Side::Val(ValType::Ref(RefType::null(HeapType::abs(aht)))));
    }
    heaptype(text, names, len).map(Side::Heap)
}

/// `(shared aht)`
fn shared(text: &str) -> Option<HeapType> {
    let name = text.strip_prefix('(')?.strip_suffix(')')?.trim().strip_prefix("shared ")?.trim();
    let (_, aht) = ABSTRACT.iter().find(|(other, _)| *other == name)?;
    Some(HeapType::Abs(Share::Shared, *aht))
}

fn heaptype(text: &str, names: &Names, len: usize) -> Result<HeapType, String> {
    if let Some((_, aht)) = ABSTRACT.iter().find(|(name, _)| *name == text) {
        return Ok(HeapType::abs(*aht));
    }
    if let Some(ht) = shared(text) {
        return Ok(ht);
    }
    let index = match text.strip_prefix('$') {
        Some(name) => names.types.iter().find(|(_, other)| *other == name).map(|(&x, _)| x),
        None => text.parse().ok(),
    };
    match index {
        Some(x) if (x as usize) < len => Ok(HeapType::Use(TypeUse::Idx(x))),
        _ => Err(format!("{text:?} is no type of the module")),
    }
}
