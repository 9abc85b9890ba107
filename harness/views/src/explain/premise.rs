//! Premises that fail, in the words of the standard and with the names of the module.

use lockstep_semantics::syntax::{Names, Notation, TypeUse};
use lockstep_semantics::validation::{CompKind, Premise};
use std::fmt;

/// What a premise says, what was found and what was needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// What is wrong, in two or three words.
    pub(super) headline: String,
    /// The premise in the notation of the catalogue.
    pub(super) premise: &'static str,
    pub(super) found: Option<String>,
    pub(super) needed: Option<String>,
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline)?;
        if let Some(found) = &self.found {
            write!(f, ", found {found}")?;
        }
        if let Some(needed) = &self.needed {
            write!(f, ", needed {needed}")?;
        }
        Ok(())
    }
}

pub(super) fn facts(premise: &Premise, names: &Names) -> Facts {
    fn show<T: Notation + ?Sized>(item: &T, names: &Names) -> String {
        item.display(names).to_string()
    }
    let ty = |tu: &TypeUse| show(tu, names);
    let headline = premise.headline().to_string();
    let fact = |notation: &'static str, found: String, needed: String| Facts {
        headline: headline.clone(),
        premise: notation,
        found: (!found.is_empty()).then_some(found),
        needed: (!needed.is_empty()).then_some(needed),
    };
    match premise {
        Premise::Unknown { space, index, len } => {
            fact("C.…[x] = …", format!("{space} {index}"), format!("an index below {len}"))
        }
        Premise::NotSubtype { found, needed } => fact("C ⊢ t <: t'", show(found, names), show(needed, names)),
        Premise::NotSubtypes { found, needed } => {
            fact("C ⊢ t* <: t'*", show(&found[..], names), show(&needed[..], names))
        }
        Premise::NotStorageSubtype { found, needed } => fact("C ⊢ zt <: zt'", show(found, names), show(needed, names)),
        Premise::StackUnderflow { needed } => {
            let needed = needed.as_ref().map_or("an operand".to_owned(), |t| show(t, names));
            fact("C ⊢ instr* : ε → t*", "an empty stack".into(), needed)
        }
        Premise::ValuesLeft { top } => {
            fact("C ⊢ instr* : t_1* → t_2*", format!("a value {} left on the stack", show(top, names)), "none".into())
        }
        Premise::NotReference { found } => fact("t = ref null? ht", show(found, names), "a reference".into()),
        Premise::NotNumeric { found } => fact("t' = nt or t' = vt", show(found, names), "a number or a vector".into()),
        Premise::SelectTypes { first, second } => fact(
            "C ⊢ select : t t i32 → t",
            format!("{} and {}", show(first, names), show(second, names)),
            "one type".into(),
        ),
        Premise::ArityMismatch { found, needed } => {
            fact("|t*| = n", format!("{found} types"), format!("{needed} types"))
        }
        Premise::LabelNotReference { label } => {
            fact("C.labels[l] = t* rt", show(&label[..], names), "a label whose last type is a reference".into())
        }
        Premise::WrongShape { found, needed } => {
            let needed = match needed {
                CompKind::Struct => "a structure type",
                CompKind::Array => "an array type",
                CompKind::Func => "a function type",
            };
            fact("C.types[x] expands to …", format!("type {}", ty(found)), needed.into())
        }
        Premise::ImmutableGlobal { .. } => {
            fact("C.globals[x] = mut t", "an immutable global".into(), "a mutable one".into())
        }
        Premise::ImmutableField { .. } => fact("ft = mut zt", "an immutable field".into(), "a mutable one".into()),
        Premise::Packing { storage } => {
            fact("sx? ≠ ε ⇔ is_packtype(zt)", format!("a field {}", show(storage, names)), String::new())
        }
        Premise::NotDefaultable { ty } => {
            fact("⊢ t defaultable", format!("{}, which has no default value", show(ty, names)), String::new())
        }
        Premise::LocalUnset { local } => {
            fact("C.locals[x] = set t", format!("local {local} unset"), format!("local {local} set"))
        }
        Premise::AlignmentTooLarge { exponent, bytes } => {
            fact("2^n ≤ N/8", format!("2^{exponent}"), format!("at most {bytes}"))
        }
        Premise::OffsetTooLarge { offset, bits } => {
            fact("m < 2^|at|", offset.to_string(), format!("less than 2^{bits}"))
        }
        Premise::LaneOutOfRange { lane, lanes } => fact("i < dim(sh)", lane.to_string(), format!("less than {lanes}")),
        Premise::NotConstant { instr } => {
            fact("C ⊢ instr const", instr.mnemonic().to_string(), "a constant instruction".into())
        }
        Premise::NotInSource { instr } => fact("C ⊢ instr : it", instr.mnemonic().to_string(), String::new()),
        Premise::LimitsTooLarge { bound, most, .. } => fact("n ≤ k", bound.to_string(), format!("at most {most}")),
        Premise::LimitsReversed { min, max } => {
            fact("n ≤ m", format!("a minimum of {min}"), format!("at most the maximum, {max}"))
        }
        Premise::SharedUnbounded => fact("C ⊢ mt : ok", "no maximum".into(), "a maximum".into()),
        Premise::AlignmentNotNatural { exponent, bytes } => {
            fact("2^n = N/8", format!("2^{exponent}"), bytes.to_string())
        }
        Premise::NotShared { found } => fact("C ⊢ t : ok(shared)", show(found, names), "a shared type".into()),
        Premise::Unshared { space, index } => {
            fact("C.…[x] = shared …", format!("{space} {index}, which is not shared"), "a shared one".into())
        }
        Premise::NotAtomic { found } => fact(
            "t is i32 or i64 or C ⊢ t <: (ref null (share any))",
            show(found, names),
            "a type of atomic accesses".into(),
        ),
        Premise::UndeclaredReference { func } => fact(
            "x ∈ C.refs",
            format!("function {func} mentioned in bodies only"),
            "a mention outside of function bodies, such as `(elem declare func …)` or an export".into(),
        ),
        Premise::NoReturn => fact("C.return = (t*)", "a constant expression".into(), "a function body".into()),
        Premise::TooManySupers { count } => fact("|x*| ≤ 1", format!("{count} supertypes"), "at most one".into()),
        Premise::SuperNotBefore { sup, index } => fact(
            "x < x_0",
            format!("supertype {}", ty(sup)),
            format!("one declared before type {}", ty(&TypeUse::Idx(*index))),
        ),
        Premise::SuperFinal { sup } => Facts {
            headline: format!("the supertype {} is final", ty(sup)),
            ..fact("unrolldt(C.types[x]) = sub tu* ct'", format!("{}, which is final", ty(sup)), "an open type".into())
        },
        Premise::NotLikeSuper { sup } => Facts {
            headline: format!("the type does not match its supertype {}", ty(sup)),
            ..fact("C ⊢ ct <: ct'", String::new(), String::new())
        },
        Premise::TagResults { results } => {
            fact("tu expands to func t_1* → ε", show(&results[..], names), "no results".into())
        }
        Premise::StartType { .. } => {
            fact("C.funcs[x] expands to func ε → ε", "parameters or results".into(), "none of either".into())
        }
        Premise::DuplicateExport { name } => fact("disjoint(nm*)", format!("{name:?} twice"), "each name once".into()),
    }
}
