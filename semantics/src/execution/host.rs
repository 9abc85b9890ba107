//! Host functions, and what they may do to the store that calls them.

use super::*;
use crate::choice::Choices;
use crate::observe::{Observer, Unobserved};
use crate::syntax::Module;
use std::sync::Arc;

/// What a host function gives back.
#[derive(Clone, Debug, PartialEq)]
pub enum HostResult {
    /// As many values as the function's type says.
    Values(Vec<Value>),
    /// A trap.
    Trap,
    /// An exception, by its address.
    Exception(Addr),
}

/// A host function. Its arguments have the types of its parameters; what it does to the store it does by way of the
/// [`Caller`].
pub type HostFunc = Arc<dyn Fn(&mut Caller<'_>, &[Value]) -> HostResult + Send + Sync>;

/// The store that a host function is called on. What is written is noted for those that watch the run.
pub struct Caller<'a> {
    s: &'a mut Store,
    changes: Changes,
}

/// The changes that were made, if anybody wants to know.
#[derive(Debug)]
struct Changes(Option<Vec<Change>>);

impl Observer for Changes {
    const WATCHES_RULES: bool = false;
    const WATCHES_CHANGES: bool = true;

    fn change(&mut self, change: &Change) {
        if let Some(changes) = &mut self.0
            // Locals are those of frames that are gone when the host function returns.
            && !matches!(change, Change::Local { .. })
        {
            changes.push(*change);
        }
    }
}

impl<'a> Caller<'a> {
    /// A call on a store; `notes`: whether anybody is told of its changes.
    pub(crate) fn new(s: &'a mut Store, notes: bool) -> Self {
        Caller { s, changes: Changes(notes.then(Vec::new)) }
    }

    /// The changes that were made.
    pub(crate) fn changes(self) -> Vec<Change> {
        self.changes.0.unwrap_or_default()
    }

    /// The store, to be read.
    pub fn store(&self) -> &Store {
        self.s
    }

    /// Calls a function, as [`invoke`] does. Who watches the run of the host function's caller is told what this changes,
    /// but not of its steps.
    ///
    /// # Errors
    /// When number or types of the arguments are not the function's.
    pub fn invoke<C: Choices>(&mut self, a: Addr, args: &[Value], choices: &mut C) -> Result<Outcome, ArgumentError> {
        invoke(self.s, a, args, &mut self.changes, choices)
    }

    /// Instantiates a module, as [`instantiate`] does. Who watches the run of the host function's caller is told what this
    /// changes, but not of its steps.
    ///
    /// # Errors
    /// As of [`instantiate`].
    pub fn instantiate<C: Choices>(
        &mut self,
        module: &Arc<Module>,
        externaddrs: &[ExternAddr],
        choices: &mut C,
    ) -> Result<ModuleAddr, InstantiateError> {
        instantiate(self.s, module, externaddrs, &mut self.changes, choices)
    }

    /// Writes a global (`global_write` of the appendix "Embedding"); `None`, and nothing is written, where it is immutable
    /// or the value is not of its type.
    pub fn set_global(&mut self, a: Addr, value: Value) -> Option<()> {
        let ty = self.s.globals.get(a as usize)?.ty;
        (ty.mutable && val_ok(self.s, value, ty.val, &mut Unobserved)).then_some(())?;
        self.write(Cell::Global(a), value.into())
    }

    /// Writes an element of a table; `None`, and nothing is written, beyond its end or where the reference is not of its
    /// type.
    pub fn set_table_elem(&mut self, a: Addr, i: u64, r: Ref) -> Option<()> {
        let rt = self.s.tables.get(a as usize)?.ty.elem;
        ref_ok(self.s, r, rt, &mut Unobserved).then_some(())?;
        self.write(Cell::TableElem(a, i), r.into())
    }

    /// Writes bytes of a memory; `None`, and nothing is written, where not all of them are within its bounds.
    pub fn write_memory(&mut self, a: Addr, from: u64, bytes: &[u8]) -> Option<()> {
        let from = usize::try_from(from).ok()?;
        let there = self.s.mems.get_mut(a as usize)?.bytes.get_mut(from..from.checked_add(bytes.len())?)?;
        for (i, (old, new)) in there.chunks_mut(16).zip(bytes.chunks(16)).enumerate() {
            let loc = Location::Bytes(a, (from + 16 * i) as u64);
            self.changes.change(&Change::Written { loc, old: Datum::bytes(old), new: Datum::bytes(new) });
            old.copy_from_slice(new);
        }
        Some(())
    }

    /// Makes a memory grow by `n` pages; how many it had, or `None` where that is beyond its limits or those of the store.
    pub fn grow_memory(&mut self, a: Addr, n: u64) -> Option<u64> {
        self.s.mems.get(a as usize)?;
        self.grow(Extent::Mem(a), n, Ref::Null).map(|old| old / PAGE)
    }

    /// Makes a table grow by `n` elements, which hold `r`; how many it had, or `None` where that is beyond its limits or
    /// those of the store, or where the reference is not of its type.
    pub fn grow_table(&mut self, a: Addr, n: u64, r: Ref) -> Option<u64> {
        let rt = self.s.tables.get(a as usize)?.ty.elem;
        ref_ok(self.s, r, rt, &mut Unobserved).then_some(())?;
        self.grow(Extent::Table(a), n, r)
    }

    fn grow(&mut self, of: Extent, n: u64, fill: Ref) -> Option<u64> {
        let old = of.len(self.s);
        let i = of.grown(self.s, n)?;
        of.grow(self.s, i, fill).then_some(())?;
        self.changes.change(&of.grew(self.s, old));
        Some(old)
    }

    /// An exception with a tag and fields of the tag's type. It counts towards the bound on memory, which the run meets at
    /// its next call.
    pub fn alloc_exn(&mut self, tag: Addr, fields: &[Value]) -> Addr {
        let a = self.s.alloc_exn(tag, fields);
        self.changes.change(&Change::NewExn(a));
        a
    }

    fn write<P: Place>(&mut self, place: P, val: P::Val) -> Option<()> {
        let old = place.put(self.s, val)?;
        self.changes.change(&place.written(old, val)?);
        Some(())
    }
}
