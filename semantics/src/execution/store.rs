//! The store and its instances (4.0-execution.configurations), and their allocation (4.4-execution.modules).

use super::*;
use crate::syntax::*;
use crate::types::TypeTable;
use lockstep_spec::rule;
use std::sync::Arc;

/// The size of a page, `64 Ki` bytes.
pub const PAGE: u64 = 64 * 1024;

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

/// The position of a module instance among those of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ModuleAddr(pub(crate) u32);

impl ModuleAddr {
    /// The instance `{}` without any components, in which invocations begin.
    pub const EMPTY: ModuleAddr = ModuleAddr(0);

    /// Its place in [`Store::modules`].
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// `taginst`
#[derive(Clone, Copy, Debug)]
pub struct TagInst {
    /// `TYPE`, closed.
    pub ty: DefType,
}

/// `globalinst`
#[derive(Clone, Copy, Debug)]
pub struct GlobalInst {
    /// `TYPE`, closed.
    pub ty: GlobalType,
    /// `VALUE`
    pub value: Value,
}

/// `meminst`
#[derive(Clone, Debug)]
pub struct MemInst {
    /// `TYPE`
    pub ty: MemType,
    /// `BYTES`
    pub bytes: Vec<u8>,
}

/// `tableinst`
#[derive(Clone, Debug)]
pub struct TableInst {
    /// `TYPE`, closed.
    pub ty: TableType,
    /// `REFS`
    pub refs: Vec<Ref>,
}

/// `funcinst`
#[derive(Clone, Debug)]
pub struct FuncInst {
    /// `TYPE`
    pub ty: DefType,
    /// `MODULE`
    pub module: ModuleAddr,
    /// `CODE`
    pub code: FuncCode,
}

/// `funccode`
#[derive(Clone)]
pub enum FuncCode {
    /// `func`, by its position among the functions that its module defines.
    Func(u32),
    /// `hostfunc`
    Host(HostFunc),
}

impl std::fmt::Debug for FuncCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FuncCode::Func(i) => write!(f, "Func({i})"),
            FuncCode::Host(_) => f.write_str("Host(..)"),
        }
    }
}

/// `datainst`
#[derive(Clone, Debug)]
pub struct DataInst {
    /// `BYTES`
    pub bytes: Arc<[u8]>,
}

/// `eleminst`
#[derive(Clone, Debug)]
pub struct ElemInst {
    /// `TYPE`, closed.
    pub ty: ElemType,
    /// `REFS`
    pub refs: Vec<Ref>,
}

/// `exportinst`
#[derive(Clone, Debug)]
pub struct ExportInst {
    /// `NAME`
    pub name: String,
    /// `ADDR`
    pub addr: ExternAddr,
}

/// `exninst`
#[derive(Clone, Debug)]
pub struct ExnInst {
    /// `TAG`
    pub tag: Addr,
    /// `FIELDS`
    pub fields: Box<[Value]>,
}

impl ExnInst {
    /// What an exception with `n` fields takes of the store's bound.
    pub(crate) fn size(n: usize) -> u64 {
        (size_of::<ExnInst>() + n * size_of::<Value>()) as u64
    }
}

/// `moduleinst`
#[derive(Clone, Debug, Default)]
pub struct ModuleInst {
    /// `TYPES`
    pub types: Vec<DefType>,
    /// `TAGS`
    pub tags: Vec<Addr>,
    /// `GLOBALS`
    pub globals: Vec<Addr>,
    /// `MEMS`
    pub mems: Vec<Addr>,
    /// `TABLES`
    pub tables: Vec<Addr>,
    /// `FUNCS`
    pub funcs: Vec<Addr>,
    /// `DATAS`
    pub datas: Vec<Addr>,
    /// `ELEMS`
    pub elems: Vec<Addr>,
    /// `EXPORTS`
    pub exports: Vec<ExportInst>,
    /// The module that was instantiated: its functions' code and the names for people.
    pub module: Arc<Module>,
}

/// `store`: all instances. It only ever grows; the standard has no garbage collection.
#[derive(Clone)]
pub struct Store {
    /// `TAGS`
    pub tags: Vec<TagInst>,
    /// `GLOBALS`
    pub globals: Vec<GlobalInst>,
    /// `MEMS`
    pub mems: Vec<MemInst>,
    /// `TABLES`
    pub tables: Vec<TableInst>,
    /// `FUNCS`
    pub funcs: Vec<FuncInst>,
    /// `DATAS`
    pub datas: Vec<DataInst>,
    /// `ELEMS`
    pub elems: Vec<ElemInst>,
    /// `STRUCTS`
    pub structs: Heap,
    /// `ARRAYS`
    pub arrays: Heap,
    /// `EXNS`
    pub exns: Vec<ExnInst>,
    /// The module instances that frames and functions refer to. The first is [`ModuleAddr::EMPTY`].
    pub modules: Vec<ModuleInst>,
    /// The closed types met in this store.
    pub types: TypeTable,
    /// The bounds of runs.
    pub bounds: Bounds,
    /// The bytes that the instances take, roughly.
    pub(crate) used: u64,
    /// The threads that wait, the one that has waited longest first.
    pub(crate) waiters: Vec<Waiter>,
}

impl Store {
    /// An empty store.
    pub fn new(bounds: Bounds) -> Self {
        Store {
            tags: vec![],
            globals: vec![],
            mems: vec![],
            tables: vec![],
            funcs: vec![],
            datas: vec![],
            elems: vec![],
            structs: Heap::default(),
            arrays: Heap::default(),
            exns: vec![],
            modules: vec![ModuleInst::default()],
            types: TypeTable::new(),
            bounds,
            used: 0,
            waiters: vec![],
        }
    }

    /// Takes `bytes` of what the bound on memory leaves; `false`, and takes nothing, when that is not enough.
    #[inline]
    pub(crate) fn reserve(&mut self, bytes: u64) -> bool {
        let has_room = self.has_room(bytes);
        if has_room {
            self.used += bytes;
        }
        has_room
    }

    /// Whether the bound on memory leaves `bytes`.
    #[inline]
    pub(crate) fn has_room(&self, bytes: u64) -> bool {
        let bound = self.bounds.memory.min(Bounds::ADDRESSABLE);
        self.used.checked_add(bytes).is_some_and(|used| used <= bound)
    }

    /// Gives back what an instance no longer takes.
    pub(crate) fn release(&mut self, bytes: u64) {
        self.used = self.used.saturating_sub(bytes);
    }

    /// `alloctag`; the type is closed (a defined type of this store's [`types`](Store::types)).
    pub fn alloc_tag(&mut self, ty: DefType) -> Addr {
        self.tags.push(TagInst { ty });
        self.tags.len() as Addr - 1
    }

    /// `allocglobal`; the type is closed.
    pub fn alloc_global(&mut self, ty: GlobalType, value: Value) -> Addr {
        self.globals.push(GlobalInst { ty, value });
        self.globals.len() as Addr - 1
    }

    /// `allocmem`; `None` when the store's bound would be exceeded.
    pub fn alloc_mem(&mut self, ty: MemType) -> Option<Addr> {
        let bytes = zeroed(usize::try_from(ty.limits.min.checked_mul(PAGE)?).ok()?, self)?;
        self.mems.push(MemInst { ty, bytes });
        Some(self.mems.len() as Addr - 1)
    }

    /// `alloctable`; the type is closed. `None` when the store's bound would be exceeded.
    pub fn alloc_table(&mut self, ty: TableType, r: Ref) -> Option<Addr> {
        let mut refs = Vec::new();
        if !extend(&mut refs, ty.limits.min, r, self) {
            return None;
        }
        self.tables.push(TableInst { ty, refs });
        Some(self.tables.len() as Addr - 1)
    }

    /// `allocfunc`
    pub(crate) fn alloc_func(&mut self, ty: DefType, code: FuncCode, module: ModuleAddr) -> Addr {
        self.funcs.push(FuncInst { ty, module, code });
        self.funcs.len() as Addr - 1
    }

    /// `allocfunc` for a host function. The type has no type indices.
    pub fn alloc_host_func(&mut self, ty: FuncType, host: HostFunc) -> Addr {
        let dt = self.define_func_type(ty);
        self.alloc_func(dt, FuncCode::Host(host), ModuleAddr::EMPTY)
    }

    /// The defined type of a final function type on its own, `REC (SUB FINAL (FUNC …))`.
    ///
    /// # Panics
    /// When the type has type indices.
    pub fn define_func_type(&mut self, ty: FuncType) -> DefType {
        let st = SubType { is_final: true, supers: vec![], share: Share::Unshared, comp: CompType::Func(ty) };
        self.types.define(&RecType(vec![st]), &[]).expect("a type without type indices")[0]
    }

    /// The address that a module instance exports under a name.
    pub fn export(&self, module: ModuleAddr, name: &str) -> Option<ExternAddr> {
        self.exports(module).find(|(n, _)| *n == name).map(|(_, a)| a)
    }

    /// All exports of a module instance, in order.
    pub fn exports(&self, module: ModuleAddr) -> impl Iterator<Item = (&str, ExternAddr)> {
        self.modules[module.0 as usize].exports.iter().map(|xi| (xi.name.as_str(), xi.addr))
    }

    /// The type of a memory.
    #[inline(always)]
    pub fn memtype(&self, a: Addr) -> MemType {
        self.mems[a as usize].ty
    }

    /// The type of a table, closed.
    #[inline(always)]
    pub fn tabletype(&self, a: Addr) -> TableType {
        self.tables[a as usize].ty
    }

    /// The value of a global.
    pub fn global_value(&self, a: Addr) -> Value {
        self.globals[a as usize].value
    }

    /// The type of an external address, closed (`Externaddr_ok` without subsumption).
    pub fn extern_type(&self, a: ExternAddr) -> ExternType {
        match a {
            ExternAddr::Tag(a) => ExternType::Tag(TypeUse::Def(self.tags[a as usize].ty)),
            ExternAddr::Global(a) => ExternType::Global(self.globals[a as usize].ty),
            ExternAddr::Mem(a) => ExternType::Mem(self.mems[a as usize].ty),
            ExternAddr::Table(a) => ExternType::Table(self.tables[a as usize].ty),
            ExternAddr::Func(a) => ExternType::Func(TypeUse::Def(self.funcs[a as usize].ty)),
        }
    }

    /// The function type of a function.
    pub fn func_type(&self, a: Addr) -> &FuncType {
        expand_func(&self.types, self.funcs[a as usize].ty)
    }

    /// The tag and the fields of an exception.
    pub fn exception(&self, a: Addr) -> (Addr, &[Value]) {
        let exn = &self.exns[a as usize];
        (exn.tag, &exn.fields)
    }

    /// `add_exninst` from a host: an exception with a tag and fields of the tag's type. It counts towards the bound on
    /// memory, which the run meets at its next call.
    pub fn alloc_exn(&mut self, tag: Addr, fields: &[Value]) -> Addr {
        self.used = self.used.saturating_add(ExnInst::size(fields.len()));
        self.exns.push(ExnInst { tag, fields: fields.into() });
        self.exns.len() as Addr - 1
    }
}

/// The function type that a defined type of a function expands to.
#[inline(always)]
pub(crate) fn expand_func(types: &TypeTable, dt: DefType) -> &FuncType {
    match types.expand(dt) {
        CompType::Func(ft) => ft,
        CompType::Struct(_) | CompType::Array(_) => unreachable!("functions and tags have function types"),
    }
}

/// Makes room for `n` more elements; whether the allocator has it. Growing without this ends the process where it has not.
#[inline]
pub(crate) fn room<T>(xs: &mut Vec<T>, n: usize) -> bool {
    // Twice as much as is there may be more than can be had.
    xs.try_reserve(n).is_ok() || xs.try_reserve_exact(n).is_ok()
}

/// Zero bytes, within the store's bound and what the allocator has.
fn zeroed(n: usize, s: &mut Store) -> Option<Vec<u8>> {
    // `vec!` ends the process where there is no room.
    let mut probe: Vec<u8> = Vec::new();
    let available = s.has_room(n as u64) && probe.try_reserve_exact(n).is_ok();
    drop(std::hint::black_box(probe));
    if !available || !s.reserve(n as u64) {
        return None;
    }
    // From the operating system's zeroed pages: large memories cost nothing until they are written.
    Some(vec![0; n])
}

/// Adds `x^n`, within the store's bound and what the allocator has; whether it could.
fn extend<T: Copy>(xs: &mut Vec<T>, n: u64, x: T, s: &mut Store) -> bool {
    let (Ok(more), Some(bytes)) = (usize::try_from(n), n.checked_mul(size_of::<T>() as u64)) else { return false };
    if !s.has_room(bytes) || !room(xs, more) || !s.reserve(bytes) {
        return false;
    }
    xs.extend(std::iter::repeat_n(x, more));
    true
}

/// `growmem(meminst, n)`: the pages `i'` that the memory would have; `None` where it is undefined.
pub(crate) fn growmem(mi: &MemInst, n: u64) -> Option<u64> {
    let MemType { addr, limits, .. } = mi.ty;
    let i = (mi.bytes.len() as u64 / PAGE).checked_add(n)?;
    (limits.max.is_none_or(|j| i <= j) && i <= 1 << (addr.size() - 16)).then_some(i)
}

/// `with_meminst(z, x, mi)` for a memory that grows to `i` pages, in place; `false` beyond the store's bound.
pub(crate) fn with_meminst(s: &mut Store, a: Addr, i: u64) -> bool {
    let old = s.mems[a as usize].bytes.len();
    let Some(Ok(new)) = i.checked_mul(PAGE).map(usize::try_from) else { return false };
    let more = new - old;
    // A memory that grows by much is copied to zeroed pages, so that it costs nothing until it is written. One that grows
    // by little is extended, so that growing page by page does not copy it each time.
    let fresh = if more > old / 2 { zeroed(new, s) } else { None };
    let mut bytes = std::mem::take(&mut s.mems[a as usize].bytes);
    let grown = match fresh {
        Some(mut fresh) => {
            fresh[..old].copy_from_slice(&bytes);
            bytes = fresh;
            s.release(old as u64);
            true
        }
        None => extend(&mut bytes, more as u64, 0, s),
    };
    let mi = &mut s.mems[a as usize];
    mi.bytes = bytes;
    if grown {
        mi.ty.limits.min = i;
    }
    grown
}

/// `growtable(tableinst, n, r)`: the elements `i'` that the table would have; `None` where it is undefined.
pub(crate) fn growtable(ti: &TableInst, n: u64) -> Option<u64> {
    let TableType { addr, limits, .. } = ti.ty;
    let i = (ti.refs.len() as u64).checked_add(n)?;
    let max = match addr {
        AddrType::I32 => u32::MAX as u64,
        AddrType::I64 => u64::MAX,
    };
    (limits.max.is_none_or(|j| i <= j) && i <= max).then_some(i)
}

/// `with_tableinst(z, x, ti)` for a table that grows to `i` elements, in place; `false` beyond the store's bound.
pub(crate) fn with_tableinst(s: &mut Store, a: Addr, i: u64, r: Ref) -> bool {
    let mut refs = std::mem::take(&mut s.tables[a as usize].refs);
    let more = i - refs.len() as u64;
    let grown = extend(&mut refs, more, r, s);
    let ti = &mut s.tables[a as usize];
    ti.refs = refs;
    if grown {
        ti.ty.limits.min = i;
    }
    grown
}

/// `fieldval`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldVal {
    /// `val`
    Val(Value),
    /// `PACK packtype iN`
    Pack(PackType, u32),
}

/// `structinst*` or `arrayinst*`: the fields of all instances one after the other.
#[derive(Clone, Debug, Default)]
pub struct Heap {
    insts: Vec<HeapInst>,
    fields: Vec<Slot>,
}

#[derive(Clone, Copy, Debug)]
struct HeapInst {
    ty: DefType,
    len: u32,
    start: u64,
}

impl Heap {
    /// The number of instances.
    pub fn len(&self) -> usize {
        self.insts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.insts.is_empty()
    }

    /// The `TYPE` of an instance.
    #[inline]
    pub fn ty(&self, a: Addr) -> DefType {
        self.insts[a as usize].ty
    }

    /// The `FIELDS` of an instance.
    #[inline]
    pub fn fields(&self, a: Addr) -> &[Slot] {
        let HeapInst { start, len, .. } = self.insts[a as usize];
        &self.fields[start as usize..][..len as usize]
    }

    /// The `FIELDS` of an instance, to be written.
    #[inline]
    pub(crate) fn fields_mut(&mut self, a: Addr) -> &mut [Slot] {
        let HeapInst { start, len, .. } = self.insts[a as usize];
        &mut self.fields[start as usize..][..len as usize]
    }

    /// Makes room for an instance with `n` fields; whether the allocator has it.
    #[inline]
    pub(crate) fn make_room(&mut self, n: usize) -> bool {
        room(&mut self.fields, n) && room(&mut self.insts, 1)
    }

    /// `add_structinst`, `add_arrayinst`: the next address, with these fields.
    #[inline]
    pub(crate) fn add(&mut self, ty: DefType, fields: &[Slot]) -> Addr {
        let (len, start) = (fields.len() as u32, self.fields.len() as u64);
        self.fields.extend(fields.iter().map(Slot::copied));
        self.insts.push(HeapInst { ty, len, start });
        self.insts.len() as Addr - 1
    }

    /// See [`Store::hash_state`].
    pub(crate) fn hash_state<H: std::hash::Hasher>(&self, h: &mut H) {
        use std::hash::Hash as _;
        self.insts.len().hash(h);
        for inst in &self.insts {
            (inst.ty, inst.len).hash(h);
        }
        self.fields.hash(h);
    }

    /// What an instance with `n` fields takes of the store's bound.
    #[inline]
    pub(crate) fn size(n: usize) -> u64 {
        (size_of::<HeapInst>() + n * size_of::<Slot>()) as u64
    }
}

/// `default(t)`: the default value of a type, if it has one (`Defaultable`, `Nondefaultable`).
#[inline]
pub fn default(t: ValType) -> Option<Value> {
    match t {
        ValType::Num(NumType::I32) => Some(Value::i32(0)),
        ValType::Num(NumType::I64) => Some(Value::i64(0)),
        ValType::Num(NumType::F32) => Some(Value::Num(Num::F32(0))),
        ValType::Num(NumType::F64) => Some(Value::Num(Num::F64(0))),
        ValType::Vec(VecType::V128) => Some(Value::Vec(V128([0; 16]))),
        ValType::Ref(RefType { null: true, .. }) => Some(Value::Ref(Ref::Null)),
        ValType::Ref(RefType { null: false, .. }) | ValType::Bot => None,
    }
}

/// `Defaultable` and `Nondefaultable`
pub fn defaultable<O: crate::observe::Observer>(t: ValType, o: &mut O) -> bool {
    let defined = default(t).is_some();
    o.rule(if defined { rule!("Defaultable") } else { rule!("Nondefaultable") });
    defined
}

/// `packfield(zt, val)`; `None` when the value is not of the type.
#[inline(always)]
pub(crate) fn packfield(zt: StorageType, val: Slot) -> Option<Slot> {
    match zt {
        StorageType::Val(_) => Some(val.copied()),
        StorageType::Pack(pt) => val.as_i32().map(|i| Slot::pack(pt, i)),
    }
}

/// `unpackfield(zt, sx?, fieldval)`; `None` when type, signedness and field do not fit together.
#[inline(always)]
pub(crate) fn unpackfield(zt: StorageType, sx: Option<Sx>, fv: Slot) -> Option<Slot> {
    match (zt, sx) {
        (StorageType::Val(_), None) => Some(fv.copied()),
        (StorageType::Pack(pt), Some(sx)) => {
            let (i, shift) = (fv.as_packed()?, 32 - pt.size());
            Some(Slot::from(Num::I32(match sx {
                Sx::U => i,
                Sx::S => ((i << shift) as i32 >> shift) as u32,
            })))
        }
        _ => None,
    }
}
