//! The store (4.0-execution.configurations).

use super::*;
use crate::syntax::*;
use crate::types::TypeTable;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// `externaddr`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExternAddr {
    /// `TAG tagaddr`
    Tag(Addr),
    /// `GLOBAL globaladdr`
    Global(Addr),
    /// `MEM memaddr`
    Mem(Addr),
    /// `TABLE tableaddr`
    Table(Addr),
    /// `FUNC funcaddr`
    Func(Addr),
}

/// The bounds of runs on a store. The standard has none; reaching one is an [`Outcome::Exhausted`].
#[derive(Clone, Debug)]
pub struct Bounds {
    /// Steps in one invocation or instantiation.
    pub steps: u64,
    /// Frames at one time.
    pub frames: u32,
    /// Bytes that the store and the stacks may take together; what would grow a memory or table beyond makes the grow
    /// instruction fail, anything else ends the run.
    pub memory: u64,
    /// Ends the run soon after it becomes true.
    pub interrupt: Option<Arc<AtomicBool>>,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { steps: u64::MAX, frames: 20_000, memory: 4 << 30, interrupt: None }
    }
}

/// What a host function returns.
pub enum HostResult {
    /// Results of the function's result type.
    Values(Vec<Value>),
    /// A trap.
    Trap,
    /// An exception.
    Exception(Addr),
}

/// `hostfunc`
pub type HostFunc = Arc<dyn Fn(&mut Store, &[Value]) -> HostResult + Send + Sync>;

/// The position of a module instance among those of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ModuleAddr(pub(crate) u32);

/// `store`
pub struct Store {
    /// The closed types met in this store.
    pub types: TypeTable,
    /// The bounds of runs.
    pub bounds: Bounds,
}

impl Store {
    /// An empty store.
    pub fn new(bounds: Bounds) -> Self {
        Store { types: TypeTable::new(), bounds }
    }
    /// `alloctag`; the type is closed (a [`TypeUse::Def`] of this store's types).
    pub fn alloc_tag(&mut self, ty: TagType) -> Addr {
        let _ = ty;
        unimplemented!()
    }
    /// `allocglobal`
    pub fn alloc_global(&mut self, ty: GlobalType, value: Value) -> Addr {
        let _ = (ty, value);
        unimplemented!()
    }
    /// `allocmem`; `None` when the store's bound would be exceeded.
    pub fn alloc_mem(&mut self, ty: MemType) -> Option<Addr> {
        let _ = ty;
        unimplemented!()
    }
    /// `alloctable`; `None` when the store's bound would be exceeded.
    pub fn alloc_table(&mut self, ty: TableType, r: Ref) -> Option<Addr> {
        let _ = (ty, r);
        unimplemented!()
    }
    /// `allocfunc` for a host function. The type has no type indices.
    pub fn alloc_host_func(&mut self, ty: FuncType, host: HostFunc) -> Addr {
        let _ = (ty, host);
        unimplemented!()
    }
    /// The address that a module instance exports under a name.
    pub fn export(&self, module: ModuleAddr, name: &str) -> Option<ExternAddr> {
        let _ = (module, name);
        unimplemented!()
    }
    /// All exports of a module instance, in order.
    pub fn exports(&self, module: ModuleAddr) -> impl Iterator<Item = (&str, ExternAddr)> {
        let _ = module;
        std::iter::empty()
    }
    /// The value of a global.
    pub fn global_value(&self, a: Addr) -> Value {
        let _ = a;
        unimplemented!()
    }
    /// The type of an external address, closed.
    pub fn extern_type(&self, a: ExternAddr) -> ExternType {
        let _ = a;
        unimplemented!()
    }
    /// The function type of a function.
    pub fn func_type(&self, a: Addr) -> &FuncType {
        let _ = a;
        unimplemented!()
    }
    /// The tag and the fields of an exception.
    pub fn exception(&self, a: Addr) -> (Addr, &[Value]) {
        let _ = a;
        unimplemented!()
    }
    /// `Val_ok`: whether a value has a closed type.
    pub fn value_has_type(&self, v: Value, t: ValType) -> bool {
        let _ = (v, t);
        unimplemented!()
    }
}
