//! The mnemonic of each instruction (6.3-text.instructions).

use super::instructions::suffix;
use super::mnemonics::{cvtop, vcvtop, vextbinop};
use super::*;

/// The mnemonic of an instruction, to be printed; see [`Instr::mnemonic`].
#[derive(Clone, Copy, Debug)]
pub struct Mnemonic(Instr);

impl Instr {
    /// The mnemonic: the keyword with which the text format writes the instruction, without immediates. An
    /// administrative instruction, for which the text format has none, prints by the name that the standard gives it.
    pub fn mnemonic(&self) -> Mnemonic {
        Mnemonic(*self)
    }
}

impl Display for Mnemonic {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        use Instr::*;
        f.write_str(match self.0 {
            Nop => "nop",
            Unreachable => "unreachable",
            Drop => "drop",
            Select(_) => "select",
            Block(..) => "block",
            Loop(..) => "loop",
            If(..) => "if",
            Br(_) => "br",
            BrIf(_) => "br_if",
            BrTable(..) => "br_table",
            BrOnNull(_) => "br_on_null",
            BrOnNonNull(_) => "br_on_non_null",
            BrOnCast(..) => "br_on_cast",
            BrOnCastFail(..) => "br_on_cast_fail",
            Call(_) => "call",
            CallRef(_) => "call_ref",
            CallIndirect(..) => "call_indirect",
            Return => "return",
            ReturnCall(_) => "return_call",
            ReturnCallRef(_) => "return_call_ref",
            ReturnCallIndirect(..) => "return_call_indirect",
            Throw(_) => "throw",
            ThrowRef => "throw_ref",
            TryTable(..) => "try_table",
            LocalGet(_) => "local.get",
            LocalSet(_) => "local.set",
            LocalTee(_) => "local.tee",
            GlobalGet(_) => "global.get",
            GlobalSet(_) => "global.set",
            TableGet(_) => "table.get",
            TableSet(_) => "table.set",
            TableSize(_) => "table.size",
            TableGrow(_) => "table.grow",
            TableFill(_) => "table.fill",
            TableCopy(..) => "table.copy",
            TableInit(..) => "table.init",
            ElemDrop(_) => "elem.drop",
            Load(nt, None, ..) => return write!(f, "{nt}.load"),
            Load(nt, Some(LoadOp { sz, sx }), ..) => return write!(f, "{nt}.load{}_{sx}", sz.bits()),
            Store(nt, None, ..) => return write!(f, "{nt}.store"),
            Store(nt, Some(sz), ..) => return write!(f, "{nt}.store{}", sz.bits()),
            Vload(None, ..) => "v128.load",
            Vload(Some(VLoadOp::Shape(sz, m, sx)), ..) => return write!(f, "v128.load{}x{m}_{sx}", sz.bits()),
            Vload(Some(VLoadOp::Splat(sz)), ..) => return write!(f, "v128.load{}_splat", sz.bits()),
            Vload(Some(VLoadOp::Zero(sz)), ..) => return write!(f, "v128.load{}_zero", sz.bits()),
            VloadLane(sz, ..) => return write!(f, "v128.load{}_lane", sz.bits()),
            Vstore(..) => "v128.store",
            VstoreLane(sz, ..) => return write!(f, "v128.store{}_lane", sz.bits()),
            MemorySize(_) => "memory.size",
            MemoryGrow(_) => "memory.grow",
            MemoryFill(_) => "memory.fill",
            MemoryCopy(..) => "memory.copy",
            MemoryInit(..) => "memory.init",
            DataDrop(_) => "data.drop",
            RefNull(_) => "ref.null",
            RefIsNull => "ref.is_null",
            RefAsNonNull => "ref.as_non_null",
            RefEq => "ref.eq",
            RefTest(_) => "ref.test",
            RefCast(_) => "ref.cast",
            RefFunc(_) => "ref.func",
            RefI31 => "ref.i31",
            I31Get(sx) => return write!(f, "i31.get_{sx}"),
            StructNew(_) => "struct.new",
            StructNewDefault(_) => "struct.new_default",
            StructGet(sx, ..) => return write!(f, "struct.get{}", suffix(sx)),
            StructSet(..) => "struct.set",
            ArrayNew(_) => "array.new",
            ArrayNewDefault(_) => "array.new_default",
            ArrayNewFixed(..) => "array.new_fixed",
            ArrayNewData(..) => "array.new_data",
            ArrayNewElem(..) => "array.new_elem",
            ArrayGet(sx, _) => return write!(f, "array.get{}", suffix(sx)),
            ArraySet(_) => "array.set",
            ArrayLen => "array.len",
            ArrayFill(_) => "array.fill",
            ArrayCopy(..) => "array.copy",
            ArrayInitData(..) => "array.init_data",
            ArrayInitElem(..) => "array.init_elem",
            ExternConvertAny => "extern.convert_any",
            AnyConvertExtern => "any.convert_extern",
            Const(c) => return write!(f, "{}.const", c.numtype()),
            Unop(op) => return write!(f, "{op}"),
            Binop(op) => return write!(f, "{op}"),
            Testop(nt, op) => return write!(f, "{nt}.{op}"),
            Relop(op) => return write!(f, "{op}"),
            Cvtop(nt_2, nt_1, op) => return cvtop(nt_2, nt_1, op, f),
            Vconst(_) => "v128.const",
            Vvunop(VVUnOp::Not) => "v128.not",
            Vvbinop(op) => return write!(f, "v128.{op}"),
            Vvternop(VVTernOp::Bitselect) => "v128.bitselect",
            Vvtestop(VVTestOp::AnyTrue) => "v128.any_true",
            Vunop(op) => return write!(f, "{op}"),
            Vbinop(op) => return write!(f, "{op}"),
            Vternop(op) => return write!(f, "{op}"),
            Vtestop(VTestOp::AllTrue(sh)) => return write!(f, "{sh}.all_true"),
            Vrelop(op) => return write!(f, "{op}"),
            Vshiftop(sh, op) => return write!(f, "{sh}.{op}"),
            Vbitmask(sh) => return write!(f, "{sh}.bitmask"),
            Vswizzlop(op) => return write!(f, "i8x16.{op}"),
            Vshuffle(_) => "i8x16.shuffle",
            Vsplat(sh) => return write!(f, "{sh}.splat"),
            VextractLane(sh, sx, _) => return write!(f, "{sh}.extract_lane{}", suffix(sx)),
            VreplaceLane(sh, _) => return write!(f, "{sh}.replace_lane"),
            Vextunop(sh_2, sh_1, VExtUnOp::ExtaddPairwise(sx)) => {
                return write!(f, "{sh_2}.extadd_pairwise_{sh_1}_{sx}");
            }
            Vextbinop(sh_2, sh_1, op) => return vextbinop(sh_2, sh_1, op, f),
            // The text format names the lanes of the operands, not those of the sum between.
            Vextternop(sh_2, _, VExtTernOp::RelaxedDotAdd) => {
                return write!(f, "{sh_2}.relaxed_dot_i8x16_i7x16_add_s");
            }
            Vnarrow(sh_2, sh_1, sx) => return write!(f, "{sh_2}.narrow_{sh_1}_{sx}"),
            Vcvtop(sh_2, sh_1, op) => return vcvtop(sh_2, sh_1, op, f),
            Atomic(atomic) => return atomic.fmt_mnemonic(f),
            RefI31Shared => "ref.i31_shared",
            Waiting(..) => "wait'",
            Ref(_) => "ref",
            Trap => "trap",
            End => "end",
        })
    }
}
