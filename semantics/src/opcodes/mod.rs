//! Chapter 5, the binary grammar of instructions and of the types that are one byte, one line per production, read in
//! both directions: by [`decode`](crate::decode) from bytes to syntax, by [`encode`](mod@crate::encode) back.
//!
//! Block instructions are in neither table: what is nested in them is read and written by those two themselves, on a
//! stack of their own.

mod atomics;
mod bulk;
mod immediates;
mod numeric;
mod plain;
mod references;
pub(crate) mod types;
mod vector;

use crate::decode::{Dialect, Exprs, Reader, Result, features, u32};
use crate::syntax::{Code, Instr};

/// What is written where the syntax holds something that the binary format has no form for: an administrative
/// instruction, a type that is not an index. It begins no instruction, of the standard or of a proposal, so that
/// decoders refuse it.
pub(crate) const NO_INSTRUCTION: u8 = 0xFF;

/// Productions of `Binstr`, each with its alternatives, as `opcode [immediate: grammar, …] => instruction`, in the order of
/// the bytes. The right side is an expression when read, and a pattern when written. An opcode is a byte, or a number after
/// the prefix.
macro_rules! productions {
    (
        prefix: $prefix:expr;
        $(
            production!($production:literal):
            $( $op:literal $( [ $( $immediate:tt : $grammar:ident ),+ ] )? => $instr:ident $( ( $( $arg:tt )* ) )? , )+
        )+
    ) => {
        /// The instruction of an opcode, with its immediates, if there is one.
        #[allow(unused_variables, clippy::manual_range_patterns)]
        pub(super) fn read(
            op: u32,
            exprs: &mut crate::decode::Exprs,
            r: &mut crate::decode::Reader<'_>,
        ) -> crate::decode::Result<Option<Instr>> {
            let production = match op {
                $( $( $op )|+ => lockstep_spec::production!($production), )+
                _ => return Ok(None),
            };
            r.by(production, |r| Ok(Some(match op {
                $( $( $op => {
                    $( $( let $immediate = $grammar::read(exprs, r)?; )+ )?
                    Instr::$instr $( ( $( $arg )* ) )?
                } )+ )+
                _ => return Ok(None),
            })))
        }

        /// Writes an instruction if it is one of these; whether it is.
        #[allow(unused_variables)]
        pub(super) fn write(instr: Instr, code: &Code, out: &mut Vec<u8>) -> bool {
            match instr {
                $( $( Instr::$instr $( ( $( $arg )* ) )? => {
                    super::opcode($prefix, $op, out);
                    $( $( $grammar::write($immediate, code, out); )+ )?
                } )+ )+
                _ => return false,
            }
            true
        }
    };
}
use productions;

/// Writes an opcode, after its prefix if it has one.
fn opcode(prefix: Option<u8>, op: u32, out: &mut Vec<u8>) {
    match prefix {
        Some(prefix) => {
            out.push(prefix);
            leb_u(u64::from(op), out);
        }
        None => out.push(op as u8),
    }
}

/// An instruction other than a block, if the opcode is known. The reader stands at it.
pub(crate) fn read(exprs: &mut Exprs, r: &mut Reader<'_>) -> Result<Option<Instr>> {
    match r.read_u8()? {
        0xFB => match u32(r)? {
            31 if features(r).shared_everything => Ok(Some(Instr::RefI31Shared)),
            op => references::read(op, exprs, r),
        },
        0xFC => bulk::read(u32(r)?, exprs, r),
        0xFD => vector::read(u32(r)?, exprs, r),
        0xFE => atomics::read(u32(r)?, exprs, r),
        op @ 0x45..=0xC4 => numeric::read(op.into(), exprs, r),
        op => plain::read(op.into(), exprs, r),
    }
}

/// Writes an instruction other than a block.
pub(crate) fn write(instr: Instr, code: &Code, dialect: Dialect, out: &mut Vec<u8>) {
    let tables = [plain::write, numeric::write, references::write, bulk::write, vector::write];
    if !tables.iter().any(|write| write(instr, code, out)) && !atomics::write(instr, code, dialect, out) {
        out.push(NO_INSTRUCTION);
    }
}

/// `BuN`, in as few bytes as there can be.
pub(crate) fn leb_u(mut n: u64, out: &mut Vec<u8>) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

/// `BsN`, in as few bytes as there can be.
pub(crate) fn leb_s(mut i: i64, out: &mut Vec<u8>) {
    while !(-0x40..0x40).contains(&i) {
        out.push(i as u8 | 0x80);
        i >>= 7;
    }
    out.push(i as u8 & 0x7F);
}
