//! Binary format of instructions (5.3-binary.instructions).

use super::types::valtype;
use super::values::{Reader, labelidx, list, peek, position, s33_index, tagidx};
use super::{Dialect, Malformed, Result, proposals};
use crate::opcodes;
use crate::syntax::*;
use lockstep_spec::production;

/// A block instruction whose sequences are being read.
#[derive(Clone, Copy)]
pub(crate) enum Opener {
    Block(BlockType),
    Loop(BlockType),
    If(BlockType),
    /// After the `else`, with the sequence before it.
    Else(BlockType, Seq),
    TryTable(BlockType, List<Catch>),
}

/// An instruction sequence that is being read.
struct Open {
    /// The instruction that it belongs to; none if it is the whole expression.
    opener: Option<Opener>,
    /// Where the opening instruction stands in the binary.
    offset: u32,
    /// Where its body begins in [`Exprs::pending`].
    start: usize,
}

/// The expressions of a module.
#[derive(Default)]
pub(crate) struct Exprs {
    /// What has been read.
    pub(crate) code: Code,
    /// How the bytes of memory orderings are to be understood.
    pub(crate) dialect: Dialect,
    /// Where the flags of a memory access are such that it may be one of a proposal, and the proposal.
    pub(crate) suspect: Option<(usize, &'static str)>,
    /// Where a data index was read first since this was last reset.
    pub(crate) dataidx: Option<usize>,
    /// The instructions of the sequences that are not closed yet, outermost first.
    pub(crate) pending: Vec<(Instr, u32)>,
    open: Vec<Open>,
}

impl Exprs {
    /// `Bexpr`: nested sequences are on a stack of our own, however deep.
    pub(super) fn expr(&mut self, r: &mut Reader<'_>) -> Result<Expr> {
        r.by(production!("Bexpr"), |r| self.sequence(r))
    }

    fn sequence(&mut self, r: &mut Reader<'_>) -> Result<Expr> {
        self.pending.clear();
        self.open.clear();
        self.open(None, 0);
        loop {
            let at = position(r) as u32;
            match peek(r)? {
                0x02 => {
                    r.read_u8()?;
                    let bt = blocktype(r)?;
                    self.open(Some(Opener::Block(bt)), at);
                }
                0x03 => {
                    r.read_u8()?;
                    let bt = blocktype(r)?;
                    self.open(Some(Opener::Loop(bt)), at);
                }
                0x04 => {
                    r.read_u8()?;
                    let bt = blocktype(r)?;
                    self.open(Some(Opener::If(bt)), at);
                }
                0x1F => {
                    r.read_u8()?;
                    let bt = blocktype(r)?;
                    let catches = list(r, catch)?;
                    let catches = self.code.add_catches(catches);
                    self.open(Some(Opener::TryTable(bt, catches)), at);
                }
                0x05 => {
                    r.read_u8()?;
                    let (open, seq) = self.close(at)?;
                    let Some(Opener::If(bt)) = open.opener else {
                        return Err(Malformed::syntax(at as usize, "else without if"));
                    };
                    self.open(Some(Opener::Else(bt, seq)), open.offset);
                }
                0x0B => {
                    r.read_u8()?;
                    let (open, seq) = self.close(at)?;
                    let Some(opener) = open.opener else { return Ok(seq) };
                    r.seen(match opener {
                        Opener::TryTable(..) => production!("Binstr/control"),
                        _ => production!("Binstr/block"),
                    });
                    self.finish(opener, seq, open.offset, at);
                }
                _ => {
                    let instr = self.plain(r)?;
                    self.pending.push((instr, at));
                }
            }
        }
    }

    fn open(&mut self, opener: Option<Opener>, offset: u32) {
        self.open.push(Open { opener, offset, start: self.pending.len() });
    }

    /// Ends the innermost sequence at an `end` or `else`.
    fn close(&mut self, end: u32) -> Result<(Open, Seq)> {
        let open = self.open.pop().ok_or_else(|| Malformed::syntax(end as usize, "end without a block"))?;
        let seq = self.code.add_seq(self.pending.drain(open.start..), end);
        Ok((open, seq))
    }

    /// Adds a block instruction, whose last sequence `seq` ended at `end`.
    pub(crate) fn finish(&mut self, opener: Opener, seq: Seq, offset: u32, end: u32) {
        let instr = match opener {
            Opener::Block(bt) => Instr::Block(bt, seq),
            Opener::Loop(bt) => Instr::Loop(bt, seq),
            Opener::If(bt) => Instr::If(bt, seq, self.code.add_seq([], end)),
            Opener::Else(bt, seq_1) => Instr::If(bt, seq_1, seq),
            Opener::TryTable(bt, catches) => Instr::TryTable(bt, catches, seq),
        };
        self.pending.push((instr, offset));
    }

    /// An instruction other than a block. The reader stands at its opcode.
    fn plain(&mut self, r: &mut Reader<'_>) -> Result<Instr> {
        let start = (**r).clone();
        opcodes::read(self, r)?.ok_or_else(|| proposals::instruction(&start))
    }
}

/// `Bblocktype`
fn blocktype(r: &mut Reader<'_>) -> Result<BlockType> {
    r.by(production!("Bblocktype"), |r| match peek(r)? {
        0x40 => {
            r.read_u8()?;
            Ok(BlockType::Result(None))
        }
        // The first bytes of value types are the single bytes of negative integers, so this is unambiguous.
        0x41..=0x7F => Ok(BlockType::Result(Some(valtype(r)?))),
        _ => Ok(BlockType::Idx(s33_index(r, "block type")?)),
    })
}

/// `Bcatch`
fn catch(r: &mut Reader<'_>) -> Result<Catch> {
    r.by(production!("Bcatch"), |r| {
        let at = position(r);
        match r.read_u8()? {
            0x00 => Ok(Catch::Catch(tagidx(r)?, labelidx(r)?)),
            0x01 => Ok(Catch::CatchRef(tagidx(r)?, labelidx(r)?)),
            0x02 => Ok(Catch::CatchAll(labelidx(r)?)),
            0x03 => Ok(Catch::CatchAllRef(labelidx(r)?)),
            byte => Err(Malformed::syntax(at, format!("malformed catch clause: byte {byte:#04x}"))),
        }
    })
}
