//! Alternate signs, which make two clauses of one.

use crate::ast::UnOp;
use crate::il::{Clause, Exp, ExpKind as K};
use crate::map::{Map, map_arg, map_kind, map_prem};

/// Chooses signs: `+-` is `+` in the first copy of a clause, `-+` in the second.
struct Signs {
    first: bool,
    found: bool,
}

impl Map for Signs {
    fn exp(&mut self, exp: &Exp) -> Exp {
        let kind = map_kind(self, exp.kind());
        let kind = match kind {
            K::Un(op @ (UnOp::PlusMinus | UnOp::MinusPlus), inner) => {
                self.found = true;
                let plus = (op == UnOp::PlusMinus) == self.first;
                K::Un(if plus { UnOp::Plus } else { UnOp::Minus }, inner)
            }
            kind => kind,
        };
        Exp::new(kind, exp.typ().clone())
    }
}

/// The clauses that a clause with alternate signs stands for.
pub(super) fn signs(clause: Clause) -> Vec<Clause> {
    let mut copies = Vec::new();
    for first in [true, false] {
        let mut signs = Signs { first, found: false };
        let args = clause.args.iter().map(|arg| map_arg(&mut signs, arg)).collect();
        let exp = signs.exp(&clause.exp);
        let prems = clause.prems.iter().map(|prem| map_prem(&mut signs, prem)).collect();
        if !signs.found {
            return vec![clause];
        }
        copies.push(Clause { vars: Vec::new(), args, exp, prems, sides: Vec::new(), span: clause.span });
    }
    copies
}
