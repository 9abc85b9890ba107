//! The form of the tables of plain instructions: one line per alternative.

use super::parser::Parser;
use crate::decode::Result;
use crate::syntax::Instr;
use lockstep_spec::ProductionId;

/// Reads the immediates of an instruction whose mnemonic has been read.
pub(super) type Read = fn(&mut Parser<'_, '_>) -> Result<Instr>;

/// A line of a table: the mnemonic, the production, and what reads the rest.
pub(super) type Line = (&'static str, ProductionId, Read);

/// Alternatives of `Tplaininstr_`, as `"mnemonic" [immediate: grammar, …] => instruction`, under their productions.
macro_rules! productions {
    ( $( in $production:expr; $( $mnemonic:literal $( [ $( $immediate:tt : $grammar:ty ),+ ] )? => $instr:ident $( ( $( $arg:tt )* ) )? , )* )* ) => {
        /// The alternatives of the productions in this file.
        pub(super) fn lines() -> Vec<$crate::text::tables::Line> {
            vec![ $( $( {
                fn read(p: &mut $crate::text::parser::Parser<'_, '_>) -> $crate::decode::Result<Instr> {
                    let _ = &p;
                    $( $( let $immediate = <$grammar>::read(p)?; )+ )?
                    Ok(Instr::$instr $( ( $( $arg )* ) )?)
                }
                ($mnemonic, $production, read as $crate::text::tables::Read)
            }, )* )* ]
        }
    };
}
pub(super) use productions;
