//! Changes of the store and the locals, printed with the names of the module.

use super::notation::{Short, field_name, local_name};
use super::*;
use std::fmt::{self, Display, Formatter, Write as _};

impl Step<'_> {
    /// The type index in the instruction, of a structure or array that it makes or writes.
    pub fn type_idx(&self) -> Option<TypeIdx> {
        use Atomic as A;
        match self.instr() {
            Instr::StructNew(x)
            | Instr::StructSet(x, _)
            | Instr::ArrayNew(x)
            | Instr::ArrayNewFixed(x, _)
            | Instr::ArrayNewData(x, _)
            | Instr::ArrayNewElem(x, _)
            | Instr::Atomic(A::StructSet(_, x, _) | A::StructRmw(.., x, _) | A::StructCmpxchg(_, x, _)) => Some(x),
            _ => None,
        }
    }

    /// The index that a global has in the module: the one in the instruction, or else the first.
    fn global_idx(&self, a: Addr) -> Option<GlobalIdx> {
        use Atomic as A;
        let globals = &self.module().globals;
        match self.instr() {
            Instr::GlobalSet(x) | Instr::Atomic(A::GlobalSet(_, x) | A::GlobalRmw(.., x) | A::GlobalCmpxchg(_, x)) => {
                Some(x)
            }
            _ => globals.iter().position(|&global| global == a).map(|x| x as GlobalIdx),
        }
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
        match self.change {
            Change::NewStruct(a) => format!("structs[{a}]"),
            Change::NewArray(a) => format!("arrays[{a}]"),
            Change::NewExn(a) => format!("exns[{a}]"),
            Change::Local { x, .. } => format!("locals.{}", local_name(self.step.store(), self.step.function(), x)),
            Change::Written { loc, new, .. } => self.location(loc, new),
            Change::DataDropped(a, _) => format!("datas[{a}]"),
            Change::ElemDropped(a, _) => format!("elems[{a}]"),
        }
    }

    fn location(&self, loc: Location, datum: Datum) -> String {
        let names = &self.step.module().module.names;
        match (loc, datum) {
            (Location::MemSize(a), _) => format!("|mems[{a}]|"),
            (Location::Bytes(a, i), Datum::Bytes(1, _)) => format!("mems[{a}][{i}]"),
            (Location::Bytes(a, i), Datum::Bytes(n, _)) => format!("mems[{a}][{i} : {n}]"),
            (Location::Bytes(a, i), _) => format!("mems[{a}][{i} …]"),
            (Location::Global(a), _) => match self.step.global_idx(a).and_then(|x| names.globals.get(&x)) {
                Some(name) => format!("globals[{a}] ${name}"),
                None => format!("globals[{a}]"),
            },
            (Location::TableSize(a), _) => format!("|tables[{a}]|"),
            (Location::TableElem(a, i), _) => format!("tables[{a}][{i}]"),
            (Location::Field(a, i), _) => {
                let field = match self.named(self.step.store().structs.ty(a)) {
                    Some(x) => field_name(names, x, i),
                    None => i.to_string(),
                };
                format!("structs[{a}].{field}")
            }
            (Location::ArrayElem(a, i), _) => format!("arrays[{a}][{i}]"),
        }
    }

    /// What was there before; `None` for what is new.
    pub fn old(&self) -> Option<String> {
        Some(match self.change {
            Change::NewStruct(_) | Change::NewArray(_) | Change::NewExn(_) => return None,
            Change::Local { old, .. } => Short(old).to_string(),
            Change::Written { loc, old, .. } => datum(loc, old),
            Change::DataDropped(_, n) => count(n as u64, "byte"),
            Change::ElemDropped(_, n) => count(n as u64, "reference"),
        })
    }

    /// What is there now.
    pub fn now(&self) -> String {
        let s = self.step.store();
        let names = &self.step.module().module.names;
        match self.change {
            Change::NewStruct(a) => {
                let x = self.named(s.structs.ty(a));
                let mut text = format!("{} {{", type_name(self.step.module(), x, s.structs.ty(a)));
                for (i, &field) in s.structs.fields(a).iter().enumerate() {
                    let sep = if i > 0 { ", " } else { "" };
                    let _ = match x {
                        Some(x) => write!(text, "{sep}{} {}", field_name(names, x, i as FieldIdx), Short(field)),
                        None => write!(text, "{sep}{}", Short(field)),
                    };
                }
                text + "}"
            }
            Change::NewArray(a) => {
                let fields = s.arrays.fields(a);
                let ty = s.arrays.ty(a);
                let mut text = format!("{} [", type_name(self.step.module(), self.named(ty), ty));
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
            Change::Local { new, .. } => Short(new).to_string(),
            Change::Written { loc, new, .. } => datum(loc, new),
            Change::DataDropped(..) | Change::ElemDropped(..) => "ε".into(),
        }
    }

    /// The index that a type has in the module: the one in the instruction, or else the first.
    fn named(&self, dt: DefType) -> Option<TypeIdx> {
        let types = &self.step.module().types;
        self.step.type_idx().or_else(|| types.iter().position(|&t| t == dt).map(|x| x as TypeIdx))
    }
}

/// What a location holds; a length is in pages of a memory, and a number of elements of a table.
fn datum(loc: Location, datum: Datum) -> String {
    match (loc, datum) {
        (Location::MemSize(_), Datum::Length(n)) => count(n / PAGE, "page"),
        (_, Datum::Val(fv)) => Short(fv.into()).to_string(),
        (_, datum) => datum.to_string(),
    }
}

fn count(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

impl Display for ShownChange<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.old() {
            Some(old) => write!(f, "{}: {old} → {}", self.place(), self.now()),
            None => write!(f, "{} = {}", self.place(), self.now()),
        }
    }
}
