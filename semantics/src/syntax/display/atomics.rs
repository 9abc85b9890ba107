//! Instructions of the threads and shared-everything-threads proposals, each on one line.

use super::instructions::{ShownInstr, natural, suffix};
use super::*;

impl Display for MemOrder {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MemOrder::SeqCst => "seqcst",
            MemOrder::AcqRel => "acqrel",
        })
    }
}

/// One ordering for both halves, as in the text format; two where they differ, for which it has no form.
impl Display for Orders {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.read == self.write { self.read.fmt(f) } else { write!(f, "{} {}", self.read, self.write) }
    }
}

impl Display for AtOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AtOp::Add => "add",
            AtOp::Sub => "sub",
            AtOp::And => "and",
            AtOp::Or => "or",
            AtOp::Xor => "xor",
            AtOp::Xchg => "xchg",
        })
    }
}

impl Atomic {
    /// Writes the mnemonic.
    pub(super) fn fmt_mnemonic(&self, f: &mut Formatter<'_>) -> fmt::Result {
        use Atomic::*;
        // The width, and the suffix that reading with a width has.
        let wide = |(_, sz): Access| sz.map(|sz| sz.bits().to_string()).unwrap_or_default();
        let u = |(_, sz): Access| if sz.is_some() { "_u" } else { "" };
        match *self {
            Load(access, ..) => write!(f, "{}.atomic.load{}{}", access.0, wide(access), u(access)),
            Store(access, ..) => write!(f, "{}.atomic.store{}", access.0, wide(access)),
            Rmw(access, atop, ..) => write!(f, "{}.atomic.rmw{}.{atop}{}", access.0, wide(access), u(access)),
            Cmpxchg(access, ..) => write!(f, "{}.atomic.rmw{}.cmpxchg{}", access.0, wide(access), u(access)),
            Notify(..) => f.write_str("memory.atomic.notify"),
            Wait(inn, ..) => write!(f, "memory.atomic.wait{}", width((inn, None))),
            Fence => f.write_str("atomic.fence"),
            GlobalGet(..) => f.write_str("global.atomic.get"),
            GlobalSet(..) => f.write_str("global.atomic.set"),
            GlobalRmw(_, atop, _) => write!(f, "global.atomic.rmw.{atop}"),
            GlobalCmpxchg(..) => f.write_str("global.atomic.rmw.cmpxchg"),
            TableGet(..) => f.write_str("table.atomic.get"),
            TableSet(..) => f.write_str("table.atomic.set"),
            TableXchg(..) => f.write_str("table.atomic.rmw.xchg"),
            TableCmpxchg(..) => f.write_str("table.atomic.rmw.cmpxchg"),
            StructGet(_, sx, ..) => write!(f, "struct.atomic.get{}", suffix(sx)),
            StructSet(..) => f.write_str("struct.atomic.set"),
            StructRmw(_, atop, ..) => write!(f, "struct.atomic.rmw.{atop}"),
            StructCmpxchg(..) => f.write_str("struct.atomic.rmw.cmpxchg"),
            ArrayGet(_, sx, _) => write!(f, "array.atomic.get{}", suffix(sx)),
            ArraySet(..) => f.write_str("array.atomic.set"),
            ArrayRmw(_, atop, _) => write!(f, "array.atomic.rmw.{atop}"),
            ArrayCmpxchg(..) => f.write_str("array.atomic.rmw.cmpxchg"),
        }
    }
}

impl ShownInstr<'_> {
    /// The immediates.
    pub(super) fn atomic(&self, atomic: Atomic, f: &mut Formatter<'_>) -> fmt::Result {
        use Atomic::*;
        let n = self.names;
        let ty = |x| Index(&n.types, x);
        let table = |x| Index(&n.tables, x);
        let global = |x| Index(&n.globals, x);
        let field = |x, i| Index(Self::inner(&n.fields, Some(x)), i);
        match atomic {
            Load(access, x, ao) | Store(access, x, ao) | Rmw(access, _, x, ao) | Cmpxchg(access, x, ao) => {
                self.memarg(x, ao, natural(width(access)), f)
            }
            Notify(x, ao) => self.memarg(x, ao, natural(32), f),
            Wait(inn, x, ao) => self.memarg(x, ao, natural(width((inn, None))), f),
            Fence => Ok(()),
            GlobalGet(ord, x) | GlobalSet(ord, x) => write!(f, " {ord} {}", global(x)),
            GlobalRmw(ords, _, x) | GlobalCmpxchg(ords, x) => write!(f, " {ords} {}", global(x)),
            TableGet(ord, x) | TableSet(ord, x) => write!(f, " {ord} {}", table(x)),
            TableXchg(ords, x) | TableCmpxchg(ords, x) => write!(f, " {ords} {}", table(x)),
            StructGet(ord, _, x, i) | StructSet(ord, x, i) => write!(f, " {ord} {} {}", ty(x), field(x, i)),
            StructRmw(ords, _, x, i) | StructCmpxchg(ords, x, i) => {
                write!(f, " {ords} {} {}", ty(x), field(x, i))
            }
            ArrayGet(ord, _, x) | ArraySet(ord, x) => write!(f, " {ord} {}", ty(x)),
            ArrayRmw(ords, _, x) | ArrayCmpxchg(ords, x) => write!(f, " {ords} {}", ty(x)),
        }
    }
}
