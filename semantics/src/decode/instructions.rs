//! Binary format of instructions (5.3-binary.instructions).

use super::types::{heaptype, valtype};
use super::values::{Reader, features, list, peek, position, s33_index, u32};
use super::{Dialect, Malformed, Result, atomics, numeric, proposals, vector};
use crate::syntax::*;

/// The instruction that is being read the body of.
enum Opener {
    Block(BlockType),
    Loop(BlockType),
    If(BlockType),
    /// After the `else`, with the sequence before it.
    Else(BlockType, Seq),
    TryTable(BlockType, List<Catch>),
    /// The whole expression.
    Expr,
}

/// An instruction sequence that is being read.
struct Open {
    opener: Opener,
    /// Where the opening instruction stands in the binary.
    offset: u32,
    /// Where its body begins in [`Exprs::pending`].
    start: usize,
}

/// The expressions of a module.
#[derive(Default)]
pub(super) struct Exprs {
    /// What has been read.
    pub(super) code: Code,
    /// How the bytes of memory orderings are to be understood.
    pub(super) dialect: Dialect,
    /// Where a data index was read first since this was last reset.
    pub(super) dataidx: Option<usize>,
    /// The instructions of the sequences that are not closed yet, outermost first.
    pending: Vec<(Instr, u32)>,
    open: Vec<Open>,
}

impl Exprs {
    /// `Bexpr`: nested sequences are on a stack of our own, however deep.
    pub(super) fn expr(&mut self, r: &mut Reader<'_>) -> Result<Expr> {
        self.pending.clear();
        self.open.clear();
        self.open(Opener::Expr, 0);
        loop {
            let at = position(r) as u32;
            match peek(r)? {
                0x02 => {
                    r.read_u8()?;
                    let bt = blocktype(r)?;
                    self.open(Opener::Block(bt), at);
                }
                0x03 => {
                    r.read_u8()?;
                    let bt = blocktype(r)?;
                    self.open(Opener::Loop(bt), at);
                }
                0x04 => {
                    r.read_u8()?;
                    let bt = blocktype(r)?;
                    self.open(Opener::If(bt), at);
                }
                0x1F => {
                    r.read_u8()?;
                    let bt = blocktype(r)?;
                    let catches = list(r, catch)?;
                    let catches = self.code.add_catches(catches);
                    self.open(Opener::TryTable(bt, catches), at);
                }
                0x05 => {
                    r.read_u8()?;
                    let (open, seq) = self.close(at)?;
                    let Opener::If(bt) = open.opener else {
                        return Err(Malformed::syntax(at as usize, "else without if"));
                    };
                    self.open(Opener::Else(bt, seq), open.offset);
                }
                0x0B => {
                    r.read_u8()?;
                    let (open, seq) = self.close(at)?;
                    let instr = match open.opener {
                        Opener::Block(bt) => Instr::Block(bt, seq),
                        Opener::Loop(bt) => Instr::Loop(bt, seq),
                        Opener::If(bt) => Instr::If(bt, seq, self.code.add_seq([], at)),
                        Opener::Else(bt, seq_1) => Instr::If(bt, seq_1, seq),
                        Opener::TryTable(bt, catches) => Instr::TryTable(bt, catches, seq),
                        Opener::Expr => return Ok(seq),
                    };
                    self.pending.push((instr, open.offset));
                }
                _ => {
                    let instr = self.plain(r)?;
                    self.pending.push((instr, at));
                }
            }
        }
    }

    fn open(&mut self, opener: Opener, offset: u32) {
        self.open.push(Open { opener, offset, start: self.pending.len() });
    }

    /// Ends the innermost sequence at an `end` or `else`.
    fn close(&mut self, end: u32) -> Result<(Open, Seq)> {
        let open = self.open.pop().ok_or_else(|| Malformed::syntax(end as usize, "end without a block"))?;
        let seq = self.code.add_seq(self.pending.drain(open.start..), end);
        Ok((open, seq))
    }

    /// An instruction other than a block. The reader stands at its opcode.
    fn plain(&mut self, r: &mut Reader<'_>) -> Result<Instr> {
        use Instr::*;
        let start = r.clone();
        let instr = match r.read_u8()? {
            // parametric
            0x00 => Unreachable,
            0x01 => Nop,
            0x1A => Drop,
            0x1B => Select(None),
            0x1C => {
                let ts = list(r, valtype)?;
                Select(Some(self.code.add_types(ts)))
            }
            // control
            0x08 => Throw(u32(r)?),
            0x0A => ThrowRef,
            0x0C => Br(u32(r)?),
            0x0D => BrIf(u32(r)?),
            0x0E => {
                let ls = list(r, u32)?;
                BrTable(self.code.add_labels(ls), u32(r)?)
            }
            0x0F => Return,
            0x10 => Call(u32(r)?),
            0x11 => {
                let y = u32(r)?;
                CallIndirect(u32(r)?, TypeUse::Idx(y))
            }
            0x12 => ReturnCall(u32(r)?),
            0x13 => {
                let y = u32(r)?;
                ReturnCallIndirect(u32(r)?, TypeUse::Idx(y))
            }
            0x14 => CallRef(TypeUse::Idx(u32(r)?)),
            0x15 => ReturnCallRef(TypeUse::Idx(u32(r)?)),
            0xD5 => BrOnNull(u32(r)?),
            0xD6 => BrOnNonNull(u32(r)?),
            // local, global
            0x20 => LocalGet(u32(r)?),
            0x21 => LocalSet(u32(r)?),
            0x22 => LocalTee(u32(r)?),
            0x23 => GlobalGet(u32(r)?),
            0x24 => GlobalSet(u32(r)?),
            // table
            0x25 => TableGet(u32(r)?),
            0x26 => TableSet(u32(r)?),
            // memory
            0x28 => load(r, NumType::I32, None)?,
            0x29 => load(r, NumType::I64, None)?,
            0x2A => load(r, NumType::F32, None)?,
            0x2B => load(r, NumType::F64, None)?,
            0x2C => load(r, NumType::I32, Some((Sz::B8, Sx::S)))?,
            0x2D => load(r, NumType::I32, Some((Sz::B8, Sx::U)))?,
            0x2E => load(r, NumType::I32, Some((Sz::B16, Sx::S)))?,
            0x2F => load(r, NumType::I32, Some((Sz::B16, Sx::U)))?,
            0x30 => load(r, NumType::I64, Some((Sz::B8, Sx::S)))?,
            0x31 => load(r, NumType::I64, Some((Sz::B8, Sx::U)))?,
            0x32 => load(r, NumType::I64, Some((Sz::B16, Sx::S)))?,
            0x33 => load(r, NumType::I64, Some((Sz::B16, Sx::U)))?,
            0x34 => load(r, NumType::I64, Some((Sz::B32, Sx::S)))?,
            0x35 => load(r, NumType::I64, Some((Sz::B32, Sx::U)))?,
            0x36 => store(r, NumType::I32, None)?,
            0x37 => store(r, NumType::I64, None)?,
            0x38 => store(r, NumType::F32, None)?,
            0x39 => store(r, NumType::F64, None)?,
            0x3A => store(r, NumType::I32, Some(Sz::B8))?,
            0x3B => store(r, NumType::I32, Some(Sz::B16))?,
            0x3C => store(r, NumType::I64, Some(Sz::B8))?,
            0x3D => store(r, NumType::I64, Some(Sz::B16))?,
            0x3E => store(r, NumType::I64, Some(Sz::B32))?,
            0x3F => MemorySize(u32(r)?),
            0x40 => MemoryGrow(u32(r)?),
            // ref
            0xD0 => RefNull(heaptype(r)?),
            0xD1 => RefIsNull,
            0xD2 => RefFunc(u32(r)?),
            0xD3 => RefEq,
            0xD4 => RefAsNonNull,
            // num-const
            0x41 => Const(Num::I32(r.read_var_i32()? as u32)),
            0x42 => Const(Num::I64(r.read_var_i64()? as u64)),
            0x43 => Const(Num::F32(r.read_f32()?.bits())),
            0x44 => Const(Num::F64(r.read_f64()?.bits())),
            // num-test, num-rel, num-un, num-bin, num-cvt
            op @ 0x45..=0xC4 => numeric::instr(op),
            0xFB => return self.prefix_fb(r, start),
            0xFC => return self.prefix_fc(r, start),
            0xFD => {
                let op = u32(r)?;
                return vector::instr(r, op)?.ok_or_else(|| proposals::instruction(&start));
            }
            0xFE => atomics::instr(r, self.dialect, &start)?,
            _ => return Err(proposals::instruction(&start)),
        };
        Ok(instr)
    }

    /// The instructions with prefix 0xFB: references to managed objects.
    fn prefix_fb(&mut self, r: &mut Reader<'_>, start: Reader<'_>) -> Result<Instr> {
        use Instr::*;
        Ok(match u32(r)? {
            // struct
            0 => StructNew(u32(r)?),
            1 => StructNewDefault(u32(r)?),
            2 => StructGet(None, u32(r)?, u32(r)?),
            3 => StructGet(Some(Sx::S), u32(r)?, u32(r)?),
            4 => StructGet(Some(Sx::U), u32(r)?, u32(r)?),
            5 => StructSet(u32(r)?, u32(r)?),
            // array
            6 => ArrayNew(u32(r)?),
            7 => ArrayNewDefault(u32(r)?),
            8 => ArrayNewFixed(u32(r)?, u32(r)?),
            9 => ArrayNewData(u32(r)?, self.dataidx(r)?),
            10 => ArrayNewElem(u32(r)?, u32(r)?),
            11 => ArrayGet(None, u32(r)?),
            12 => ArrayGet(Some(Sx::S), u32(r)?),
            13 => ArrayGet(Some(Sx::U), u32(r)?),
            14 => ArraySet(u32(r)?),
            15 => ArrayLen,
            16 => ArrayFill(u32(r)?),
            17 => ArrayCopy(u32(r)?, u32(r)?),
            18 => ArrayInitData(u32(r)?, self.dataidx(r)?),
            19 => ArrayInitElem(u32(r)?, u32(r)?),
            // ref
            20 => RefTest(RefType::non_null(heaptype(r)?)),
            21 => RefTest(RefType::null(heaptype(r)?)),
            22 => RefCast(RefType::non_null(heaptype(r)?)),
            23 => RefCast(RefType::null(heaptype(r)?)),
            // control
            op @ (24 | 25) => {
                let (null_1, null_2) = castop(r)?;
                let l = u32(r)?;
                let rt_1 = RefType { null: null_1, heap: heaptype(r)? };
                let rt_2 = RefType { null: null_2, heap: heaptype(r)? };
                if op == 24 { BrOnCast(l, rt_1, rt_2) } else { BrOnCastFail(l, rt_1, rt_2) }
            }
            // extern
            26 => AnyConvertExtern,
            27 => ExternConvertAny,
            // i31
            28 => RefI31,
            29 => I31Get(Sx::S),
            30 => I31Get(Sx::U),
            31 if features(r).shared_everything => RefI31Shared,
            _ => return Err(proposals::instruction(&start)),
        })
    }

    /// The instructions with prefix 0xFC: saturating conversions, bulk operations on memories and tables.
    fn prefix_fc(&mut self, r: &mut Reader<'_>, start: Reader<'_>) -> Result<Instr> {
        use Instr::*;
        Ok(match u32(r)? {
            // num-cvt-sat
            op @ 0..=7 => numeric::instr_sat(op),
            // memory
            8 => {
                let y = self.dataidx(r)?;
                MemoryInit(u32(r)?, y)
            }
            9 => DataDrop(self.dataidx(r)?),
            10 => MemoryCopy(u32(r)?, u32(r)?),
            11 => MemoryFill(u32(r)?),
            // table
            12 => {
                let y = u32(r)?;
                TableInit(u32(r)?, y)
            }
            13 => ElemDrop(u32(r)?),
            14 => TableCopy(u32(r)?, u32(r)?),
            15 => TableGrow(u32(r)?),
            16 => TableSize(u32(r)?),
            17 => TableFill(u32(r)?),
            _ => return Err(proposals::instruction(&start)),
        })
    }

    /// `Bdataidx`, remembered for `dataidx_funcs(func*)` (5.4-binary.modules).
    fn dataidx(&mut self, r: &mut Reader<'_>) -> Result<DataIdx> {
        self.dataidx.get_or_insert(position(r));
        u32(r)
    }
}

/// `Bblocktype`
fn blocktype(r: &mut Reader<'_>) -> Result<BlockType> {
    match peek(r)? {
        0x40 => {
            r.read_u8()?;
            Ok(BlockType::Result(None))
        }
        // The first bytes of value types are the single bytes of negative integers, so this is unambiguous.
        0x41..=0x7F => Ok(BlockType::Result(Some(valtype(r)?))),
        _ => Ok(BlockType::Idx(s33_index(r, "block type")?)),
    }
}

/// `Bcastop`
fn castop(r: &mut Reader<'_>) -> Result<(bool, bool)> {
    let at = position(r);
    match r.read_u8()? {
        0x00 => Ok((false, false)),
        0x01 => Ok((true, false)),
        0x02 => Ok((false, true)),
        0x03 => Ok((true, true)),
        byte => Err(Malformed::syntax(at, format!("malformed cast flags: byte {byte:#04x}"))),
    }
}

/// `Bcatch`
fn catch(r: &mut Reader<'_>) -> Result<Catch> {
    let at = position(r);
    match r.read_u8()? {
        0x00 => Ok(Catch::Catch(u32(r)?, u32(r)?)),
        0x01 => Ok(Catch::CatchRef(u32(r)?, u32(r)?)),
        0x02 => Ok(Catch::CatchAll(u32(r)?)),
        0x03 => Ok(Catch::CatchAllRef(u32(r)?)),
        byte => Err(Malformed::syntax(at, format!("malformed catch clause: byte {byte:#04x}"))),
    }
}

/// `Bmemarg`
pub(super) fn memarg(r: &mut Reader<'_>) -> Result<(MemIdx, MemArg)> {
    let at = position(r);
    let n = u32(r)?;
    let (align, x) = match n {
        0..0x40 => (n, 0),
        0x40..0x80 => (n - 0x40, u32(r)?),
        _ => return Err(Malformed::syntax(at, format!("malformed memory operation flags: {n:#x}"))),
    };
    Ok((x, MemArg { align, offset: r.read_var_u64()? }))
}

fn load(r: &mut Reader<'_>, nt: NumType, op: Option<(Sz, Sx)>) -> Result<Instr> {
    let (x, ao) = memarg(r)?;
    Ok(Instr::Load(nt, op.map(|(sz, sx)| LoadOp { sz, sx }), x, ao))
}

fn store(r: &mut Reader<'_>, nt: NumType, sz: Option<Sz>) -> Result<Instr> {
    let (x, ao) = memarg(r)?;
    Ok(Instr::Store(nt, sz, x, ao))
}
