//! Printing in the notation of the text format (chapter 6), for traces and errors.
//!
//! Types and values print by themselves, with indices as numbers, or through [`Notation::display`] with the names that
//! a module gives. An instruction prints as one line, without the sequences nested in it, through [`Instr::display`].
//! What the text format cannot say prints close to the standard's notation: `rec.0`, `deftype.7`, `(ref.struct 3)`.

mod atomics;
mod instructions;
mod keywords;
mod mnemonics;

pub use instructions::ShownInstr;
pub use keywords::Mnemonic;

use super::*;
use crate::execution::{Internal, Ref, Value};
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

/// No names at all.
static NO_NAMES: Names = Names {
    module: None,
    types: BTreeMap::new(),
    fields: BTreeMap::new(),
    funcs: BTreeMap::new(),
    locals: BTreeMap::new(),
    labels: BTreeMap::new(),
    globals: BTreeMap::new(),
    tables: BTreeMap::new(),
    mems: BTreeMap::new(),
    tags: BTreeMap::new(),
    elems: BTreeMap::new(),
    datas: BTreeMap::new(),
};

/// Something with a notation in which names may stand for indices.
pub trait Notation {
    /// Writes it.
    ///
    /// # Errors
    /// Those of the formatter.
    fn notate(&self, names: &Names, f: &mut Formatter<'_>) -> fmt::Result;

    /// It, to be printed with these names.
    fn display<'a>(&'a self, names: &'a Names) -> Shown<'a, Self> {
        Shown { item: self, names }
    }
}

/// Something to be printed with names; see [`Notation::display`].
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a, T: ?Sized> {
    item: &'a T,
    names: &'a Names,
}

impl<T: Notation + ?Sized> Display for Shown<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.item.notate(self.names, f)
    }
}

/// An index, by its name if it has one.
pub(super) struct Index<'a>(pub(super) &'a NameMap, pub(super) Idx);

impl Display for Index<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.get(&self.1) {
            Some(name) if !name.is_empty() => write!(f, "{}", Id(name)),
            _ => write!(f, "{}", self.1),
        }
    }
}

/// An identifier, `Tid` (6.1-text.values).
struct Id<'a>(&'a str);

impl Display for Id<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let idchar = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-./:<=>?@\\^_`|~".contains(c);
        if self.0.chars().all(idchar) {
            return write!(f, "${}", self.0);
        }
        f.write_str("$\"")?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                c if c.is_control() => write!(f, "\\u{{{:x}}}", c as u32)?,
                c => write!(f, "{c}")?,
            }
        }
        f.write_str("\"")
    }
}

macro_rules! display_without_names {
    ($($t:ty),*) => { $(
        impl Display for $t {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                self.notate(&NO_NAMES, f)
            }
        }
    )* };
}

display_without_names!(
    TypeUse,
    HeapType,
    RefType,
    ValType,
    StorageType,
    FieldType,
    FuncType,
    CompType,
    SubType,
    RecType,
    GlobalType,
    TableType,
    ExternType,
    BlockType,
    Catch
);

impl Display for AddrType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        NumType::from(*self).fmt(f)
    }
}

impl Display for NumType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NumType::I32 => "i32",
            NumType::I64 => "i64",
            NumType::F32 => "f32",
            NumType::F64 => "f64",
        })
    }
}

impl Display for VecType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("v128")
    }
}

impl Display for PackType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PackType::I8 => "i8",
            PackType::I16 => "i16",
        })
    }
}

impl Display for AbsHeapType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AbsHeapType::Any => "any",
            AbsHeapType::Eq => "eq",
            AbsHeapType::I31 => "i31",
            AbsHeapType::Struct => "struct",
            AbsHeapType::Array => "array",
            AbsHeapType::None => "none",
            AbsHeapType::Func => "func",
            AbsHeapType::NoFunc => "nofunc",
            AbsHeapType::Exn => "exn",
            AbsHeapType::NoExn => "noexn",
            AbsHeapType::Extern => "extern",
            AbsHeapType::NoExtern => "noextern",
            AbsHeapType::Bot => "bot",
        })
    }
}

impl Display for DefType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "deftype.{}", self.index())
    }
}

impl Notation for TypeUse {
    fn notate(&self, names: &Names, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            TypeUse::Idx(x) => write!(f, "{}", Index(&names.types, *x)),
            TypeUse::Rec(i) => write!(f, "rec.{i}"),
            TypeUse::Def(dt) => write!(f, "{dt}"),
        }
    }
}

impl Notation for HeapType {
    fn notate(&self, names: &Names, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            HeapType::Abs(Share::Unshared, aht) => write!(f, "{aht}"),
            HeapType::Abs(Share::Shared, aht) => write!(f, "(shared {aht})"),
            // Below every heap type, of whatever sharedness.
            HeapType::Abs(Share::Bot, AbsHeapType::Bot) => f.write_str("bot"),
            HeapType::Abs(Share::Bot, aht) => write!(f, "(bot-share {aht})"),
            HeapType::Use(tu) => tu.notate(names, f),
        }
    }
}

impl Notation for RefType {
    fn notate(&self, names: &Names, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "(ref {}{})", if self.null { "null " } else { "" }, self.heap.display(names))
    }
}

impl Notation for ValType {
    fn notate(&self, names: &Names, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            ValType::Num(nt) => write!(f, "{nt}"),
            ValType::Vec(vt) => write!(f, "{vt}"),
            ValType::Ref(rt) => rt.notate(names, f),
            ValType::Bot => f.write_str("bot"),
        }
    }
}

/// A result type prints as `[i32 (ref null any)]`, which is the standard's notation and not the text format's.
impl Notation for [ValType] {
    fn notate(&self, names: &Names, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (i, t) in self.iter().enumerate() {
            write!(f, "{}{}", if i > 0 { " " } else { "" }, t.display(names))?;
        }
        f.write_str("]")
    }
}

impl Notation for StorageType {
    fn notate(&self, names: &Names, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            StorageType::Val(t) => t.notate(names, f),
            StorageType::Pack(pt) => write!(f, "{pt}"),
        }
    }
}

impl Notation for FieldType {
    fn notate(&self, names: &Names, f: &mut Formatter<'_>) -> fmt::Result {
        mutable(self.mutable, self.storage.display(names), f)
    }
}

fn mutable(mutable: bool, t: impl Display, f: &mut Formatter<'_>) -> fmt::Result {
    if mutable { write!(f, "(mut {t})") } else { write!(f, "{t}") }
}

/// ` (param t*)` or the like; nothing for no types.
pub(super) fn group(keyword: &str, ts: &[ValType], names: &Names, f: &mut Formatter<'_>) -> fmt::Result {
    if ts.is_empty() {
        return Ok(());
    }
    write!(f, " ({keyword}")?;
    for t in ts {
        write!(f, " {}", t.display(names))?;
    }
    f.write_str(")")
}

impl Notation for FuncType {
    fn notate(&self, names: &Names, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("(func")?;
        group("param", &self.params, names, f)?;
        group("result", &self.results, names, f)?;
        f.write_str(")")
    }
}

impl Notation for CompType {
    fn notate(&self, names: &Names, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            CompType::Struct(fields) => {
                f.write_str("(struct")?;
                for ft in fields {
                    write!(f, " (field {})", ft.display(names))?;
                }
                f.write_str(")")
            }
            CompType::Array(ft) => write!(f, "(array {})", ft.display(names)),
            CompType::Func(ft) => ft.notate(names, f),
        }
    }
}

impl Notation for SubType {
    fn notate(&self, names: &Names, f: &mut Formatter<'_>) -> fmt::Result {
        let plain = self.is_final && self.supers.is_empty();
        if !plain {
            f.write_str(if self.is_final { "(sub final" } else { "(sub" })?;
            for tu in &self.supers {
                write!(f, " {}", tu.display(names))?;
            }
            f.write_str(" ")?;
        }
        match self.share {
            Share::Unshared | Share::Bot => self.comp.notate(names, f)?,
            Share::Shared => write!(f, "(shared {})", self.comp.display(names))?,
        }
        if plain { Ok(()) } else { f.write_str(")") }
    }
}

impl Notation for RecType {
    fn notate(&self, names: &Names, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("(rec")?;
        for st in &self.0 {
            write!(f, " (type {})", st.display(names))?;
        }
        f.write_str(")")
    }
}

impl Display for Limits {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.max {
            Some(max) => write!(f, "{} {max}", self.min),
            None => write!(f, "{}", self.min),
        }
    }
}

/// `i64 ` where it is not the default.
fn addr(at: AddrType) -> &'static str {
    match at {
        AddrType::I32 => "",
        AddrType::I64 => "i64 ",
    }
}

/// A word where something is shared.
fn shared(share: Share, word: &'static str) -> &'static str {
    match share {
        Share::Unshared | Share::Bot => "",
        Share::Shared => word,
    }
}

impl Notation for GlobalType {
    fn notate(&self, names: &Names, f: &mut Formatter<'_>) -> fmt::Result {
        match self.share {
            Share::Unshared | Share::Bot => mutable(self.mutable, self.val.display(names), f),
            Share::Shared => {
                write!(f, "(shared {}{})", if self.mutable { "mut " } else { "" }, self.val.display(names))
            }
        }
    }
}

impl Display for MemType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", addr(self.addr), self.limits, shared(self.share, " shared"))
    }
}

impl Notation for TableType {
    fn notate(&self, names: &Names, f: &mut Formatter<'_>) -> fmt::Result {
        let shared = shared(self.share, "shared ");
        write!(f, "{shared}{}{} {}", addr(self.addr), self.limits, self.elem.display(names))
    }
}

impl Notation for ExternType {
    fn notate(&self, names: &Names, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            ExternType::Tag(tu) => write!(f, "(tag (type {}))", tu.display(names)),
            ExternType::Global(gt) => write!(f, "(global {})", gt.display(names)),
            ExternType::Mem(mt) => write!(f, "(memory {mt})"),
            ExternType::Table(tt) => write!(f, "(table {})", tt.display(names)),
            ExternType::Func(tu) => write!(f, "(func (type {}))", tu.display(names)),
        }
    }
}

/// With a space before it, or nothing for the empty type.
impl Notation for BlockType {
    fn notate(&self, names: &Names, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            BlockType::Result(None) => Ok(()),
            BlockType::Result(Some(t)) => write!(f, " (result {})", t.display(names)),
            BlockType::Idx(x) => write!(f, " (type {})", Index(&names.types, *x)),
        }
    }
}

impl Notation for Catch {
    fn notate(&self, names: &Names, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Catch::Catch(x, l) => write!(f, "(catch {} {l})", Index(&names.tags, *x)),
            Catch::CatchRef(x, l) => write!(f, "(catch_ref {} {l})", Index(&names.tags, *x)),
            Catch::CatchAll(l) => write!(f, "(catch_all {l})"),
            Catch::CatchAllRef(l) => write!(f, "(catch_all_ref {l})"),
        }
    }
}

/// As the instruction that makes it: `i32.const -1`, `f64.const nan:0x1`.
impl Display for Num {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.const {}", self.numtype(), self.literal())
    }
}

/// What stands for a constant after the mnemonic, to be printed: `-1`, `nan:0x1`.
#[derive(Clone, Copy, Debug)]
pub struct Literal<T>(T);

impl Num {
    /// What stands for it after `nt.const`.
    pub fn literal(self) -> Literal<Num> {
        Literal(self)
    }
}

impl V128 {
    /// What stands for it after `v128.const`.
    pub fn literal(self) -> Literal<V128> {
        Literal(self)
    }
}

impl Display for Literal<Num> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Num::I32(i) => write!(f, "{}", i as i32),
            Num::I64(i) => write!(f, "{}", i as i64),
            Num::F32(bits) => {
                // Debug has a short form for large and small magnitudes, and reads back to the same number.
                float(bits.into(), 32, 23, format_args!("{:?}", f32::from_bits(bits).abs()), f)
            }
            Num::F64(bits) => float(bits, 64, 52, format_args!("{:?}", f64::from_bits(bits).abs()), f),
        }
    }
}

/// A floating-point number of `width` bits with `fraction` bits of mantissa; `magnitude` is for finite numbers.
fn float(bits: u64, width: u32, fraction: u32, magnitude: fmt::Arguments<'_>, f: &mut Formatter<'_>) -> fmt::Result {
    if bits >> (width - 1) & 1 == 1 {
        f.write_str("-")?;
    }
    let payload = bits & ((1 << fraction) - 1);
    let exponent = bits >> fraction & ((1 << (width - 1 - fraction)) - 1);
    if exponent != (1 << (width - 1 - fraction)) - 1 {
        return f.write_fmt(magnitude);
    }
    match payload {
        0 => f.write_str("inf"),
        canonical if canonical == 1 << (fraction - 1) => f.write_str("nan"),
        payload => write!(f, "nan:{payload:#x}"),
    }
}

/// As the instruction that makes it, by 32-bit lanes.
impl Display for V128 {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "v128.const {}", self.literal())
    }
}

impl Display for Literal<V128> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("i32x4")?;
        for lane in self.0.0.chunks_exact(4) {
            write!(f, " {:#010x}", u32::from_le_bytes([lane[0], lane[1], lane[2], lane[3]]))?;
        }
        Ok(())
    }
}

/// As in a configuration: `(i32.const 1)`, `(ref.struct 3)`.
impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Value::Num(c) => write!(f, "({c})"),
            Value::Vec(c) => write!(f, "({c})"),
            Value::Ref(r) => write!(f, "{r}"),
        }
    }
}

impl Display for Ref {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Ref::Null => f.write_str("(ref.null)"),
            Ref::I31(i) => write!(f, "(ref.i31 {i})"),
            Ref::I31Shared(i) => write!(f, "(ref.i31_shared {i})"),
            Ref::Struct(a) => write!(f, "(ref.struct {a})"),
            Ref::Array(a) => write!(f, "(ref.array {a})"),
            Ref::Func(a) => write!(f, "(ref.func {a})"),
            Ref::Exn(a) => write!(f, "(ref.exn {a})"),
            Ref::Host(a) => write!(f, "(ref.host {a})"),
            Ref::Extern(r) => write!(f, "(ref.extern {})", Ref::from(*r)),
        }
    }
}

impl Display for Internal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Ref::from(*self).fmt(f)
    }
}

#[cfg(test)]
mod tests;
