//! What stands between the mnemonic of a plain instruction and its operands (6.3-text.instructions).

use super::context::Space;
use super::lexical::TokenKind;
use super::numbers;
use super::parser::{Parser, shown};
use crate::decode::Result;
use crate::syntax::*;
use lockstep_spec::{ProductionId, production};

/// A grammar of immediates.
pub(super) trait Immediate {
    type Value;

    fn read(p: &mut Parser<'_, '_>) -> Result<Self::Value>;
}

macro_rules! indices {
    ( $( $name:ident ),* ) => { $(
        /// The index of this name, `Tidx_`.
        pub(super) struct $name;

        impl Immediate for $name {
            type Value = Idx;
            fn read(p: &mut Parser<'_, '_>) -> Result<Idx> {
                p.idx(Space::$name)
            }
        }
    )* };
}
indices!(Type, Func, Global, Local, Label, Tag, Data, Elem);

/// `x:Ttypeidx_` as a type use
pub(super) struct Used;

impl Immediate for Used {
    type Value = TypeUse;
    fn read(p: &mut Parser<'_, '_>) -> Result<TypeUse> {
        Ok(TypeUse::Idx(Type::read(p)?))
    }
}

/// An index that may be left out, which stands for 0.
fn optional(p: &mut Parser<'_, '_>, space: Space, abbreviation: ProductionId) -> Result<Idx> {
    if p.at_idx() {
        return p.idx(space);
    }
    p.uses(abbreviation);
    Ok(0)
}

/// Two indices, or the second one only.
fn first_optional(
    p: &mut Parser<'_, '_>,
    [first, second]: [Space; 2],
    abbreviation: ProductionId,
) -> Result<(Idx, Idx)> {
    if matches!(p.kind(1), Some(TokenKind::Number | TokenKind::Id)) {
        return Ok((p.idx(first)?, p.idx(second)?));
    }
    p.uses(abbreviation);
    Ok((0, p.idx(second)?))
}

/// Two indices, or none.
fn both_optional(p: &mut Parser<'_, '_>, space: Space, abbreviation: ProductionId) -> Result<(Idx, Idx)> {
    if p.at_idx() {
        return Ok((p.idx(space)?, p.idx(space)?));
    }
    p.uses(abbreviation);
    Ok((0, 0))
}

pub(super) struct OptionalTable;

impl Immediate for OptionalTable {
    type Value = TableIdx;
    fn read(p: &mut Parser<'_, '_>) -> Result<TableIdx> {
        optional(p, Space::Table, production!("Tplaininstr_/table-abbrev"))
    }
}

pub(super) struct Tables;

impl Immediate for Tables {
    type Value = (TableIdx, TableIdx);
    fn read(p: &mut Parser<'_, '_>) -> Result<Self::Value> {
        both_optional(p, Space::Table, production!("Tplaininstr_/table-abbrev"))
    }
}

pub(super) struct TableElem;

impl Immediate for TableElem {
    type Value = (TableIdx, ElemIdx);
    fn read(p: &mut Parser<'_, '_>) -> Result<Self::Value> {
        first_optional(p, [Space::Table, Space::Elem], production!("Tplaininstr_/table-abbrev"))
    }
}

pub(super) struct OptionalMem;

impl Immediate for OptionalMem {
    type Value = MemIdx;
    fn read(p: &mut Parser<'_, '_>) -> Result<MemIdx> {
        optional(p, Space::Mem, production!("Tplaininstr_/memory-abbrev"))
    }
}

pub(super) struct Mems;

impl Immediate for Mems {
    type Value = (MemIdx, MemIdx);
    fn read(p: &mut Parser<'_, '_>) -> Result<Self::Value> {
        both_optional(p, Space::Mem, production!("Tplaininstr_/memory-abbrev"))
    }
}

pub(super) struct MemData;

impl Immediate for MemData {
    type Value = (MemIdx, DataIdx);
    fn read(p: &mut Parser<'_, '_>) -> Result<Self::Value> {
        first_optional(p, [Space::Mem, Space::Data], production!("Tplaininstr_/memory-abbrev"))
    }
}

/// `l*:Tlabelidx_* l':Tlabelidx_`
pub(super) struct Labels;

impl Immediate for Labels {
    type Value = (List<LabelIdx>, LabelIdx);
    fn read(p: &mut Parser<'_, '_>) -> Result<Self::Value> {
        let mut last = p.idx(Space::Label)?;
        let mut labels = Vec::new();
        while p.at_idx() {
            labels.push(std::mem::replace(&mut last, p.idx(Space::Label)?));
        }
        Ok((p.exprs.code.add_labels(labels), last))
    }
}

/// `(t*:Tresult_*)?`
pub(super) struct Selected;

impl Immediate for Selected {
    type Value = Option<List<ValType>>;
    fn read(p: &mut Parser<'_, '_>) -> Result<Self::Value> {
        if p.opening() != Some("result") {
            return Ok(None);
        }
        let ts = p.results()?;
        Ok(Some(p.exprs.code.add_types(ts)))
    }
}

/// `x:Ttableidx_ (y,I'):Ttypeuse_`
pub(super) struct Indirect;

impl Immediate for Indirect {
    type Value = (TableIdx, TypeUse);
    fn read(p: &mut Parser<'_, '_>) -> Result<Self::Value> {
        let x = optional(p, Space::Table, production!("Tplaininstr_/func-abbrev"))?;
        Ok((x, TypeUse::Idx(p.nameless_typeuse()?)))
    }
}

/// `l:Tlabelidx_ rt_1:Treftype_ rt_2:Treftype_`
pub(super) struct Cast;

impl Immediate for Cast {
    type Value = (LabelIdx, RefType, RefType);
    fn read(p: &mut Parser<'_, '_>) -> Result<Self::Value> {
        Ok((p.idx(Space::Label)?, p.reftype()?, p.reftype()?))
    }
}

/// `ht:Theaptype_`
pub(super) struct Heap;

impl Immediate for Heap {
    type Value = HeapType;
    fn read(p: &mut Parser<'_, '_>) -> Result<HeapType> {
        p.heaptype()
    }
}

/// `rt:Treftype_`
pub(super) struct Ref;

impl Immediate for Ref {
    type Value = RefType;
    fn read(p: &mut Parser<'_, '_>) -> Result<RefType> {
        p.reftype()
    }
}

/// `x:Ttypeidx_ i:Tfieldidx__(I, x)`
pub(super) struct Field;

impl Immediate for Field {
    type Value = (TypeIdx, FieldIdx);
    fn read(p: &mut Parser<'_, '_>) -> Result<Self::Value> {
        let x = p.idx(Space::Type)?;
        Ok((x, p.idx(Space::Field(x))?))
    }
}

/// `n:Tu32`
pub(super) struct Count;

impl Immediate for Count {
    type Value = u32;
    fn read(p: &mut Parser<'_, '_>) -> Result<u32> {
        p.u32("a number of elements")
    }
}

/// `x:Tmemidx_ ao:Tmemarg_(N)`, `N` being the bytes of the access. The index may be left out.
pub(super) struct Mem<const N: u32>;

impl<const N: u32> Immediate for Mem<N> {
    type Value = (MemIdx, MemArg);
    fn read(p: &mut Parser<'_, '_>) -> Result<Self::Value> {
        memop(p, N)
    }
}

/// `x:Tmemidx_ ao:Tmemarg_(N)`
pub(super) fn memop(p: &mut Parser<'_, '_>, bytes: u32) -> Result<(MemIdx, MemArg)> {
    no_array(p)?;
    let x = optional(p, Space::Mem, production!("Tplaininstr_/memory-abbrev"))?;
    Ok((x, memarg(p, bytes)?))
}

/// An array in the place of a memory belongs to a proposal that is not known.
fn no_array(p: &Parser<'_, '_>) -> Result<()> {
    match p.opening() {
        Some("type") => Err(p.unsupported("multibyte-array-access", "(type")),
        _ => Ok(()),
    }
}

/// `Tmemarg_(N)`. The grammar at the pin passes the bytes of an access as the exponent of its alignment; the exponent of
/// the natural alignment is meant (deviations.md).
fn memarg(p: &mut Parser<'_, '_>, bytes: u32) -> Result<MemArg> {
    p.uses(production!("Tmemarg_"));
    let offset = match p.keyword().and_then(|word| word.strip_prefix("offset=")) {
        Some(n) => {
            p.uses(production!("Toffset"));
            let Some(offset) = numbers::uint(n, 64) else {
                let why =
                    format!("unexpected token: an offset that is no number of 64 bits without a sign: {}", shown(n));
                return Err(p.malformed_at(p.at, production!("Toffset"), why));
            };
            p.at += 1;
            offset
        }
        None => 0,
    };
    let align = match p.keyword().and_then(|word| word.strip_prefix("align=")) {
        Some(n) => {
            p.uses(production!("Talign_"));
            let Some(align) = numbers::uint(n, 64).filter(|m| m.is_power_of_two()) else {
                let why = format!("alignment must be a power of two without a sign: {}", shown(n));
                return Err(p.malformed_at(p.at, production!("Talign_"), why));
            };
            p.at += 1;
            align.trailing_zeros()
        }
        None => bytes.trailing_zeros(),
    };
    Ok(MemArg { align, offset })
}

/// `x:Tmemidx_ ao:Tmemarg_(N) i:Tlaneidx`
pub(super) struct MemLane<const N: u32>;

impl<const N: u32> Immediate for MemLane<N> {
    type Value = (MemIdx, MemArg, LaneIdx);
    fn read(p: &mut Parser<'_, '_>) -> Result<Self::Value> {
        no_array(p)?;
        // A number by itself is the lane; one before anything else of these is the memory.
        let more = match p.kind(1) {
            Some(TokenKind::Number) => true,
            _ => p
                .text(1, TokenKind::Keyword)
                .is_some_and(|word| word.starts_with("offset=") || word.starts_with("align=")),
        };
        let x = if p.kind(0) == Some(TokenKind::Number) && !more {
            p.uses(production!("Tplaininstr_/memory-abbrev"));
            0
        } else {
            optional(p, Space::Mem, production!("Tplaininstr_/memory-abbrev"))?
        };
        Ok((x, memarg(p, N)?, Lane::read(p)?))
    }
}

/// `i:Tlaneidx`
pub(super) struct Lane;

impl Immediate for Lane {
    type Value = LaneIdx;
    fn read(p: &mut Parser<'_, '_>) -> Result<LaneIdx> {
        p.uses(production!("Tlaneidx"));
        p.uses(production!("Tu8"));
        Ok(p.uint(8, production!("Tu8"), "a lane index")? as LaneIdx)
    }
}

/// `i*:Tlaneidx^16`
pub(super) struct Lanes16;

impl Immediate for Lanes16 {
    type Value = [LaneIdx; 16];
    fn read(p: &mut Parser<'_, '_>) -> Result<Self::Value> {
        let mut lanes = [0; 16];
        for lane in &mut lanes {
            *lane = Lane::read(p)?;
        }
        Ok(lanes)
    }
}

/// `TiN(N)`
fn int(p: &mut Parser<'_, '_>, bits: u32, production: ProductionId) -> Result<u64> {
    const WANTED: &str = "an integer";
    p.uses(production);
    p.uses(production!("TiN"));
    let Some(source) = p.text(0, TokenKind::Number) else { return Err(p.expected(production, WANTED)) };
    let Some(i) = numbers::int(source, bits) else { return Err(p.number(production, WANTED)) };
    let signed = source.starts_with(['+', '-']);
    p.uses(if signed { production!("TsN") } else { production!("TuN") });
    p.uses(if signed { production!("Tsign") } else { production!("Tdigit") });
    p.uses(if source.contains("0x") { production!("Thexnum") } else { production!("Tnum") });
    p.at += 1;
    Ok(i)
}

pub(super) struct I32;

impl Immediate for I32 {
    type Value = u32;
    fn read(p: &mut Parser<'_, '_>) -> Result<u32> {
        Ok(int(p, 32, production!("Ti32"))? as u32)
    }
}

pub(super) struct I64;

impl Immediate for I64 {
    type Value = u64;
    fn read(p: &mut Parser<'_, '_>) -> Result<u64> {
        int(p, 64, production!("Ti64"))
    }
}

/// The text of a number or of a keyword such as `inf`.
fn float<'a>(p: &Parser<'_, 'a>) -> Option<&'a str> {
    p.text(0, TokenKind::Number).or_else(|| p.keyword())
}

pub(super) struct F32;

impl Immediate for F32 {
    type Value = u32;
    fn read(p: &mut Parser<'_, '_>) -> Result<u32> {
        p.uses(production!("Tf32"));
        match float(p).and_then(|source| numbers::f32(source, &mut p.seen)) {
            Some(bits) => {
                p.at += 1;
                Ok(bits)
            }
            None => Err(p.expected(production!("Tf32"), "a number of 32 bits")),
        }
    }
}

pub(super) struct F64;

impl Immediate for F64 {
    type Value = u64;
    fn read(p: &mut Parser<'_, '_>) -> Result<u64> {
        p.uses(production!("Tf64"));
        match float(p).and_then(|source| numbers::f64(source, &mut p.seen)) {
            Some(bits) => {
                p.at += 1;
                Ok(bits)
            }
            None => Err(p.expected(production!("Tf64"), "a number of 64 bits")),
        }
    }
}

/// A shape and its lanes.
pub(super) struct Vector;

impl Immediate for Vector {
    type Value = V128;
    fn read(p: &mut Parser<'_, '_>) -> Result<V128> {
        const SHAPE: &str = "a shape: `i8x16`, `i16x8`, `i32x4`, `i64x2`, `f32x4` or `f64x2`";
        let shape = p.keyword().unwrap_or_default();
        let bytes = match shape {
            "i8x16" => 1,
            "i16x8" => 2,
            "i32x4" | "f32x4" => 4,
            "i64x2" | "f64x2" => 8,
            _ => return Err(p.expected(production!("Tplaininstr_/vec-const"), SHAPE)),
        };
        p.at += 1;
        let mut vector = [0; 16];
        for lane in vector.chunks_exact_mut(bytes) {
            let bits = match shape {
                "i8x16" => int(p, 8, production!("Ti8"))?,
                "i16x8" => int(p, 16, production!("Ti16"))?,
                "i32x4" => int(p, 32, production!("Ti32"))?,
                "i64x2" => int(p, 64, production!("Ti64"))?,
                "f32x4" => F32::read(p)?.into(),
                _ => F64::read(p)?,
            };
            lane.copy_from_slice(&bits.to_le_bytes()[..bytes]);
        }
        Ok(V128(vector))
    }
}
