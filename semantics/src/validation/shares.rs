//! Sharedness of types (chapter S.1 of the catalogue): decides which types are valid as shared.

use super::error::{Derived, Premise, fail};
use super::matching::Matching;
use crate::observe::Observer;
use crate::rule;
use crate::syntax::*;
use lockstep_spec::RuleId;

/// `C ⊢ ht : ok(shared)`
///
/// ```text
/// Heaptype_ok_shared/abs      C ⊢ (shared aht) : ok(shared)
/// Heaptype_ok_shared/typeuse  C ⊢ tu : ok(shared)  if tu expands to shared ct under C
/// ```
fn heaptype_ok_shared<O: Observer>(c: Matching<'_>, ht: HeapType, o: &mut O) -> bool {
    match ht {
        HeapType::Abs(share, _) if share.matches(Share::Shared) => o.rule(rule!("Heaptype_ok_shared/abs")),
        HeapType::Use(tu) if c.resolve(tu).is_some_and(|dt| c.table.unrolldt(dt).share == Share::Shared) => {
            o.rule(rule!("Heaptype_ok_shared/typeuse"));
        }
        HeapType::Abs(..) | HeapType::Use(_) => return false,
    }
    true
}

/// `C ⊢ t : ok(shared)`
///
/// ```text
/// Valtype_ok_shared/num  C ⊢ nt : ok(shared)
/// Valtype_ok_shared/vec  C ⊢ vt : ok(shared)
/// Valtype_ok_shared/ref  C ⊢ rt : ok(shared)  if C ⊢ rt : ok(shared)  (Reftype_ok_shared)
/// Reftype_ok_shared      C ⊢ (ref null? ht) : ok(shared)  if C ⊢ ht : ok(shared)
/// ```
fn valtype_ok_shared<O: Observer>(c: Matching<'_>, t: ValType, o: &mut O) -> bool {
    match t {
        ValType::Num(_) => o.rule(rule!("Valtype_ok_shared/num")),
        ValType::Vec(_) => o.rule(rule!("Valtype_ok_shared/vec")),
        ValType::Ref(rt) => {
            if !heaptype_ok_shared(c, rt.heap, o) {
                return false;
            }
            o.rule(rule!("Reftype_ok_shared"));
            o.rule(rule!("Valtype_ok_shared/ref"));
        }
        ValType::Bot => {}
    }
    true
}

/// `C ⊢ t : ok(shared)`, a premise of `rule`.
pub(super) fn shared<O: Observer>(c: Matching<'_>, rule: RuleId, t: ValType, o: &mut O) -> Derived {
    if valtype_ok_shared(c, t, o) { Ok(()) } else { fail(rule, Premise::NotShared { found: t }) }
}

/// `C ⊢ shared ct : ok`, but for the premise `C ⊢ ct : ok`.
///
/// ```text
/// Comptype_ok_shared/struct  C ⊢ shared (struct ft*) : ok        if C ⊢ struct ft* : ok
///                                                                if (C ⊢ unpack(zt) : ok(shared))*
/// Comptype_ok_shared/array   C ⊢ shared (array ft) : ok          if C ⊢ array ft : ok
///                                                                if C ⊢ unpack(zt) : ok(shared)
/// Comptype_ok_shared/func    C ⊢ shared (func t_1* → t_2*) : ok  if C ⊢ func t_1* → t_2* : ok
///                                                                if (C ⊢ t_1 : ok(shared))*
///                                                                if (C ⊢ t_2 : ok(shared))*
/// ```
pub(super) fn comptype_ok_shared<O: Observer>(c: Matching<'_>, ct: &CompType, o: &mut O) -> Derived {
    let rule = match ct {
        CompType::Struct(_) => rule!("Comptype_ok_shared/struct"),
        CompType::Array(_) => rule!("Comptype_ok_shared/array"),
        CompType::Func(_) => rule!("Comptype_ok_shared/func"),
    };
    match ct {
        CompType::Struct(fts) => fts.iter().try_for_each(|ft| shared(c, rule, ft.storage.unpack(), o))?,
        CompType::Array(ft) => shared(c, rule, ft.storage.unpack(), o)?,
        CompType::Func(FuncType { params, results }) => {
            params.iter().chain(results).try_for_each(|&t| shared(c, rule, t, o))?;
        }
    }
    o.rule(rule);
    Ok(())
}
