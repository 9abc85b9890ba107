//! The state of the generator: the module under construction, and the body of a function in it.

use super::kinds::heap;
use super::rand::Rand;
use super::types::Types;
use lockstep_semantics::syntax::*;

/// The expected dynamic type of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// Anything of its type.
    Unknown,
    /// Null.
    Null,
    /// Of this type, exactly.
    Of(HeapType),
}

/// A local.
#[derive(Clone, Copy, Debug)]
pub(super) struct Local {
    pub(super) ty: ValType,
    /// Whether it has been set, here.
    pub(super) set: bool,
    /// The expected content.
    pub(super) hint: Expected,
    /// Whether it is left alone: counters of loops.
    pub(super) reserved: bool,
}

/// A label, and whether it may be a target: those of loops may not, but by their counters.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) types: Vec<ValType>,
    pub(super) target: bool,
}

/// The body of a function under construction.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) seqs: Vec<Vec<Instr>>,
    pub(super) params: usize,
    pub(super) locals: Vec<Local>,
    pub(super) labels: Vec<Label>,
    pub(super) results: Vec<ValType>,
    /// Roughly how much more to generate.
    pub(super) budget: i32,
    /// Whether it may call functions: it then uses up fuel.
    pub(super) calls: bool,
    /// How many loops there are around.
    pub(super) loops: u32,
    /// Whether it is the body of a shared function, which accesses shared objects only.
    pub(super) shared: bool,
    /// The results of floating-point operations keep their NaNs.
    pub(super) raw: bool,
}

/// A function with its body, when it has been written.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) ty: TypeIdx,
    pub(super) body: Option<(Vec<ValType>, Seq)>,
}

/// Helper functions, emitted on first use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Helper {
    /// Canonicalises NaNs, in `f32`, `f64`, `f32x4` and `f64x2`.
    Nan(ValType, bool),
    /// The number of an internal reference, shared or not, with the depth that remains.
    ProbeNode(Share),
    /// Of a function.
    ProbeFunc,
    /// Of an exception, with the depth that remains.
    ProbeExn,
}

/// The module under construction. Imports come first in the index spaces.
pub(super) struct Gen<'r, 'a, 'b> {
    pub(super) r: &'r mut Rand<'a, 'b>,
    pub(super) types: Types,
    pub(super) module: Module,
    pub(super) code: Code,
    pub(super) tags: Vec<TypeIdx>,
    pub(super) globals: Vec<GlobalType>,
    pub(super) tables: Vec<TableType>,
    pub(super) mems: Vec<MemType>,
    pub(super) funcs: Vec<TypeIdx>,
    pub(super) elems: Vec<(RefType, u32)>,
    pub(super) datas: Vec<u32>,
    pub(super) written: Vec<Written>,
    pub(super) helpers: Vec<(Helper, FuncIdx)>,
    /// How many functions are there for all to call.
    pub(super) user_funcs: usize,
    /// How many types are those of the first module of the program, when this is a later one.
    pub(super) shared: Option<usize>,
    /// The global that holds the fuel.
    pub(super) fuel: GlobalIdx,
    /// The memory of probes for references: of unshared and of shared ones.
    pub(super) met: [Option<(TableIdx, GlobalIdx)>; 2],
    /// The proposals that are used.
    pub(super) features: Features,
    /// Whether functions are shared.
    pub(super) functions: bool,
    /// Whether definitions other than types, memories and functions are shared.
    pub(super) definitions: bool,
    /// Whether segments are shared, too.
    pub(super) segments: bool,
    /// Whether the host has references to pass.
    pub(super) host_references: bool,
    /// The functions that are shared.
    pub(super) shared_funcs: Vec<FuncIdx>,
    /// Tables from here on belong to probes.
    pub(super) user_tables: usize,
    /// Globals from here on belong to probes.
    pub(super) user_globals: usize,
    pub(super) b: Body,
}

impl Gen<'_, '_, '_> {
    /// Writes an instruction.
    pub(super) fn emit(&mut self, instr: Instr) {
        if let Some(seq) = self.b.seqs.last_mut() {
            seq.push(instr);
        }
    }
    /// Writes several.
    pub(super) fn emit_all<const N: usize>(&mut self, instrs: [Instr; N]) {
        for instr in instrs {
            self.emit(instr);
        }
    }
    /// `i32.const`
    pub(super) fn i32(&mut self, i: u32) {
        self.emit(Instr::Const(Num::I32(i)));
    }
    /// `i64.const`
    pub(super) fn i64(&mut self, i: u64) {
        self.emit(Instr::Const(Num::I64(i)));
    }
    /// The constant of an address type.
    pub(super) fn addr(&mut self, at: AddrType, i: u64) {
        match at {
            AddrType::I32 => self.i32(i as u32),
            AddrType::I64 => self.i64(i),
        }
    }
    /// A new local.
    pub(super) fn local(&mut self, ty: ValType) -> LocalIdx {
        self.b.locals.push(Local { ty, set: defaultable(ty), hint: Expected::Unknown, reserved: false });
        (self.b.locals.len() - 1) as LocalIdx
    }
    /// A new local that only its maker uses.
    pub(super) fn reserved(&mut self, ty: ValType) -> LocalIdx {
        let x = self.local(ty);
        self.b.locals[x as usize].reserved = true;
        x
    }
    /// Sets a local to the topmost value.
    pub(super) fn set_local(&mut self, x: LocalIdx, hint: Expected) {
        let local = &mut self.b.locals[x as usize];
        (local.set, local.hint) = (true, hint);
        self.emit(Instr::LocalSet(x));
    }
    /// The type of a block.
    pub(super) fn blocktype(&mut self, params: &[ValType], results: &[ValType]) -> BlockType {
        match (params, results) {
            ([], []) => BlockType::Result(None),
            ([], [t]) => BlockType::Result(Some(*t)),
            _ => BlockType::Idx(self.types.func(params, results)),
        }
    }
    /// Writes a nested sequence in the scope of a label with these types.
    pub(super) fn nested(&mut self, label: Label, write: impl FnOnce(&mut Self)) -> Seq {
        let before: Vec<bool> = self.b.locals.iter().map(|local| local.set).collect();
        self.b.labels.push(label);
        self.b.seqs.push(Vec::new());
        write(self);
        self.b.labels.pop();
        for (i, local) in self.b.locals.iter_mut().enumerate() {
            local.set = before.get(i).copied().unwrap_or_else(|| defaultable(local.ty));
        }
        let seq = self.b.seqs.pop().unwrap_or_default();
        self.code.add_seq(seq.into_iter().map(|instr| (instr, 0)), 0)
    }
    /// Writes a block.
    pub(super) fn block(&mut self, results: &[ValType], write: impl FnOnce(&mut Self)) {
        let seq = self.nested(Label { types: results.to_vec(), target: true }, write);
        let bt = self.blocktype(&[], results);
        self.emit(Instr::Block(bt, seq));
    }
    /// Writes a conditional; the condition has been written.
    pub(super) fn if_else(
        &mut self,
        results: &[ValType],
        then: impl FnOnce(&mut Self),
        otherwise: impl FnOnce(&mut Self),
    ) {
        let label = Label { types: results.to_vec(), target: true };
        let then = self.nested(label.clone(), then);
        let otherwise = self.nested(label, otherwise);
        let bt = self.blocktype(&[], results);
        self.emit(Instr::If(bt, then, otherwise));
    }
    /// Writes a loop whose label is no target but for its own end.
    pub(super) fn loop_(&mut self, write: impl FnOnce(&mut Self)) {
        let seq = self.nested(Label { types: Vec::new(), target: false }, write);
        self.emit(Instr::Loop(BlockType::Result(None), seq));
    }

    /// A new function, whose body is to come.
    pub(super) fn declare(&mut self, ty: TypeIdx) -> FuncIdx {
        self.funcs.push(ty);
        self.written.push(Written { ty, body: None });
        (self.funcs.len() - 1) as FuncIdx
    }
    /// How many functions are imported.
    pub(super) fn imported_funcs(&self) -> usize {
        self.funcs.len() - self.written.len()
    }
    /// Writes the body of a function.
    pub(super) fn write(&mut self, f: FuncIdx, write: impl FnOnce(&mut Self)) {
        let ft = self.types.functype(self.funcs[f as usize]);
        let locals = ft.params.iter().map(|ty| Local { ty: *ty, set: true, hint: Expected::Unknown, reserved: false });
        let body = Body {
            params: ft.params.len(),
            locals: locals.collect(),
            labels: vec![Label { types: ft.results.clone(), target: true }],
            results: ft.results,
            seqs: vec![Vec::new()],
            ..Body::default()
        };
        let outer = std::mem::replace(&mut self.b, body);
        write(self);
        let mut body = std::mem::replace(&mut self.b, outer);
        let seq = self.code.add_seq(body.seqs.pop().unwrap_or_default().into_iter().map(|instr| (instr, 0)), 0);
        let locals = body.locals[body.params..].iter().map(|local| local.ty).collect();
        let at = f as usize - self.imported_funcs();
        self.written[at].body = Some((locals, seq));
    }
    /// Writes an expression that belongs to no function.
    pub(super) fn constant(&mut self, write: impl FnOnce(&mut Self)) -> Seq {
        let outer = std::mem::replace(&mut self.b, Body { seqs: vec![Vec::new()], ..Body::default() });
        write(self);
        let mut body = std::mem::replace(&mut self.b, outer);
        self.code.add_seq(body.seqs.pop().unwrap_or_default().into_iter().map(|instr| (instr, 0)), 0)
    }

    /// The functions whose type matches a heap type.
    pub(super) fn funcs_of(&self, ht: HeapType) -> Vec<FuncIdx> {
        let fits = |x: &usize| self.types.heap_sub(heap(self.funcs[*x]), ht);
        (0..self.user_funcs).filter(fits).map(|x| x as FuncIdx).collect()
    }
}

/// Whether a local of this type need not be set.
pub(super) fn defaultable(t: ValType) -> bool {
    !matches!(t, ValType::Ref(RefType { null: false, .. }))
}
