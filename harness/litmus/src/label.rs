//! Short labels for actions.

use super::Plan;
use super::objects::{NAMED, struct_type};
use lockstep_semantics::execution::{
    Action, Addr, Datum, FieldVal, Location, ModuleInst, Order, Ref, Store, Value, Waiting,
};
use lockstep_semantics::syntax::{DefType, Num};

/// Labels actions, with the names that the modules of a plan give to fields, globals and tables.
pub struct Labels<'p, 'd> {
    plan: &'p Plan<'d>,
    /// The types of structures by address, including those that threads allocate.
    types: Box<dyn Fn(Addr) -> Option<DefType> + 'p>,
}

impl<'p, 'd> Labels<'p, 'd> {
    /// Creates labels. `types` gives the types of structures by address.
    pub fn new(plan: &'p Plan<'d>, types: impl Fn(Addr) -> Option<DefType> + 'p) -> Self {
        Labels { plan, types: Box::new(types) }
    }

    /// Creates labels with the structures of a store.
    pub fn of_store(plan: &'p Plan<'d>, store: &'p Store) -> Self {
        Labels::new(plan, |a| struct_type(store, a))
    }

    /// The label of an action in the notation of the literature on memory models: `W` for a write, `R` for a read, the
    /// ordering unless the access is plain, location and value.
    pub fn label(&self, action: &Action) -> String {
        match *action {
            Action::Read { order, loc, value, .. } => {
                format!("R{} {} = {}", ord(order), self.location(loc, value), datum(value))
            }
            Action::Write { order, loc, value, .. } => {
                format!("W{} {} = {}", ord(order), self.location(loc, value), datum(value))
            }
            Action::Rmw { orders, loc, read, written } => {
                let loc = self.location(loc, read);
                format!("RMW{} {loc}: {} → {}", ord(orders.0.max(orders.1)), datum(read), datum(written))
            }
            Action::Fence => "fence".into(),
            Action::Wait(at) => format!("wait {}", self.queue(at)),
            Action::Woken(at) => format!("woken {}", self.queue(at)),
            Action::TimedOut(at) => format!("timeout {}", self.queue(at)),
            Action::Notify { mem, offset, woken, asked } => {
                format!("notify {}[{offset}]: {woken} of {asked}", self.memory(mem))
            }
        }
    }

    fn queue(&self, at: Waiting) -> String {
        format!("{}[{}]", self.memory(at.mem), at.offset)
    }

    /// The module instances of the script.
    fn modules(&self) -> impl Iterator<Item = &'p ModuleInst> {
        self.plan.instances.iter().map(|instance| &self.plan.store.modules[instance.index()])
    }

    /// The shared memories of the program have numbers if there are several.
    fn memory(&self, a: Addr) -> String {
        let mems = self.modules().flat_map(|mi| &mi.mems).copied();
        let mut shared: Vec<Addr> = mems.filter(|&a| self.plan.store.is_shared(Location::MemSize(a))).collect();
        shared.sort_unstable();
        shared.dedup();
        match shared.as_slice() {
            [_] => "mem".into(),
            all => format!("mem{}", all.iter().position(|&b| b == a).unwrap_or(a as usize)),
        }
    }

    /// The first name that a module has for something, or else its kind and address.
    fn named(&self, kind: &str, a: Addr, name: impl Fn(&'p ModuleInst) -> Option<&'p String>) -> String {
        self.modules().find_map(name).map_or_else(|| format!("{kind}{a}"), |name| format!("${name}"))
    }

    fn table(&self, a: Addr) -> String {
        self.named("table", a, |mi| {
            let x = mi.tables.iter().position(|&b| b == a)?;
            mi.module.names.tables.get(&(x as u32))
        })
    }

    fn field(&self, a: Addr, i: u32) -> String {
        let name = (self.types)(a).and_then(|ty| {
            self.modules().find_map(|mi| {
                let x = mi.types.iter().position(|&dt| dt == ty)?;
                mi.module.names.fields.get(&(x as u32))?.get(&i)
            })
        });
        name.map_or_else(|| i.to_string(), |name| format!("${name}"))
    }

    fn location(&self, loc: Location, value: Datum) -> String {
        match loc {
            Location::MemSize(a) => format!("|{}|", self.memory(a)),
            Location::Bytes(a, at) => match value {
                Datum::Bytes(n, _) if n != 4 => format!("{}[{at}:{n}]", self.memory(a)),
                _ => format!("{}[{at}]", self.memory(a)),
            },
            Location::Global(a) => self.named("global", a, |mi| {
                let x = mi.globals.iter().position(|&b| b == a)?;
                mi.module.names.globals.get(&(x as u32))
            }),
            Location::TableSize(a) => format!("|{}|", self.table(a)),
            Location::TableElem(a, i) => format!("{}[{i}]", self.table(a)),
            Location::Field(a, i) => format!("{}.{}", object("struct", a), self.field(a, i)),
            Location::ArrayElem(a, i) => format!("{}[{i}]", object("array", a)),
        }
    }
}

fn ord(order: Order) -> &'static str {
    match order {
        Order::Init => "init",
        Order::Unordered => "",
        Order::AcqRel => "acqrel",
        Order::SeqCst => "seqcst",
    }
}

/// The label of an object: one that a thread allocated, or one of the initial store.
fn object(kind: &str, a: Addr) -> String {
    match a.checked_sub(NAMED) {
        Some(made) => format!("new {kind}{made}"),
        None => format!("{kind}{a}"),
    }
}

fn datum(datum: Datum) -> String {
    match datum {
        Datum::Bytes(_, n) if n < 0x1_0000 => n.to_string(),
        Datum::Bytes(_, n) => format!("{n:#x}"),
        Datum::Zeros(n) => format!("{n} zeros"),
        Datum::Length(n) => n.to_string(),
        Datum::Val(FieldVal::Pack(_, i)) => i.to_string(),
        Datum::Val(FieldVal::Val(value)) => match value {
            Value::Num(Num::I32(i)) => i.cast_signed().to_string(),
            Value::Num(Num::I64(i)) => i.cast_signed().to_string(),
            Value::Num(Num::F32(z)) => f32::from_bits(z).to_string(),
            Value::Num(Num::F64(z)) => f64::from_bits(z).to_string(),
            Value::Vec(v) => format!("{:#x}", u128::from_le_bytes(v.0)),
            Value::Ref(r) => reference(r),
        },
    }
}

fn reference(r: Ref) -> String {
    match r {
        Ref::Null => "null".into(),
        Ref::I31(i) | Ref::I31Shared(i) => format!("i31:{i}"),
        Ref::Struct(a) => object("struct", a),
        Ref::Array(a) => object("array", a),
        Ref::Func(a) => format!("func{a}"),
        Ref::Exn(a) => format!("exn{a}"),
        Ref::Host(n) => format!("host{n}"),
        Ref::Extern(_) => "extern".into(),
    }
}
