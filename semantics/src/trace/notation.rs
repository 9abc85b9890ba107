//! Redex and contractum in the notation of the standard, with the names of the module.

use super::redex::Form;
use super::*;
use crate::types::subst_comptype;
use std::fmt::{self, Display, Formatter, Write};

/// The redex of a step, to be printed.
///
/// Of a context, the values in it and the instruction are shown; `…` stands for the rest.
#[derive(Clone, Copy)]
pub struct Redex<'a>(pub(super) Step<'a>);

/// The contractum of a step, to be printed; `ε` for nothing.
#[derive(Clone, Copy)]
pub struct Contractum<'a>(pub(super) Step<'a>);

/// A value where its type is known already: `1` rather than `(i32.const 1)`.
#[derive(Clone, Copy, Debug)]
pub struct Short(pub Slot);

impl Display for Short {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.fieldval() {
            None => f.write_str("unset"),
            Some(FieldVal::Pack(_, i)) => write!(f, "{i}"),
            Some(FieldVal::Val(Value::Ref(r))) => write!(f, "{r}"),
            Some(FieldVal::Val(Value::Num(c))) => write!(f, "{}", c.literal()),
            Some(FieldVal::Val(Value::Vec(c))) => write!(f, "{}", c.literal()),
        }
    }
}

/// The name of a field, or its index.
pub fn field_name(names: &Names, x: TypeIdx, i: FieldIdx) -> String {
    match names.fields.get(&x).and_then(|fields| fields.get(&i)) {
        Some(name) => format!("${name}"),
        None => i.to_string(),
    }
}

/// The name of a local of a function, or its index.
pub fn local_name(s: &Store, func: Option<Addr>, x: LocalIdx) -> String {
    let name = func.and_then(|a| {
        let names = &s.modules[s.funcs[a as usize].module.0 as usize].module.names;
        names.locals.get(&func_idx(s, a)?)?.get(&x)
    });
    match name {
        Some(name) => format!("${name}"),
        None => x.to_string(),
    }
}

/// The index of a function in its module, imports counted.
pub(super) fn func_idx(s: &Store, a: Addr) -> Option<FuncIdx> {
    let fi = &s.funcs[a as usize];
    let FuncCode::Func(i) = fi.code else { return None };
    let mm = &s.modules[fi.module.0 as usize];
    Some((mm.funcs.len() - mm.module.funcs.len()) as FuncIdx + i)
}

/// The name of a function, or its address.
pub fn func_name(s: &Store, a: Addr) -> String {
    let names = &s.modules[s.funcs[a as usize].module.0 as usize].module.names;
    match func_idx(s, a).and_then(|x| names.funcs.get(&x)) {
        Some(name) => format!("${name}"),
        None => format!("funcs[{a}]"),
    }
}

/// A defined type, by the name or the index that a module has for it. `x` is the index that an instruction uses.
pub fn type_name(mm: &ModuleInst, x: Option<TypeIdx>, dt: DefType) -> String {
    match x.or_else(|| mm.types.iter().position(|&t| t == dt).map(|x| x as TypeIdx)) {
        Some(x) => TypeUse::Idx(x).display(&mm.module.names).to_string(),
        None => dt.to_string(),
    }
}

/// `expand(dt)`, with the names of a module.
fn expanded(s: &Store, mm: &ModuleInst, dt: DefType) -> String {
    let mut named = |tu| match tu {
        TypeUse::Def(dt) => type_use(mm, dt),
        tu => tu,
    };
    subst_comptype(s.types.expand(dt), &mut named).display(&mm.module.names).to_string()
}

/// Items separated by spaces.
struct Spaced<'f, 'g> {
    f: &'f mut Formatter<'g>,
    first: bool,
}

impl Spaced<'_, '_> {
    fn item(&mut self, item: impl Display) -> fmt::Result {
        if !std::mem::take(&mut self.first) {
            self.f.write_char(' ')?;
        }
        write!(self.f, "{item}")
    }

    /// An instruction, in parentheses unless it is a single word.
    fn instr(&mut self, step: &Step<'_>, instr: Instr) -> fmt::Result {
        let mm = step.module();
        let instr = match instr {
            // Outside of all modules, the type is that of the function.
            Instr::CallRef(_) if mm.types.is_empty() => {
                let Some(a) = step.callee() else { return self.item("call_ref") };
                let fi = &step.store().funcs[a as usize];
                let home = &step.store().modules[fi.module.0 as usize];
                return match type_use(home, fi.ty) {
                    TypeUse::Idx(x) if home.module.names.types.contains_key(&x) => {
                        self.item(format_args!("(call_ref {})", TypeUse::Idx(x).display(&home.module.names)))
                    }
                    // It has no name: what it is. An index would be that of no module that is entered yet.
                    _ => self.item(format_args!("(call_ref {})", expanded(step.store(), home, fi.ty))),
                };
            }
            // Calls are by defined types, which the module may have names for.
            Instr::CallRef(TypeUse::Def(dt)) => Instr::CallRef(type_use(mm, dt)),
            Instr::ReturnCallRef(TypeUse::Def(dt)) => Instr::ReturnCallRef(type_use(mm, dt)),
            instr => instr,
        };
        let shown = instr.display(&mm.module.code, &mm.module.names);
        let func = step.function().and_then(|a| func_idx(step.store(), a));
        let shown = match func {
            Some(x) => shown.in_func(x),
            None => shown,
        };
        match instr {
            Instr::Ref(r) => self.item(r),
            Instr::Block(..) | Instr::Loop(..) | Instr::If(..) | Instr::TryTable(..) => {
                self.item(format_args!("({shown} …)"))
            }
            Instr::Nop
            | Instr::Unreachable
            | Instr::Drop
            | Instr::Select(None)
            | Instr::Return
            | Instr::ThrowRef
            | Instr::Trap
            | Instr::RefIsNull
            | Instr::RefAsNonNull
            | Instr::RefEq
            | Instr::RefI31
            | Instr::I31Get(_)
            | Instr::ArrayLen
            | Instr::ExternConvertAny
            | Instr::AnyConvertExtern => self.item(shown),
            instr if instr.is_operator() => self.item(shown),
            _ => self.item(format_args!("({shown})")),
        }
    }

    /// `(label_n {…}` and the like, which is to be closed.
    fn open(&mut self, step: &Step<'_>, kind: LayerKind, locals: Option<&[Slot]>) -> fmt::Result {
        match kind {
            LayerKind::Top => self.item("("),
            LayerKind::Label { n, cont: None } => self.item(format_args!("(label_{n} {{}}")),
            LayerKind::Label { n, cont: Some((bt, _)) } => {
                let names = &step.module().module.names;
                self.item(format_args!("(label_{n} {{loop{} …}}", bt.display(names)))
            }
            LayerKind::Handler { n, catches } => {
                let module = &step.module().module;
                self.item(format_args!("(handler_{n} {{"))?;
                for (i, catch) in module.code.catches(catches).iter().enumerate() {
                    write!(self.f, "{}{}", if i > 0 { " " } else { "" }, catch.display(&module.names))?;
                }
                self.f.write_char('}')
            }
            LayerKind::Frame { n, .. } => {
                self.item(format_args!("(frame_{n} {{"))?;
                let Some(locals) = locals else { return self.f.write_str("…}") };
                for (i, local) in locals.iter().take(LOCALS).enumerate() {
                    let sep = if i > 0 { " " } else { "" };
                    match local.value() {
                        Some(val) => write!(self.f, "{sep}{val}")?,
                        None => write!(self.f, "{sep}ε")?,
                    }
                }
                self.f.write_str(if locals.len() > LOCALS { " …}" } else { "}" })
            }
        }
    }
}

/// At most so many locals of a frame are shown.
const LOCALS: usize = 8;
/// At most so many values of a contractum are shown.
const VALUES: usize = 24;

fn type_use(mm: &ModuleInst, dt: DefType) -> TypeUse {
    match mm.types.iter().position(|&t| t == dt) {
        Some(x) => TypeUse::Idx(x as TypeIdx),
        None => TypeUse::Def(dt),
    }
}

impl Instr {
    /// Whether it is a numeric or vector operator without immediates, which the text format writes as one word.
    fn is_operator(&self) -> bool {
        use Instr::*;
        matches!(
            self,
            Unop(_)
                | Binop(_)
                | Testop(..)
                | Relop(_)
                | Cvtop(..)
                | Vvunop(_)
                | Vvbinop(_)
                | Vvternop(_)
                | Vvtestop(_)
                | Vunop(_)
                | Vbinop(_)
                | Vternop(_)
                | Vtestop(_)
                | Vrelop(_)
                | Vshiftop(..)
                | Vbitmask(_)
                | Vswizzlop(_)
                | Vsplat(_)
                | Vextunop(..)
                | Vextbinop(..)
                | Vextternop(..)
                | Vnarrow(..)
                | Vcvtop(..)
        )
    }
}

impl Display for Redex<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let step = &self.0;
        let before = step.before;
        let mut out = Spaced { f, first: true };
        if let Form::Context(kind) = before.form {
            out.open(step, kind, None)?;
        }
        if before.elided {
            out.item("…")?;
        }
        for val in before.operands.iter().filter_map(|slot| slot.value()) {
            out.item(val)?;
        }
        if before.instr != Instr::End {
            out.instr(step, before.instr)?;
        }
        if before.rest {
            out.item("…")?;
        }
        if let Form::Context(_) = before.form { f.write_char(')') } else { Ok(()) }
    }
}

impl Display for Contractum<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let step = &self.0;
        let (z, before) = (step.z, step.before);
        let mut out = Spaced { f, first: true };
        let (mut value, mut closing) = (before.values, vec![(before.pending, 0)]);
        for layer in &z.layers[before.layers.min(z.layers.len())..] {
            out.values(&z.values[value..layer.values as usize])?;
            value = layer.values as usize;
            if let Some((_, end)) = closing.last_mut() {
                *end = layer.pending as usize;
            }
            closing.push((layer.pending as usize, 0));
            out.open(step, layer.kind, Some(&z.locals[z.frame.locals as usize..]))?;
        }
        out.values(&z.values[value..])?;
        let inner = closing.len() - 1;
        closing[inner].1 = z.pending.len();
        for (depth, &(begin, end)) in closing.iter().enumerate().rev() {
            for &instr in z.pending[begin.min(end)..end].iter().rev() {
                out.instr(step, instr)?;
            }
            if depth == inner && inner > 0 && z.right(step.s) {
                out.item("…")?;
            }
            if depth > 0 {
                out.f.write_char(')')?;
            }
        }
        if out.first { f.write_str("ε") } else { Ok(()) }
    }
}

impl Spaced<'_, '_> {
    fn values(&mut self, slots: &[Slot]) -> fmt::Result {
        if slots.len() > VALUES {
            self.item("…")?;
        }
        slots[slots.len().saturating_sub(VALUES)..]
            .iter()
            .filter_map(|slot| slot.value())
            .try_for_each(|val| self.item(val))
    }
}

impl Zipper {
    /// Whether instructions of the program are left in the innermost sequence.
    fn right(&self, s: &Store) -> bool {
        s.modules[self.frame.module.0 as usize].module.code.instrs()[self.pc as usize] != Instr::End
    }
}
