//! Instructions, each on one line.

use super::mnemonics::{cvtop, vcvtop, vextbinop};
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

    fn call_indirect(&self, mnemonic: &str, x: TableIdx, y: TypeUse, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(mnemonic)?;
        self.unless_zero(&self.names.tables, x, f)?;
        write!(f, " (type {})", y.display(self.names))
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
        match self.instr {
            Nop => f.write_str("nop"),
            Unreachable => f.write_str("unreachable"),
            Drop => f.write_str("drop"),
            Select(None) => f.write_str("select"),
            Select(Some(ts)) if ts.is_empty() => f.write_str("select (result)"),
            Select(Some(ts)) => {
                f.write_str("select")?;
                group("result", self.code.types(ts), n, f)
            }
            Block(bt, _) => write!(f, "block{}", bt.display(n)),
            Loop(bt, _) => write!(f, "loop{}", bt.display(n)),
            If(bt, _, _) => write!(f, "if{}", bt.display(n)),
            Br(l) => write!(f, "br {l}"),
            BrIf(l) => write!(f, "br_if {l}"),
            BrTable(ls, l_n) => {
                f.write_str("br_table")?;
                for l in self.code.labels(ls) {
                    write!(f, " {l}")?;
                }
                write!(f, " {l_n}")
            }
            BrOnNull(l) => write!(f, "br_on_null {l}"),
            BrOnNonNull(l) => write!(f, "br_on_non_null {l}"),
            BrOnCast(l, rt_1, rt_2) => write!(f, "br_on_cast {l} {} {}", rt_1.display(n), rt_2.display(n)),
            BrOnCastFail(l, rt_1, rt_2) => {
                write!(f, "br_on_cast_fail {l} {} {}", rt_1.display(n), rt_2.display(n))
            }
            Call(x) => write!(f, "call {}", func(x)),
            CallRef(y) => write!(f, "call_ref {}", y.display(n)),
            CallIndirect(x, y) => self.call_indirect("call_indirect", x, y, f),
            Return => f.write_str("return"),
            ReturnCall(x) => write!(f, "return_call {}", func(x)),
            ReturnCallRef(y) => write!(f, "return_call_ref {}", y.display(n)),
            ReturnCallIndirect(x, y) => self.call_indirect("return_call_indirect", x, y, f),
            Throw(x) => write!(f, "throw {}", tag(x)),
            ThrowRef => f.write_str("throw_ref"),
            TryTable(bt, catches, _) => {
                write!(f, "try_table{}", bt.display(n))?;
                for c in self.code.catches(catches) {
                    write!(f, " {}", c.display(n))?;
                }
                Ok(())
            }
            LocalGet(x) => write!(f, "local.get {}", local(x)),
            LocalSet(x) => write!(f, "local.set {}", local(x)),
            LocalTee(x) => write!(f, "local.tee {}", local(x)),
            GlobalGet(x) => write!(f, "global.get {}", global(x)),
            GlobalSet(x) => write!(f, "global.set {}", global(x)),
            TableGet(x) => write!(f, "table.get {}", table(x)),
            TableSet(x) => write!(f, "table.set {}", table(x)),
            TableSize(x) => write!(f, "table.size {}", table(x)),
            TableGrow(x) => write!(f, "table.grow {}", table(x)),
            TableFill(x) => write!(f, "table.fill {}", table(x)),
            TableCopy(x_1, x_2) => write!(f, "table.copy {} {}", table(x_1), table(x_2)),
            TableInit(x, y) => write!(f, "table.init {} {}", table(x), elem(y)),
            ElemDrop(x) => write!(f, "elem.drop {}", elem(x)),
            Load(nt, None, x, ao) => {
                write!(f, "{nt}.load")?;
                self.memarg(x, ao, natural(nt.size()), f)
            }
            Load(nt, Some(LoadOp { sz, sx }), x, ao) => {
                write!(f, "{nt}.load{}_{sx}", sz.bits())?;
                self.memarg(x, ao, natural(sz.bits()), f)
            }
            Store(nt, None, x, ao) => {
                write!(f, "{nt}.store")?;
                self.memarg(x, ao, natural(nt.size()), f)
            }
            Store(nt, Some(sz), x, ao) => {
                write!(f, "{nt}.store{}", sz.bits())?;
                self.memarg(x, ao, natural(sz.bits()), f)
            }
            Vload(op, x, ao) => {
                f.write_str("v128.load")?;
                let bits = match op {
                    None => 128,
                    Some(VLoadOp::Shape(sz, m, sx)) => {
                        write!(f, "{}x{m}_{sx}", sz.bits())?;
                        64
                    }
                    Some(VLoadOp::Splat(sz)) => {
                        write!(f, "{}_splat", sz.bits())?;
                        sz.bits()
                    }
                    Some(VLoadOp::Zero(sz)) => {
                        write!(f, "{}_zero", sz.bits())?;
                        sz.bits()
                    }
                };
                self.memarg(x, ao, natural(bits), f)
            }
            VloadLane(sz, x, ao, i) => {
                write!(f, "v128.load{}_lane", sz.bits())?;
                self.memarg(x, ao, natural(sz.bits()), f)?;
                write!(f, " {i}")
            }
            Vstore(x, ao) => {
                f.write_str("v128.store")?;
                self.memarg(x, ao, natural(128), f)
            }
            VstoreLane(sz, x, ao, i) => {
                write!(f, "v128.store{}_lane", sz.bits())?;
                self.memarg(x, ao, natural(sz.bits()), f)?;
                write!(f, " {i}")
            }
            MemorySize(x) => {
                f.write_str("memory.size")?;
                self.unless_zero(&n.mems, x, f)
            }
            MemoryGrow(x) => {
                f.write_str("memory.grow")?;
                self.unless_zero(&n.mems, x, f)
            }
            MemoryFill(x) => {
                f.write_str("memory.fill")?;
                self.unless_zero(&n.mems, x, f)
            }
            MemoryCopy(0, 0) => f.write_str("memory.copy"),
            MemoryCopy(x_1, x_2) => write!(f, "memory.copy {} {}", mem(x_1), mem(x_2)),
            MemoryInit(x, y) => {
                f.write_str("memory.init")?;
                self.unless_zero(&n.mems, x, f)?;
                write!(f, " {}", data(y))
            }
            DataDrop(x) => write!(f, "data.drop {}", data(x)),
            RefNull(ht) => write!(f, "ref.null {}", ht.display(n)),
            RefIsNull => f.write_str("ref.is_null"),
            RefAsNonNull => f.write_str("ref.as_non_null"),
            RefEq => f.write_str("ref.eq"),
            RefTest(rt) => write!(f, "ref.test {}", rt.display(n)),
            RefCast(rt) => write!(f, "ref.cast {}", rt.display(n)),
            RefFunc(x) => write!(f, "ref.func {}", func(x)),
            RefI31 => f.write_str("ref.i31"),
            I31Get(sx) => write!(f, "i31.get_{sx}"),
            StructNew(x) => write!(f, "struct.new {}", ty(x)),
            StructNewDefault(x) => write!(f, "struct.new_default {}", ty(x)),
            StructGet(sx, x, i) => write!(f, "struct.get{} {} {}", suffix(sx), ty(x), field(x, i)),
            StructSet(x, i) => write!(f, "struct.set {} {}", ty(x), field(x, i)),
            ArrayNew(x) => write!(f, "array.new {}", ty(x)),
            ArrayNewDefault(x) => write!(f, "array.new_default {}", ty(x)),
            ArrayNewFixed(x, n) => write!(f, "array.new_fixed {} {n}", ty(x)),
            ArrayNewData(x, y) => write!(f, "array.new_data {} {}", ty(x), data(y)),
            ArrayNewElem(x, y) => write!(f, "array.new_elem {} {}", ty(x), elem(y)),
            ArrayGet(sx, x) => write!(f, "array.get{} {}", suffix(sx), ty(x)),
            ArraySet(x) => write!(f, "array.set {}", ty(x)),
            ArrayLen => f.write_str("array.len"),
            ArrayFill(x) => write!(f, "array.fill {}", ty(x)),
            ArrayCopy(x_1, x_2) => write!(f, "array.copy {} {}", ty(x_1), ty(x_2)),
            ArrayInitData(x, y) => write!(f, "array.init_data {} {}", ty(x), data(y)),
            ArrayInitElem(x, y) => write!(f, "array.init_elem {} {}", ty(x), elem(y)),
            ExternConvertAny => f.write_str("extern.convert_any"),
            AnyConvertExtern => f.write_str("any.convert_extern"),
            Const(c) => write!(f, "{c}"),
            Unop(op) => write!(f, "{op}"),
            Binop(op) => write!(f, "{op}"),
            Testop(nt, op) => write!(f, "{nt}.{op}"),
            Relop(op) => write!(f, "{op}"),
            Cvtop(nt_2, nt_1, op) => cvtop(nt_2, nt_1, op, f),
            Vconst(c) => write!(f, "{c}"),
            Vvunop(VVUnOp::Not) => f.write_str("v128.not"),
            Vvbinop(op) => write!(f, "v128.{op}"),
            Vvternop(VVTernOp::Bitselect) => f.write_str("v128.bitselect"),
            Vvtestop(VVTestOp::AnyTrue) => f.write_str("v128.any_true"),
            Vunop(op) => write!(f, "{op}"),
            Vbinop(op) => write!(f, "{op}"),
            Vternop(op) => write!(f, "{op}"),
            Vtestop(VTestOp::AllTrue(sh)) => write!(f, "{sh}.all_true"),
            Vrelop(op) => write!(f, "{op}"),
            Vshiftop(sh, op) => write!(f, "{sh}.{op}"),
            Vbitmask(sh) => write!(f, "{sh}.bitmask"),
            Vswizzlop(op) => write!(f, "i8x16.{op}"),
            Vshuffle(lanes) => {
                f.write_str("i8x16.shuffle")?;
                lanes.iter().try_for_each(|l| write!(f, " {l}"))
            }
            Vsplat(sh) => write!(f, "{sh}.splat"),
            VextractLane(sh, sx, l) => write!(f, "{sh}.extract_lane{} {l}", suffix(sx)),
            VreplaceLane(sh, l) => write!(f, "{sh}.replace_lane {l}"),
            Vextunop(sh_2, sh_1, VExtUnOp::ExtaddPairwise(sx)) => write!(f, "{sh_2}.extadd_pairwise_{sh_1}_{sx}"),
            Vextbinop(sh_2, sh_1, op) => vextbinop(sh_2, sh_1, op, f),
            // The text format names the lanes of the operands, not those of the sum between.
            Vextternop(sh_2, _, VExtTernOp::RelaxedDotAdd) => write!(f, "{sh_2}.relaxed_dot_i8x16_i7x16_add_s"),
            Vnarrow(sh_2, sh_1, sx) => write!(f, "{sh_2}.narrow_{sh_1}_{sx}"),
            Vcvtop(sh_2, sh_1, op) => vcvtop(sh_2, sh_1, op, f),
            Atomic(atomic) => self.atomic(atomic, f),
            RefI31Shared => f.write_str("ref.i31_shared"),
            // Not in the text format: the place, in bytes, and the timeout.
            Waiting(a, offset, timeout) => write!(f, "wait' {a}.data[{offset}] {timeout}"),
            Ref(r) => write!(f, "{r}"),
            Trap => f.write_str("trap"),
            End => f.write_str("end"),
        }
    }
}
