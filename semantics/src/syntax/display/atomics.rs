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

impl ShownInstr<'_> {
    pub(super) fn atomic(&self, atomic: Atomic, f: &mut Formatter<'_>) -> fmt::Result {
        use Atomic::*;
        let n = self.names;
        let ty = |x| Index(&n.types, x);
        let table = |x| Index(&n.tables, x);
        let global = |x| Index(&n.globals, x);
        let field = |x, i| Index(Self::inner(&n.fields, Some(x)), i);
        // The width, and the suffix that reading with a width has.
        let wide = |(_, sz): Access| sz.map(|sz| sz.bits().to_string()).unwrap_or_default();
        let u = |(_, sz): Access| if sz.is_some() { "_u" } else { "" };
        match atomic {
            Load(access, x, ao) => {
                write!(f, "{}.atomic.load{}{}", access.0, wide(access), u(access))?;
                self.memarg(x, ao, natural(width(access)), f)
            }
            Store(access, x, ao) => {
                write!(f, "{}.atomic.store{}", access.0, wide(access))?;
                self.memarg(x, ao, natural(width(access)), f)
            }
            Rmw(access, atop, x, ao) => {
                write!(f, "{}.atomic.rmw{}.{atop}{}", access.0, wide(access), u(access))?;
                self.memarg(x, ao, natural(width(access)), f)
            }
            Cmpxchg(access, x, ao) => {
                write!(f, "{}.atomic.rmw{}.cmpxchg{}", access.0, wide(access), u(access))?;
                self.memarg(x, ao, natural(width(access)), f)
            }
            Notify(x, ao) => {
                f.write_str("memory.atomic.notify")?;
                self.memarg(x, ao, natural(32), f)
            }
            Wait(inn, x, ao) => {
                let bits = width((inn, None));
                write!(f, "memory.atomic.wait{bits}")?;
                self.memarg(x, ao, natural(bits), f)
            }
            Fence => f.write_str("atomic.fence"),
            GlobalGet(ord, x) => write!(f, "global.atomic.get {ord} {}", global(x)),
            GlobalSet(ord, x) => write!(f, "global.atomic.set {ord} {}", global(x)),
            GlobalRmw(ords, atop, x) => write!(f, "global.atomic.rmw.{atop} {ords} {}", global(x)),
            GlobalCmpxchg(ords, x) => write!(f, "global.atomic.rmw.cmpxchg {ords} {}", global(x)),
            TableGet(ord, x) => write!(f, "table.atomic.get {ord} {}", table(x)),
            TableSet(ord, x) => write!(f, "table.atomic.set {ord} {}", table(x)),
            TableXchg(ords, x) => write!(f, "table.atomic.rmw.xchg {ords} {}", table(x)),
            TableCmpxchg(ords, x) => write!(f, "table.atomic.rmw.cmpxchg {ords} {}", table(x)),
            StructGet(ord, sx, x, i) => {
                write!(f, "struct.atomic.get{} {ord} {} {}", suffix(sx), ty(x), field(x, i))
            }
            StructSet(ord, x, i) => write!(f, "struct.atomic.set {ord} {} {}", ty(x), field(x, i)),
            StructRmw(ords, atop, x, i) => write!(f, "struct.atomic.rmw.{atop} {ords} {} {}", ty(x), field(x, i)),
            StructCmpxchg(ords, x, i) => write!(f, "struct.atomic.rmw.cmpxchg {ords} {} {}", ty(x), field(x, i)),
            ArrayGet(ord, sx, x) => write!(f, "array.atomic.get{} {ord} {}", suffix(sx), ty(x)),
            ArraySet(ord, x) => write!(f, "array.atomic.set {ord} {}", ty(x)),
            ArrayRmw(ords, atop, x) => write!(f, "array.atomic.rmw.{atop} {ords} {}", ty(x)),
            ArrayCmpxchg(ords, x) => write!(f, "array.atomic.rmw.cmpxchg {ords} {}", ty(x)),
        }
    }
}
