//! Wasmtime, in this process.

use lockstep_engines::watchdog::Watch;
use lockstep_engines::{
    Answer, Engine, Failure, InstanceId, Limits, Link, LinkReason, ModuleId, Resource, Session, Thrown,
};
use lockstep_engines::{RefVal, Val, spectest};
use lockstep_semantics::execution::TrapClass;
use lockstep_semantics::syntax::{self, AddrType, NumType, Share};
use rustc_hash::FxHashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;
use wasmtime as wt;

/// How often running code asks whether its time is up.
const EPOCH: Duration = Duration::from_millis(10);
/// The stack of WebAssembly code where nothing else is asked for; the threads that run scripts have more.
const STACK: usize = 1 << 20;
/// The memory of a store where nothing else is asked for.
const MEMORY: usize = 4 << 30;

/// Wasmtime with all of WebAssembly 3.0 and atomics.
#[derive(Clone)]
pub struct Wasmtime {
    engine: wt::Engine,
}

impl Wasmtime {
    /// Wasmtime, compiled by Cranelift with its usual optimisations.
    ///
    /// # Errors
    /// When there is no Cranelift for this machine.
    pub fn new() -> Result<Self, Failure> {
        let mut config = wt::Config::new();
        config
            .wasm_gc(true)
            .wasm_function_references(true)
            .wasm_exceptions(true)
            .wasm_tail_call(true)
            .wasm_memory64(true)
            .wasm_multi_memory(true)
            .wasm_extended_const(true)
            .wasm_threads(true)
            .shared_memory(true)
            .wasm_backtrace_max_frames(None)
            .generate_address_map(false)
            .native_unwind_info(false)
            .max_wasm_stack(STACK)
            .epoch_interruption(true)
            // Address space is not plenty when many sessions are open.
            .memory_reservation(1 << 26)
            .gc_heap_reservation(1 << 24);
        let engine = wt::Engine::new(&config).map_err(|e| Failure::Unsupported(format!("{e:#}").into()))?;
        let weak = engine.weak();
        let ticking = thread::Builder::new().name("epochs".into()).spawn(move || {
            while let Some(engine) = weak.upgrade() {
                engine.increment_epoch();
                drop(engine);
                thread::sleep(EPOCH);
            }
        });
        ticking.map_err(|e| Failure::Unsupported(format!("no thread for the epochs: {e}").into()))?;
        Ok(Wasmtime { engine })
    }
}

impl Engine for Wasmtime {
    fn name(&self) -> &str {
        "wasmtime"
    }

    fn version(&self) -> &str {
        VERSION
    }

    fn open(&self, limits: &Limits) -> Result<Box<dyn Session + '_>, Failure> {
        let watch = Watch::of(limits);
        let memory = limits.memory.map_or(MEMORY, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        let limiter = wt::StoreLimitsBuilder::new().memory_size(memory).table_elements(memory / size_of::<u64>());
        let mut store = wt::Store::new(&self.engine, limiter.instances(usize::MAX).memories(usize::MAX).build());
        store.limiter(|limits| limits);
        store.set_epoch_deadline(1);
        let interrupt = watch.as_ref().map(|watch| watch.interrupt());
        store.epoch_deadline_callback(move |_| match &interrupt {
            Some(interrupt) if interrupt.load(Ordering::Relaxed) => Ok(wt::UpdateDeadline::Interrupt),
            _ => Ok(wt::UpdateDeadline::Continue(1)),
        });
        let mut session = WasmtimeSession {
            engine: &self.engine,
            store,
            watch,
            modules: Vec::new(),
            instances: Vec::new(),
            spectest: FxHashMap::default(),
            registry: FxHashMap::default(),
        };
        session.alloc_spectest().map_err(|e| Failure::Crash(format!("spectest: {e:#}")))?;
        Ok(Box::new(session))
    }
}

/// The version of the crate that this was built with, as the lock file has it.
const VERSION: &str = env!("LOCKSTEP_WASMTIME_VERSION");

struct WasmtimeSession<'e> {
    engine: &'e wt::Engine,
    store: wt::Store<wt::StoreLimits>,
    watch: Option<Arc<Watch>>,
    modules: Vec<wt::Module>,
    instances: Vec<wt::Instance>,
    spectest: FxHashMap<&'static str, wt::Extern>,
    registry: FxHashMap<String, InstanceId>,
}

impl WasmtimeSession<'_> {
    fn alloc_spectest(&mut self) -> wt::Result<()> {
        for (name, params) in spectest::FUNCS {
            let params = params.iter().map(|t| match t {
                NumType::I32 => wt::ValType::I32,
                NumType::I64 => wt::ValType::I64,
                NumType::F32 => wt::ValType::F32,
                NumType::F64 => wt::ValType::F64,
            });
            let ty = wt::FuncType::new(self.engine, params, []);
            let func = wt::Func::new(&mut self.store, ty, |_, _, _| Ok(()));
            self.spectest.insert(name, func.into());
        }
        for (name, val) in spectest::GLOBALS {
            let (ty, val) = match val {
                Val::I32(i) => (wt::ValType::I32, wt::Val::I32(i.cast_signed())),
                Val::I64(i) => (wt::ValType::I64, wt::Val::I64(i.cast_signed())),
                Val::F32(z) => (wt::ValType::F32, wt::Val::F32(z)),
                Val::F64(z) => (wt::ValType::F64, wt::Val::F64(z)),
                Val::V128(_) | Val::Ref(_) => continue,
            };
            let ty = wt::GlobalType::new(ty, wt::Mutability::Const);
            self.spectest.insert(name, wt::Global::new(&mut self.store, ty, val)?.into());
        }
        for (name, ty) in spectest::TABLES {
            let ty = match ty.addr {
                AddrType::I32 => {
                    let max = ty.limits.max.and_then(|max| u32::try_from(max).ok());
                    wt::TableType::new(wt::RefType::FUNCREF, ty.limits.min as u32, max)
                }
                AddrType::I64 => wt::TableType::new64(wt::RefType::FUNCREF, ty.limits.min, ty.limits.max),
            };
            self.spectest.insert(name, wt::Table::new(&mut self.store, ty, wt::Ref::Func(None))?.into());
        }
        for (name, ty) in spectest::MEMORIES {
            let syntax::Limits { min, max } = ty.limits;
            let memory = match (ty.share, max) {
                (Share::Shared, Some(max)) => {
                    wt::SharedMemory::new(self.engine, wt::MemoryType::shared(min as u32, max as u32))?.into()
                }
                _ => {
                    let max = max.and_then(|max| u32::try_from(max).ok());
                    wt::Memory::new(&mut self.store, wt::MemoryType::new(min as u32, max))?.into()
                }
            };
            self.spectest.insert(name, memory);
        }
        Ok(())
    }

    /// Does something within the time allowed. A panic is a crash of the engine.
    fn guarded<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, Failure>) -> Result<T, Failure> {
        if let Some(watch) = &self.watch {
            watch.arm();
        }
        let result = catch_unwind(AssertUnwindSafe(|| run(self)));
        if let Some(watch) = &self.watch {
            watch.disarm();
        }
        result.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            Err(Failure::Crash(format!("panic: {}", text.unwrap_or("without a message"))))
        })
    }

    fn exported(&mut self, instance: InstanceId, name: &str) -> Result<wt::Extern, Failure> {
        let export = self.instances[instance.0].get_export(&mut self.store, name);
        export.ok_or_else(|| Failure::Misuse(format!("there is no export {name:?}")))
    }

    /// How an operation ended that failed.
    fn end(&mut self, error: wt::Error) -> Failure {
        if let Some(trap) = error.downcast_ref::<wt::Trap>() {
            return of_trap(*trap);
        }
        if error.downcast_ref::<wt::ThrownException>().is_some() {
            return self.thrown();
        }
        if error.downcast_ref::<wt::GcHeapOutOfMemory<()>>().is_some() {
            return Failure::Exhausted(Resource::Memory);
        }
        Failure::Limit(format!("{error:#}").into())
    }

    fn thrown(&mut self) -> Failure {
        let Some(exception) = self.store.take_pending_exception() else {
            return Failure::Crash("an exception that is not there".into());
        };
        match self.describe(exception) {
            Ok(thrown) => Failure::Exception(thrown),
            Err(error) => Failure::Crash(format!("an exception that cannot be read: {error:#}")),
        }
    }

    fn describe(&mut self, exception: wt::Rooted<wt::ExnRef>) -> wt::Result<Thrown> {
        let tag = exception.tag(&mut self.store)?;
        let mut name = None;
        'search: for i in 0..self.instances.len() {
            let exports = self.instances[i].exports(&mut self.store);
            let tags: Vec<_> =
                exports.filter_map(|e| Some((e.name().to_owned(), e.into_extern().into_tag()?))).collect();
            for (export, candidate) in tags {
                if wt::Tag::eq(&tag, &candidate, &self.store) {
                    name = Some(export);
                    break 'search;
                }
            }
        }
        let mut fields = Vec::new();
        if name.is_some() {
            let values: Vec<wt::Val> = exception.fields(&mut self.store)?.collect();
            for value in values {
                fields.push(self.seen(value)?);
            }
        }
        Ok(Thrown { tag: name, fields })
    }

    /// The observable part of a value.
    fn seen(&mut self, value: wt::Val) -> wt::Result<Val> {
        let reference = match value {
            wt::Val::I32(i) => return Ok(Val::I32(i.cast_unsigned())),
            wt::Val::I64(i) => return Ok(Val::I64(i.cast_unsigned())),
            wt::Val::F32(z) => return Ok(Val::F32(z)),
            wt::Val::F64(z) => return Ok(Val::F64(z)),
            wt::Val::V128(v) => return Ok(Val::V128(v.as_u128().to_le_bytes())),
            wt::Val::FuncRef(None)
            | wt::Val::ExternRef(None)
            | wt::Val::AnyRef(None)
            | wt::Val::ExnRef(None)
            | wt::Val::ContRef(_) => RefVal::Null,
            wt::Val::FuncRef(Some(_)) => RefVal::Func,
            wt::Val::ExnRef(Some(_)) => RefVal::Exn,
            wt::Val::ExternRef(Some(r)) => RefVal::Extern(self.host(r)?),
            wt::Val::AnyRef(Some(r)) => {
                if let Some(i) = r.as_i31(&self.store)? {
                    RefVal::I31(i.get_u32())
                } else if r.is_struct(&self.store)? {
                    RefVal::Struct
                } else if r.is_array(&self.store)? {
                    RefVal::Array
                } else {
                    let r = wt::ExternRef::convert_any(&mut self.store, r)?;
                    RefVal::Host(self.host(r)?.unwrap_or(u32::MAX))
                }
            }
        };
        Ok(Val::Ref(reference))
    }

    /// The number of a reference of the host.
    fn host(&self, r: wt::Rooted<wt::ExternRef>) -> wt::Result<Option<u32>> {
        Ok(r.data(&self.store)?.and_then(|data| data.downcast_ref::<u32>()).copied())
    }

    /// The value of a type that a script names.
    fn value(&mut self, val: Val, ty: &wt::ValType) -> Result<wt::Val, Failure> {
        let misuse = |e: wt::Error| Failure::Misuse(format!("{e:#}"));
        Ok(match val {
            Val::I32(i) => wt::Val::I32(i.cast_signed()),
            Val::I64(i) => wt::Val::I64(i.cast_signed()),
            Val::F32(z) => wt::Val::F32(z),
            Val::F64(z) => wt::Val::F64(z),
            Val::V128(bytes) => wt::Val::V128(u128::from_le_bytes(bytes).into()),
            Val::Ref(RefVal::Null) => match ty.as_ref().map(|r| r.heap_type().top()) {
                Some(wt::HeapType::Func) => wt::Val::FuncRef(None),
                Some(wt::HeapType::Extern) => wt::Val::ExternRef(None),
                Some(wt::HeapType::Any) => wt::Val::AnyRef(None),
                Some(wt::HeapType::Exn) => wt::Val::ExnRef(None),
                _ => return Err(Failure::Misuse("a null reference where there is none of the type".into())),
            },
            Val::Ref(RefVal::I31(i)) => {
                wt::Val::AnyRef(Some(wt::AnyRef::from_i31(&mut self.store, wt::I31::wrapping_u32(i))))
            }
            Val::Ref(RefVal::Extern(Some(n))) => {
                wt::Val::ExternRef(Some(wt::ExternRef::new(&mut self.store, n).map_err(misuse)?))
            }
            Val::Ref(RefVal::Host(n)) => {
                let r = wt::ExternRef::new(&mut self.store, n).map_err(misuse)?;
                wt::Val::AnyRef(Some(wt::AnyRef::convert_extern(&mut self.store, r).map_err(misuse)?))
            }
            Val::Ref(r) => return Err(Failure::Misuse(format!("{r} cannot be an argument"))),
        })
    }

    fn seen_all(&mut self, values: Vec<wt::Val>) -> Answer {
        let seen: wt::Result<Vec<Val>> = values.into_iter().map(|value| self.seen(value)).collect();
        seen.map_err(|e| Failure::Crash(format!("a value that cannot be read: {e:#}")))
    }
}

impl Session for WasmtimeSession<'_> {
    fn load(&mut self, bytes: &[u8]) -> Result<ModuleId, Failure> {
        self.guarded(|s| {
            let module = wt::Module::from_binary(s.engine, bytes).map_err(rejected)?;
            s.modules.push(module);
            Ok(ModuleId(s.modules.len() - 1))
        })
    }

    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, Failure> {
        self.guarded(|s| {
            let module = s.modules[module.0].clone();
            let mut imports = Vec::new();
            for import in module.imports() {
                let found = match s.registry.get(import.module()) {
                    Some(instance) => s.instances[instance.0].get_export(&mut s.store, import.name()),
                    None if import.module() == spectest::NAME => s.spectest.get(import.name()).cloned(),
                    None => None,
                };
                let unknown = || {
                    let (module, name) = (import.module().to_owned(), import.name().to_owned());
                    Failure::Unlinkable(Link::Unknown, LinkReason::Import { module, name })
                };
                imports.push(found.ok_or_else(unknown)?);
            }
            match wt::Instance::new(&mut s.store, &module, &imports) {
                Ok(instance) => {
                    s.instances.push(instance);
                    Ok(InstanceId(s.instances.len() - 1))
                }
                Err(error) => {
                    let text = format!("{error:#}");
                    if text.contains("incompatible import type") {
                        return Err(Failure::Unlinkable(Link::Incompatible, text.into()));
                    }
                    Err(s.end(error))
                }
            }
        })
    }

    fn register(&mut self, name: &str, instance: InstanceId) -> Result<(), Failure> {
        self.registry.insert(name.to_owned(), instance);
        Ok(())
    }

    fn invoke(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Answer {
        let Some(func) = self.exported(instance, function)?.into_func() else {
            return Err(Failure::Misuse(format!("the export {function:?} is not a function")));
        };
        self.guarded(|s| {
            let ty = func.ty(&s.store);
            if ty.params().len() != args.len() {
                let takes = ty.params().len();
                return Err(Failure::Misuse(format!("the function takes {takes} arguments, not {}", args.len())));
            }
            let mut values = Vec::with_capacity(args.len());
            for (i, (val, ty)) in args.iter().zip(ty.params()).enumerate() {
                let value = s.value(*val, &ty)?;
                if !value.matches_ty(&s.store, &ty).unwrap_or(false) {
                    return Err(Failure::Misuse(format!(
                        "argument {} ({val}) has not the type of the parameter",
                        i + 1
                    )));
                }
                values.push(value);
            }
            let mut results = vec![wt::Val::I32(0); ty.results().len()];
            match func.call(&mut s.store, &values, &mut results) {
                Ok(()) => s.seen_all(results),
                Err(error) => Err(s.end(error)),
            }
        })
    }

    fn global(&mut self, instance: InstanceId, global: &str) -> Result<Val, Failure> {
        let Some(global) = self.exported(instance, global)?.into_global() else {
            return Err(Failure::Misuse(format!("the export {global:?} is not a global")));
        };
        self.guarded(|s| {
            let value = global.get(&mut s.store);
            s.seen(value).map_err(|e| Failure::Crash(format!("a value that cannot be read: {e:#}")))
        })
    }

    fn table(&mut self, instance: InstanceId, table: &str) -> Answer {
        let Some(table) = self.exported(instance, table)?.into_table() else {
            return Err(Failure::Misuse(format!("the export {table:?} is not a table")));
        };
        self.guarded(|s| {
            let mut refs = Vec::new();
            for i in 0..table.size(&s.store) {
                let r =
                    table.get(&mut s.store, i).ok_or_else(|| Failure::Crash("a table shorter than it says".into()))?;
                refs.push(wt::Val::from(r));
            }
            s.seen_all(refs)
        })
    }

    fn memory(&mut self, instance: InstanceId, memory: &str) -> Result<Vec<u8>, Failure> {
        match self.exported(instance, memory)? {
            wt::Extern::Memory(memory) => Ok(memory.data(&self.store).to_vec()),
            wt::Extern::SharedMemory(_) => {
                Err(Failure::Unsupported("reading a shared memory without unsafe code".into()))
            }
            _ => Err(Failure::Misuse(format!("the export {memory:?} is not a memory"))),
        }
    }
}

/// Why bytes are not taken. Wasmtime does not tell the malformed from the invalid.
fn rejected(error: wt::Error) -> Failure {
    let text = format!("{error:#}");
    if ["not enabled", "not supported", "unsupported"].iter().any(|part| text.contains(part)) {
        Failure::Unsupported(text.into())
    } else if text.contains("implementation limit") {
        Failure::Limit(text.into())
    } else {
        Failure::Rejected(text)
    }
}

fn of_trap(trap: wt::Trap) -> Failure {
    use wt::Trap as T;
    let class = match trap {
        T::StackOverflow => return Failure::Exhausted(Resource::Stack),
        T::AllocationTooLarge => return Failure::Exhausted(Resource::Memory),
        T::OutOfFuel => return Failure::Exhausted(Resource::Steps),
        T::Interrupt => return Failure::Timeout,
        T::MemoryOutOfBounds => TrapClass::MemoryOutOfBounds,
        T::HeapMisaligned => TrapClass::UnalignedAtomic,
        T::AtomicWaitNonSharedMemory => TrapClass::ExpectedShared,
        T::TableOutOfBounds => TrapClass::TableOutOfBounds,
        T::IndirectCallToNull | T::NullReference => TrapClass::NullReference,
        T::BadSignature | T::CastFailure => TrapClass::CastFailure,
        T::IntegerOverflow => TrapClass::IntegerOverflow,
        T::IntegerDivisionByZero => TrapClass::DivisionByZero,
        T::BadConversionToInteger => TrapClass::InvalidConversion,
        T::UnreachableCodeReached => TrapClass::Unreachable,
        T::ArrayOutOfBounds => TrapClass::ArrayOutOfBounds,
        _ => return Failure::Trap(None, trap.to_string().into()),
    };
    Failure::Trap(Some(class), trap.to_string().into())
}
