//! Actions in a few characters.

use super::Plan;
use super::alone::NAMED;
use lockstep_semantics::execution::{Action, Addr, Datum, FieldVal, Location, Order, Ref, Value, Waiting};
use lockstep_semantics::syntax::Num;

/// What an action does, as papers on memory models have it: `W` for a write, `R` for a read, the ordering unless the access
/// is plain, location and value.
pub fn label(plan: &Plan<'_>, action: &Action) -> String {
    match *action {
        Action::Read { order, loc, value, .. } => {
            format!("R{} {} = {}", ord(order), location(plan, loc, value), datum(value))
        }
        Action::Write { order, loc, value, .. } => {
            format!("W{} {} = {}", ord(order), location(plan, loc, value), datum(value))
        }
        Action::Rmw { orders, loc, read, written } => {
            let loc = location(plan, loc, read);
            format!("RMW{} {loc}: {} → {}", ord(orders.0.max(orders.1)), datum(read), datum(written))
        }
        Action::Fence => "fence".into(),
        Action::Wait(at) => format!("wait {}", queue(plan, at)),
        Action::Woken(at) => format!("woken {}", queue(plan, at)),
        Action::TimedOut(at) => format!("timeout {}", queue(plan, at)),
        Action::Notify { mem, offset, woken, asked } => {
            format!("notify {}[{offset}]: {woken} of {asked}", memory(plan, mem))
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

fn queue(plan: &Plan<'_>, at: Waiting) -> String {
    format!("{}[{}]", memory(plan, at.mem), at.offset)
}

/// The shared memories of the program have numbers if there are several.
fn memory(plan: &Plan<'_>, a: Addr) -> String {
    let instances = plan.instances.iter().flat_map(|instance| &plan.store.modules[instance.index()].mems);
    let mut shared: Vec<Addr> = instances.copied().filter(|&a| plan.store.is_shared(Location::Length(a))).collect();
    shared.sort_unstable();
    shared.dedup();
    match shared.as_slice() {
        [_] => "mem".into(),
        all => format!("mem{}", all.iter().position(|&b| b == a).unwrap_or(a as usize)),
    }
}

/// An object: one that a thread made, or one that was there before.
fn object(kind: &str, a: Addr) -> String {
    match a.checked_sub(NAMED) {
        Some(made) => format!("new {kind}{made}"),
        None => format!("{kind}{a}"),
    }
}

fn location(plan: &Plan<'_>, loc: Location, value: Datum) -> String {
    match loc {
        Location::Length(a) => format!("|{}|", memory(plan, a)),
        Location::Bytes(a, at) => match value {
            Datum::Bytes(n, _) if n != 4 => format!("{}[{at}:{n}]", memory(plan, a)),
            _ => format!("{}[{at}]", memory(plan, a)),
        },
        Location::Global(a) => format!("global{a}"),
        Location::TableLength(a) => format!("|table{a}|"),
        Location::Slot(a, i) => format!("table{a}[{i}]"),
        Location::Field(a, i) => format!("{}.{i}", object("struct", a)),
        Location::Element(a, i) => format!("{}[{i}]", object("array", a)),
    }
}

fn datum(datum: Datum) -> String {
    match datum {
        Datum::Bytes(_, n) if n < 0x1_0000 => n.to_string(),
        Datum::Bytes(_, n) => format!("{n:#x}"),
        Datum::Zeros(n) => format!("{n} zeros"),
        Datum::Length(n) => n.to_string(),
        Datum::Field(FieldVal::Pack(_, i)) => i.to_string(),
        Datum::Field(FieldVal::Val(value)) => match value {
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
