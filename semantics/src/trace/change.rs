//! What changed in the store and the locals.

use super::notation::{Short, field_name, local_name};
use super::redex::Before;
use super::*;
use std::fmt::{self, Display, Formatter, Write as _};

/// A few bytes of a memory.
pub(super) type Bytes = ([u8; 16], u8);

/// A change of the state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// A structure was made; its type by the index in the instruction, if there is one.
    NewStruct(Addr, Option<TypeIdx>),
    /// An array was made; its type by the index in the instruction, if there is one.
    NewArray(Addr, Option<TypeIdx>),
    /// An exception was made.
    NewExn(Addr),
    /// A field of a structure was written, from a value to a value; its type by the index in the instruction.
    Field(Addr, TypeIdx, FieldIdx, Slot, Slot),
    /// An element of an array was written.
    Element(Addr, u32, Slot, Slot),
    /// A local of the current frame was written.
    Local(LocalIdx, Slot, Slot),
    /// A global was written.
    Global(Addr, GlobalIdx, Value, Value),
    /// An element of a table was written.
    Table(Addr, u64, Ref, Ref),
    /// A table grew, from a number of elements to a number.
    TableGrown(Addr, u64, u64),
    /// A memory was written, from bytes to bytes.
    Memory(Addr, u64, Bytes, Bytes),
    /// A memory grew, from a number of pages to a number.
    MemoryGrown(Addr, u64, u64),
    /// A data segment was dropped; how many bytes it had.
    DataDropped(Addr, usize),
    /// An element segment was dropped; how many elements it had.
    ElemDropped(Addr, usize),
}

impl Change {
    /// Whether what was written is what was there.
    fn is_idle(&self) -> bool {
        match self {
            Change::Field(.., old, new) | Change::Element(.., old, new) => old == new,
            Change::Global(.., old, new) => old == new,
            Change::Table(.., old, new) => old == new,
            Change::Memory(.., old, new) => old == new,
            _ => false,
        }
    }
}

/// A place that an instruction is about to write, and what is there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Field(Addr, TypeIdx, FieldIdx, Slot),
    Element(Addr, u32, Slot),
    Local(LocalIdx, usize, Slot),
    Global(Addr, GlobalIdx, Value),
    Table(Addr, u64, Ref),
    TableSize(Addr, u64),
    Memory(Addr, usize, Bytes),
    MemorySize(Addr, u64),
    Data(Addr, usize),
    Elem(Addr, usize),
}

fn reference(slot: Option<&Slot>) -> Option<Ref> {
    match slot?.value()? {
        Value::Ref(r) => Some(r),
        Value::Num(_) | Value::Vec(_) => None,
    }
}

/// An index or an address, of either width.
fn index(slot: Option<&Slot>) -> Option<u64> {
    match slot?.value()? {
        Value::Num(Num::I32(i)) => Some(i.into()),
        Value::Num(Num::I64(i)) => Some(i),
        _ => None,
    }
}

fn bytes(s: &Store, a: Addr, from: usize, n: u8) -> Option<Bytes> {
    let mut bytes = [0; 16];
    let there = s.mems[a as usize].bytes.get(from..from.checked_add(n as usize)?)?;
    bytes[..n as usize].copy_from_slice(there);
    Some((bytes, n))
}

impl Place {
    /// What an instruction is about to write, if it can.
    pub(super) fn written(s: &Store, z: &Zipper, instr: Instr, ops: &[Slot]) -> Option<Place> {
        let mm = &s.modules[z.frame.module.0 as usize];
        let op = |from_top: usize| ops.len().checked_sub(from_top).and_then(|i| ops.get(i));
        let memory = |x: MemIdx, ao: MemArg, i: Option<u64>, bits: u32| {
            let (&a, from) = (mm.mems.get(x as usize)?, usize::try_from(i?.checked_add(ao.offset)?).ok()?);
            Some(Place::Memory(a, from, bytes(s, a, from, (bits / 8) as u8)?))
        };
        let field = |n: usize, x: TypeIdx, i: FieldIdx| match reference(op(n))? {
            Ref::Struct(a) => Some(Place::Field(a, x, i, *s.structs.fields(a).get(i as usize)?)),
            _ => None,
        };
        let element = |n: usize| match (reference(op(n))?, index(op(n - 1))?) {
            (Ref::Array(a), i) => Some(Place::Element(a, i as u32, *s.arrays.fields(a).get(i as usize)?)),
            _ => None,
        };
        let global = |x: GlobalIdx| {
            let &a = mm.globals.get(x as usize)?;
            Some(Place::Global(a, x, s.global_value(a)))
        };
        let table = |n: usize, x: TableIdx| {
            let (&a, i) = (mm.tables.get(x as usize)?, index(op(n))?);
            Some(Place::Table(a, i, *s.tables[a as usize].refs.get(usize::try_from(i).ok()?)?))
        };
        match instr {
            Instr::StructSet(x, i) => field(2, x, i),
            Instr::ArraySet(_) => element(3),
            Instr::LocalSet(x) => {
                let at = z.frame.locals as usize + x as usize;
                Some(Place::Local(x, at, *z.locals.get(at)?))
            }
            Instr::GlobalSet(x) => global(x),
            Instr::TableSet(x) => table(2, x),
            Instr::Atomic(atomic) => {
                use Atomic as A;
                // The first operand is what is accessed, or its index or address.
                let n = atomic.operands();
                match atomic {
                    A::StructSet(_, x, i) | A::StructRmw(.., x, i) | A::StructCmpxchg(_, x, i) => field(n, x, i),
                    A::ArraySet(..) | A::ArrayRmw(..) | A::ArrayCmpxchg(..) => element(n),
                    A::GlobalSet(_, x) | A::GlobalRmw(.., x) | A::GlobalCmpxchg(_, x) => global(x),
                    A::TableSet(_, x) | A::TableXchg(_, x) | A::TableCmpxchg(_, x) => table(n, x),
                    A::Store(access, x, ao) | A::Rmw(access, _, x, ao) | A::Cmpxchg(access, x, ao) => {
                        memory(x, ao, index(op(n)), width(access))
                    }
                    _ => None,
                }
            }
            Instr::TableGrow(x) => {
                let &a = mm.tables.get(x as usize)?;
                Some(Place::TableSize(a, s.tables[a as usize].refs.len() as u64))
            }
            Instr::MemoryGrow(x) => {
                let &a = mm.mems.get(x as usize)?;
                Some(Place::MemorySize(a, s.mems[a as usize].bytes.len() as u64 / PAGE))
            }
            Instr::Store(nt, sz, x, ao) => memory(x, ao, index(op(2)), sz.map_or(nt.size(), Sz::bits)),
            Instr::Vstore(x, ao) => memory(x, ao, index(op(2)), 128),
            Instr::VstoreLane(sz, x, ao, _) => memory(x, ao, index(op(2)), sz.bits()),
            Instr::DataDrop(x) => {
                let &a = mm.datas.get(x as usize)?;
                Some(Place::Data(a, s.datas[a as usize].bytes.len()))
            }
            Instr::ElemDrop(x) => {
                let &a = mm.elems.get(x as usize)?;
                Some(Place::Elem(a, s.elems[a as usize].refs.len()))
            }
            _ => None,
        }
    }

    /// What has been written.
    fn change(self, s: &Store, z: &Zipper) -> Option<Change> {
        Some(match self {
            Place::Field(a, x, i, old) => Change::Field(a, x, i, old, s.structs.fields(a)[i as usize]),
            Place::Element(a, i, old) => Change::Element(a, i, old, s.arrays.fields(a)[i as usize]),
            Place::Local(x, at, old) => Change::Local(x, old, *z.locals.get(at)?),
            Place::Global(a, x, old) => Change::Global(a, x, old, s.global_value(a)),
            Place::Table(a, i, old) => Change::Table(a, i, old, s.tables[a as usize].refs[i as usize]),
            Place::TableSize(a, old) => match s.tables[a as usize].refs.len() as u64 {
                new if new == old => return None,
                new => Change::TableGrown(a, old, new),
            },
            Place::Memory(a, from, old) => Change::Memory(a, from as u64, old, bytes(s, a, from, old.1)?),
            Place::MemorySize(a, old) => match s.mems[a as usize].bytes.len() as u64 / PAGE {
                new if new == old => return None,
                new => Change::MemoryGrown(a, old, new),
            },
            Place::Data(a, n) => Change::DataDropped(a, n),
            Place::Elem(a, n) => Change::ElemDropped(a, n),
        })
    }
}

/// What a host function can write, as it is before the call: unlike an instruction it does not say where it will write.
/// Fields of structures and arrays it cannot.
#[derive(Debug)]
pub(super) struct HostPlaces {
    globals: Vec<Value>,
    tables: Vec<Vec<Ref>>,
    mems: Vec<Vec<u8>>,
}

impl HostPlaces {
    pub(super) fn new(s: &Store) -> Self {
        HostPlaces {
            globals: s.globals.iter().map(|global| global.value).collect(),
            tables: s.tables.iter().map(|table| table.refs.clone()).collect(),
            mems: s.mems.iter().map(|mem| mem.bytes.clone()).collect(),
        }
    }

    /// What has been written.
    fn changes(&self, s: &Store, mm: &ModuleInst, changes: &mut Vec<Change>) {
        for ((a, &old), new) in (0..).zip(&self.globals).zip(&s.globals) {
            if old != new.value {
                let x = mm.globals.iter().position(|&global| global == a).map_or(GlobalIdx::MAX, |x| x as GlobalIdx);
                changes.push(Change::Global(a, x, old, new.value));
            }
        }
        for ((a, old), new) in (0..).zip(&self.tables).zip(&s.tables) {
            if old.len() != new.refs.len() {
                changes.push(Change::TableGrown(a, old.len() as u64, new.refs.len() as u64));
            }
            for ((i, &old), &new) in (0..).zip(old).zip(&new.refs) {
                if old != new {
                    changes.push(Change::Table(a, i, old, new));
                }
            }
        }
        for ((a, old), new) in (0..).zip(&self.mems).zip(&s.mems) {
            if old.len() != new.bytes.len() {
                changes.push(Change::MemoryGrown(a, old.len() as u64 / PAGE, new.bytes.len() as u64 / PAGE));
            }
            let mut from = 0;
            let differs = |i: usize| old.get(i).zip(new.bytes.get(i)).map(|(old, new)| old != new);
            while let Some(different) = differs(from) {
                // Up to sixteen bytes that have changed, side by side.
                let n = if different { (from..from + 16).take_while(|&i| differs(i) == Some(true)).count() } else { 0 };
                if n > 0 {
                    let mut bytes = ([0; 16], n as u8);
                    bytes.0[..n].copy_from_slice(&old[from..from + n]);
                    let mut written = ([0; 16], n as u8);
                    written.0[..n].copy_from_slice(&new.bytes[from..from + n]);
                    changes.push(Change::Memory(a, from as u64, bytes, written));
                }
                from += n.max(1);
            }
        }
    }
}

impl Before {
    /// What a step has changed.
    pub(super) fn changes(&self, s: &Store, z: &Zipper) -> Vec<Change> {
        let x = match self.instr {
            Instr::StructNew(x)
            | Instr::ArrayNew(x)
            | Instr::ArrayNewFixed(x, _)
            | Instr::ArrayNewData(x, _)
            | Instr::ArrayNewElem(x, _) => Some(x),
            _ => None,
        };
        let change = self.place.and_then(|place| place.change(s, z));
        // A comparison that fails writes nothing.
        let compares = matches!(self.instr, Instr::Atomic(atomic) if atomic.compares());
        let change = change.filter(|change| !(compares && change.is_idle()));
        let mut changes: Vec<Change> = change.into_iter().collect();
        if let Some(host) = &self.host {
            host.changes(s, self.module(s), &mut changes);
        }
        changes.extend((self.structs..s.structs.len()).map(|a| Change::NewStruct(a as Addr, x)));
        changes.extend((self.arrays..s.arrays.len()).map(|a| Change::NewArray(a as Addr, x)));
        changes.extend((self.exns..s.exns.len()).map(|a| Change::NewExn(a as Addr)));
        changes
    }
}

/// A change, to be printed: `structs[3].$x: 1 → 2`.
pub struct ShownChange<'a> {
    pub(super) step: Step<'a>,
    pub(super) change: Change,
}

/// At most so many elements of an array are shown.
const ELEMENTS: usize = 8;

impl ShownChange<'_> {
    /// What changed: `structs[3].$x`.
    pub fn place(&self) -> String {
        let names = &self.step.module().module.names;
        match self.change {
            Change::NewStruct(a, _) => format!("structs[{a}]"),
            Change::NewArray(a, _) => format!("arrays[{a}]"),
            Change::NewExn(a) => format!("exns[{a}]"),
            Change::Field(a, x, i, ..) => format!("structs[{a}].{}", field_name(names, x, i)),
            Change::Element(a, i, ..) => format!("arrays[{a}][{i}]"),
            Change::Local(x, ..) => format!("locals.{}", local_name(self.step.store(), self.step.function(), x)),
            Change::Global(a, x, ..) => match names.globals.get(&x) {
                Some(name) => format!("globals[{a}] ${name}"),
                None => format!("globals[{a}]"),
            },
            Change::Table(a, i, ..) => format!("tables[{a}][{i}]"),
            Change::TableGrown(a, ..) => format!("|tables[{a}]|"),
            Change::Memory(a, i, (_, 1), _) => format!("mems[{a}][{i}]"),
            Change::Memory(a, i, (_, n), _) => format!("mems[{a}][{i} : {n}]"),
            Change::MemoryGrown(a, ..) => format!("|mems[{a}]|"),
            Change::DataDropped(a, _) => format!("datas[{a}]"),
            Change::ElemDropped(a, _) => format!("elems[{a}]"),
        }
    }

    /// What was there before; `None` for what is new.
    pub fn old(&self) -> Option<String> {
        Some(match self.change {
            Change::NewStruct(..) | Change::NewArray(..) | Change::NewExn(_) => return None,
            Change::Field(.., old, _) | Change::Element(.., old, _) | Change::Local(_, old, _) => {
                Short(old).to_string()
            }
            Change::Global(.., old, _) => Short(old.into()).to_string(),
            Change::Table(.., old, _) => old.to_string(),
            Change::TableGrown(_, old, _) => old.to_string(),
            Change::MemoryGrown(_, old, _) => count(old, "page"),
            Change::Memory(.., old, _) => hex(old),
            Change::DataDropped(_, n) => count(n as u64, "byte"),
            Change::ElemDropped(_, n) => count(n as u64, "reference"),
        })
    }

    /// What is there now.
    pub fn now(&self) -> String {
        let s = self.step.store();
        let names = &self.step.module().module.names;
        match self.change {
            Change::NewStruct(a, x) => {
                let mut text = format!("{} {{", type_name(self.step.module(), x, s.structs.ty(a)));
                for (i, &field) in s.structs.fields(a).iter().enumerate() {
                    let sep = if i > 0 { ", " } else { "" };
                    let _ = match self.named(x, s.structs.ty(a)) {
                        Some(x) => write!(text, "{sep}{} {}", field_name(names, x, i as FieldIdx), Short(field)),
                        None => write!(text, "{sep}{}", Short(field)),
                    };
                }
                text + "}"
            }
            Change::NewArray(a, x) => {
                let fields = s.arrays.fields(a);
                let mut text = format!("{} [", type_name(self.step.module(), x, s.arrays.ty(a)));
                for (i, &field) in fields.iter().take(ELEMENTS).enumerate() {
                    let _ = write!(text, "{}{}", if i > 0 { ", " } else { "" }, Short(field));
                }
                if fields.len() > ELEMENTS {
                    let _ = write!(text, ", …; {} elements", fields.len());
                }
                text + "]"
            }
            Change::NewExn(a) => {
                let (tag, fields) = s.exception(a);
                let x = self.step.module().tags.iter().position(|&t| t == tag);
                let mut text = match x.and_then(|x| names.tags.get(&(x as TagIdx))) {
                    Some(name) => format!("${name} {{"),
                    None => format!("tag {tag} {{"),
                };
                for (i, &field) in fields.iter().enumerate() {
                    let _ = write!(text, "{}{}", if i > 0 { ", " } else { "" }, Short(field.into()));
                }
                text + "}"
            }
            Change::Field(.., new) | Change::Element(.., new) | Change::Local(.., new) => Short(new).to_string(),
            Change::Global(.., new) => Short(new.into()).to_string(),
            Change::Table(.., new) => new.to_string(),
            Change::TableGrown(.., new) => new.to_string(),
            Change::MemoryGrown(.., new) => count(new, "page"),
            Change::Memory(.., new) => hex(new),
            Change::DataDropped(..) | Change::ElemDropped(..) => "ε".into(),
        }
    }

    /// The index of the type in the module of the step, if it has one.
    fn named(&self, x: Option<TypeIdx>, dt: DefType) -> Option<TypeIdx> {
        x.or_else(|| self.step.module().types.iter().position(|&t| t == dt).map(|x| x as TypeIdx))
    }
}

fn count(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn hex((bytes, n): Bytes) -> String {
    let mut text = String::new();
    for (i, byte) in bytes[..n as usize].iter().enumerate() {
        let _ = write!(text, "{}{byte:02x}", if i > 0 { " " } else { "" });
    }
    text
}

impl Display for ShownChange<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.old() {
            Some(old) => write!(f, "{}: {old} → {}", self.place(), self.now()),
            None => write!(f, "{} = {}", self.place(), self.now()),
        }
    }
}
