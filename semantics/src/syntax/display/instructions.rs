//! Instructions, each on one line.

use super::*;

/// An instruction to be printed; see [`Instr::display`].
#[derive(Clone, Copy, Debug)]
pub struct ShownInstr<'a> {
    instr: Instr,
    code: &'a Code,
    pub(super) names: &'a Names,
    func: Option<FuncIdx>,
}

impl Instr {
    /// The instruction on one line, without the sequences nested in it. Locals have names once
    /// [`ShownInstr::in_func`] says which function's they are.
    pub fn display<'a>(&self, code: &'a Code, names: &'a Names) -> ShownInstr<'a> {
        ShownInstr { instr: *self, code, names, func: None }
    }
}

impl ShownInstr<'_> {
    /// The same, as an instruction of this function (imports counted).
    #[must_use]
    pub fn in_func(self, x: FuncIdx) -> Self {
        ShownInstr { func: Some(x), ..self }
    }

    /// The names of the inner items of an outer one.
    pub(super) fn inner(map: &IndirectNameMap, outer: Option<Idx>) -> &NameMap {
        static NONE: NameMap = NameMap::new();
        outer.and_then(|x| map.get(&x)).unwrap_or(&NONE)
    }

    /// ` $mem offset=… align=…`, each where it is not the default.
    pub(super) fn memarg(&self, x: MemIdx, ao: MemArg, natural: u32, f: &mut Formatter<'_>) -> fmt::Result {
        self.unless_zero(&self.names.mems, x, f)?;
        if ao.offset != 0 {
            write!(f, " offset={}", ao.offset)?;
        }
        match 1_u64.checked_shl(ao.align) {
            _ if ao.align == natural => Ok(()),
            Some(align) => write!(f, " align={align}"),
            // Well-formed in the binary format, never valid, and not to be said in the text format.
            None => write!(f, " align=2^{}", ao.align),
        }
    }

    /// An index that may be left out when it is zero.
    fn unless_zero(&self, map: &NameMap, x: Idx, f: &mut Formatter<'_>) -> fmt::Result {
        if x == 0 { Ok(()) } else { write!(f, " {}", Index(map, x)) }
    }
}

/// The exponent of the natural alignment of an access of so many bits.
pub(super) fn natural(bits: u32) -> u32 {
    (bits / 8).trailing_zeros()
}

/// `_s` or `_u` where there is a signedness.
pub(super) fn suffix(sx: Option<Sx>) -> &'static str {
    match sx {
        None => "",
        Some(Sx::S) => "_s",
        Some(Sx::U) => "_u",
    }
}

impl Display for ShownInstr<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        use Instr::*;
        let n = self.names;
        let ty = |x| Index(&n.types, x);
        let func = |x| Index(&n.funcs, x);
        let table = |x| Index(&n.tables, x);
        let global = |x| Index(&n.globals, x);
        let tag = |x| Index(&n.tags, x);
        let elem = |x| Index(&n.elems, x);
        let data = |x| Index(&n.datas, x);
        let mem = |x| Index(&n.mems, x);
        let local = |x| Index(Self::inner(&n.locals, self.func), x);
        let field = |x, i| Index(Self::inner(&n.fields, Some(x)), i);
        if let Ref(r) = self.instr {
            // Not an instruction of the text format.
            return write!(f, "{r}");
        }
        write!(f, "{}", self.instr.mnemonic())?;
        match self.instr {
            Select(Some(ts)) if ts.is_empty() => f.write_str(" (result)"),
            Select(Some(ts)) => group("result", self.code.types(ts), n, f),
            Block(bt, _) | Loop(bt, _) | If(bt, _, _) => write!(f, "{}", bt.display(n)),
            Br(l) | BrIf(l) | BrOnNull(l) | BrOnNonNull(l) => write!(f, " {l}"),
            BrTable(ls, l_n) => {
                for l in self.code.labels(ls) {
                    write!(f, " {l}")?;
                }
                write!(f, " {l_n}")
            }
            BrOnCast(l, rt_1, rt_2) | BrOnCastFail(l, rt_1, rt_2) => {
                write!(f, " {l} {} {}", rt_1.display(n), rt_2.display(n))
            }
            Call(x) | ReturnCall(x) | RefFunc(x) => write!(f, " {}", func(x)),
            CallRef(y) | ReturnCallRef(y) => write!(f, " {}", y.display(n)),
            CallIndirect(x, y) | ReturnCallIndirect(x, y) => {
                self.unless_zero(&n.tables, x, f)?;
                write!(f, " (type {})", y.display(n))
            }
            Throw(x) => write!(f, " {}", tag(x)),
            TryTable(bt, catches, _) => {
                write!(f, "{}", bt.display(n))?;
                for c in self.code.catches(catches) {
                    write!(f, " {}", c.display(n))?;
                }
                Ok(())
            }
            LocalGet(x) | LocalSet(x) | LocalTee(x) => write!(f, " {}", local(x)),
            GlobalGet(x) | GlobalSet(x) => write!(f, " {}", global(x)),
            TableGet(x) | TableSet(x) | TableSize(x) | TableGrow(x) | TableFill(x) => write!(f, " {}", table(x)),
            TableCopy(x_1, x_2) => write!(f, " {} {}", table(x_1), table(x_2)),
            TableInit(x, y) => write!(f, " {} {}", table(x), elem(y)),
            ElemDrop(x) => write!(f, " {}", elem(x)),
            Load(nt, None, x, ao) | Store(nt, None, x, ao) => self.memarg(x, ao, natural(nt.size()), f),
            Load(_, Some(LoadOp { sz, .. }), x, ao) | Store(_, Some(sz), x, ao) => {
                self.memarg(x, ao, natural(sz.bits()), f)
            }
            Vload(op, x, ao) => {
                let bits = match op {
                    None => 128,
                    Some(VLoadOp::Shape(..)) => 64,
                    Some(VLoadOp::Splat(sz) | VLoadOp::Zero(sz)) => sz.bits(),
                };
                self.memarg(x, ao, natural(bits), f)
            }
            Vstore(x, ao) => self.memarg(x, ao, natural(128), f),
            VloadLane(sz, x, ao, i) | VstoreLane(sz, x, ao, i) => {
                self.memarg(x, ao, natural(sz.bits()), f)?;
                write!(f, " {i}")
            }
            MemorySize(x) | MemoryGrow(x) | MemoryFill(x) => self.unless_zero(&n.mems, x, f),
            MemoryCopy(0, 0) => Ok(()),
            MemoryCopy(x_1, x_2) => write!(f, " {} {}", mem(x_1), mem(x_2)),
            MemoryInit(x, y) => {
                self.unless_zero(&n.mems, x, f)?;
                write!(f, " {}", data(y))
            }
            DataDrop(x) => write!(f, " {}", data(x)),
            RefNull(ht) => write!(f, " {}", ht.display(n)),
            RefTest(rt) | RefCast(rt) => write!(f, " {}", rt.display(n)),
            StructGet(_, x, i) | StructSet(x, i) => write!(f, " {} {}", ty(x), field(x, i)),
            StructNew(x) | StructNewDefault(x) | ArrayNew(x) | ArrayNewDefault(x) => write!(f, " {}", ty(x)),
            ArrayNewFixed(x, n) => write!(f, " {} {n}", ty(x)),
            ArrayNewData(x, y) | ArrayInitData(x, y) => write!(f, " {} {}", ty(x), data(y)),
            ArrayNewElem(x, y) | ArrayInitElem(x, y) => write!(f, " {} {}", ty(x), elem(y)),
            ArrayGet(_, x) | ArraySet(x) | ArrayFill(x) => write!(f, " {}", ty(x)),
            ArrayCopy(x_1, x_2) => write!(f, " {} {}", ty(x_1), ty(x_2)),
            Const(c) => write!(f, " {}", c.literal()),
            Vconst(c) => write!(f, " {}", c.literal()),
            Vshuffle(lanes) => lanes.iter().try_for_each(|l| write!(f, " {l}")),
            VextractLane(_, _, l) | VreplaceLane(_, l) => write!(f, " {l}"),
            Atomic(atomic) => self.atomic(atomic, f),
            // Not in the text format: the place, in bytes, and the timeout.
            Waiting(a, offset, timeout) => write!(f, " {a}.data[{offset}] {timeout}"),
            Select(None) | Nop | Unreachable | Drop | Return | ThrowRef | RefIsNull | RefAsNonNull | RefEq | RefI31
            | I31Get(_) | ArrayLen | ExternConvertAny | AnyConvertExtern | Unop(_) | Binop(_) | Testop(..)
            | Relop(_) | Cvtop(..) | Vvunop(_) | Vvbinop(_) | Vvternop(_) | Vvtestop(_) | Vunop(_) | Vbinop(_)
            | Vternop(_) | Vtestop(_) | Vrelop(_) | Vshiftop(..) | Vbitmask(_) | Vswizzlop(_) | Vsplat(_)
            | Vextunop(..) | Vextbinop(..) | Vextternop(..) | Vnarrow(..) | Vcvtop(..) | RefI31Shared | Ref(_)
            | Trap | End => Ok(()),
        }
    }
}
