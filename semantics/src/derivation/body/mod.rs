//! Derivations of function bodies: `C ⊢ func x local* expr : C.types[x]`, instruction by instruction.
//!
//! The rules of 2.3-validation.instructions let one guess: where sequences are cut (`Instrs_ok/seq`), what lies deeper on
//! the stack (`Instrs_ok/frame`), where an operand is of a smaller type (`Instrs_ok/sub`), what unreachable code assumes.
//! [`prove`] makes these guesses, and [`check`] looks whether every node follows from its premises by the rule that it
//! names. The two share the context, and the reading of the rules whose type is fixed by the instruction (`fixed`,
//! `atomic`) or but for the sharedness of operands (`polymorphic`), and of what an instruction names; with the validation
//! algorithm they share the syntax and the type table.
//!
//! In the body of a shared function the judgement on each instruction is `C ⊢ instr : it shared`, and the function has its
//! type by `Func_ok/shared`: `Func_ok` alone is not enough for it.

mod atomics;
mod check;
mod context;
mod prove;
mod rules;
mod shared;

pub use check::{BodyFlaw, check};
pub use context::Context;
pub use prove::{NoDerivation, prove};
pub use shared::Named;

use super::Derivation;
use crate::RuleId;
use crate::syntax::*;
use std::ops::Range;

/// How many types the nodes of a derivation may hold together, so that small code with long stacks does not take all the
/// memory.
const MOST: usize = 1 << 22;

/// `(ref null? (share aht))`
const fn abs(null: bool, share: Share, aht: AbsHeapType) -> ValType {
    ValType::Ref(RefType { null, heap: HeapType::Abs(share, aht) })
}

/// `(ref null? x)`
fn idx(null: bool, x: TypeUse) -> ValType {
    ValType::Ref(RefType { null, heap: HeapType::Use(x) })
}

/// `t_1* →_x* t_2*`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstrType {
    /// `t_1*`
    pub t_1: ResultType,
    /// `x*`: the locals that get set.
    pub x: Vec<LocalIdx>,
    /// `t_2*`
    pub t_2: ResultType,
}

/// What a node of a [`Body`] concludes. Instructions are named by their positions in the code of the module. The context
/// is not written: it follows from the place in the tree.
#[derive(Clone, Debug, PartialEq)]
pub enum Typing {
    /// `C ⊢ func x local* expr : C.types[x]`
    Func(FuncIdx),
    /// `C ⊢ expr : t*`
    Expr(Expr, ResultType),
    /// `C ⊢ instr* : it`
    Instrs(Range<u32>, InstrType),
    /// `C ⊢ instr : it`
    Instr(u32, InstrType),
    /// `C ⊢ instr : it shared`
    InstrShared(u32, InstrType),
    /// What an instruction in shared code names is shared.
    NamedShared(Named),
    /// `C ⊢ it <: it'`
    InstrtypeSub(InstrType, InstrType),
    /// `C ⊢ bt : it`
    Blocktype(BlockType, InstrType),
    /// `C ⊢ catch : ok`
    Catch(Catch),
}

/// A node: a conclusion, the rule, and its premises in the rule's order. Premises about subtyping come with a derivation
/// of their own. There are no nodes for premises that types are well-formed, that one expands to another, about `memarg`s
/// and default values, and for look-ups: the checker looks at them itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The rule.
    pub rule: RuleId,
    /// What it concludes here.
    pub conclusion: Typing,
    /// The premises about instructions: nodes before this one.
    pub premises: Vec<usize>,
    /// The premises about types.
    pub types: Vec<Derivation>,
}

/// The derivation of a function body. Nodes stand after their premises; the last is the conclusion.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// The nodes.
    pub nodes: Vec<Node>,
}

impl Body {
    /// The number of rules used.
    pub fn size(&self) -> usize {
        self.nodes.iter().map(|node| 1 + node.types.iter().map(Derivation::size).sum::<usize>()).sum()
    }
}
