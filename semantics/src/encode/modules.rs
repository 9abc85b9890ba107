//! Binary format of modules (5.4-binary.modules), and of the instructions that hold others (5.3-binary.instructions).

use super::names;
use super::sections::{bytes, section, sized};
use super::types::{externtype, globaltype, memtype, rectype, tabletype, tagtype};
use crate::decode::Dialect;
use crate::opcodes::types::{list, reftype, valtype};
use crate::opcodes::{self, leb_s, leb_u};
use crate::syntax::*;

/// The code of a module, and whose encoding of proposals it is written in.
#[derive(Clone, Copy)]
struct Written<'a> {
    code: &'a Code,
    dialect: Dialect,
}

/// Bit 3 of the flags of a segment that is shared (proposal shared-everything-threads).
fn shared(share: Share) -> u8 {
    u8::from(share == Share::Shared) << 3
}

/// `Bmodule`
pub(super) fn module(module: &Module, dialect: Dialect) -> Vec<u8> {
    let Module {
        types, imports, tags, globals, mems, tables, funcs, datas, elems, start, exports, code, names, ..
    } = module;
    let code = Written { code, dialect };
    let mut out = b"\0asm\x01\0\0\0".to_vec();
    customs(module, None, false, &mut out);
    // The sections in their order, each with the custom sections that a text puts before and after it.
    let mut at = |id: u8, write: &dyn Fn(&mut Vec<u8>)| {
        customs(module, Some(id), false, &mut out);
        write(&mut out);
        customs(module, Some(id), true, &mut out);
    };
    at(1, &|out| vector(1, types, out, rectype));
    at(2, &|out| vector(2, imports, out, import));
    at(3, &|out| vector(3, funcs, out, |func, out| leb_u(func.ty.into(), out)));
    at(4, &|out| vector(4, tables, out, |t, out| table(t, code, out)));
    at(5, &|out| vector(5, mems, out, memtype));
    at(13, &|out| vector(13, tags, out, tagtype));
    at(6, &|out| {
        vector(6, globals, out, |global, out| {
            globaltype(global.ty, out);
            expr(global.init, code, out);
        });
    });
    at(7, &|out| vector(7, exports, out, export));
    at(8, &|out| {
        if let Some(x) = start {
            section(8, out, |out| leb_u((*x).into(), out));
        }
    });
    at(9, &|out| vector(9, elems, out, |e, out| elem(e, code, out)));
    at(12, &|out| {
        if funcs.iter().any(|func| names_data(func.body, code.code)) {
            section(12, out, |out| leb_u(datas.len() as u64, out));
        }
    });
    at(10, &|out| vector(10, funcs, out, |f, out| func(f, code, out)));
    at(11, &|out| vector(11, datas, out, |d, out| data(d, code, out)));
    let named = names::section_of(names);
    if !named.is_empty() {
        section(0, &mut out, |out| out.extend(named));
    }
    customs(module, None, true, &mut out);
    out
}

/// The custom sections that a text puts at a place; `None` is the beginning or the end of the module.
fn customs(module: &Module, at: Option<u8>, after: bool, out: &mut Vec<u8>) {
    for custom in module.customs.iter().filter(|custom| custom.section == at && custom.after == after) {
        section(0, out, |out| {
            bytes(custom.name.as_bytes(), out);
            out.extend(&custom.bytes);
        });
    }
}

/// `Bsection_N(Blist(BX))`; nothing where the list is empty.
fn vector<T>(id: u8, els: &[T], out: &mut Vec<u8>, el: impl FnMut(&T, &mut Vec<u8>)) {
    if !els.is_empty() {
        section(id, out, |out| list(els, out, el));
    }
}

/// `Bimport`
fn import(import: &Import, out: &mut Vec<u8>) {
    bytes(import.module.as_bytes(), out);
    bytes(import.name.as_bytes(), out);
    externtype(&import.ty, out);
}

/// `Bexport`
fn export(export: &Export, out: &mut Vec<u8>) {
    bytes(export.name.as_bytes(), out);
    let (kind, x) = match export.idx {
        ExternIdx::Func(x) => (0x00, x),
        ExternIdx::Table(x) => (0x01, x),
        ExternIdx::Mem(x) => (0x02, x),
        ExternIdx::Global(x) => (0x03, x),
        ExternIdx::Tag(x) => (0x04, x),
    };
    out.push(kind);
    leb_u(x.into(), out);
}

/// The instruction of a sequence that has just one.
fn single(seq: Seq, code: &Code) -> Option<Instr> {
    let mut instrs = code.seq(seq);
    instrs.next().copied().filter(|_| instrs.next().is_none())
}

/// `Btable`
fn table(table: &Table, code: Written<'_>, out: &mut Vec<u8>) {
    if single(table.init, code.code) == Some(Instr::RefNull(table.ty.elem.heap)) {
        return tabletype(&table.ty, out);
    }
    out.extend([0x40, 0x00]);
    tabletype(&table.ty, out);
    expr(table.init, code, out);
}

/// `Belem`
fn elem(elem: &Elem, code: Written<'_>, out: &mut Vec<u8>) {
    const ELEMKIND: u8 = 0x00;
    let share = shared(elem.share);
    let index = |&init: &Expr| match single(init, code.code) {
        Some(Instr::RefFunc(y)) => Some(y),
        _ => None,
    };
    let indices: Option<Vec<FuncIdx>> = elem.init.iter().map(index).collect();
    // Binaryen takes a list of functions to be of type `(ref null func)`, but reads no other declarative segments.
    if let (RefType { null: false, heap: HeapType::Abs(Share::Unshared, AbsHeapType::Func) }, Some(ys)) =
        (elem.ty, indices)
        && (code.dialect != Dialect::Binaryen || matches!(elem.mode, ElemMode::Declare))
    {
        match elem.mode {
            ElemMode::Active(0, offset) => {
                out.push(share);
                expr(offset, code, out);
            }
            ElemMode::Passive => out.extend([1 | share, ELEMKIND]),
            ElemMode::Active(x, offset) => {
                out.push(2 | share);
                leb_u(x.into(), out);
                expr(offset, code, out);
                out.push(ELEMKIND);
            }
            ElemMode::Declare => out.extend([3 | share, ELEMKIND]),
        }
        return list(&ys, out, |&y, out| leb_u(y.into(), out));
    }
    match elem.mode {
        ElemMode::Active(0, offset) if elem.ty == RefType::FUNCREF => {
            out.push(4 | share);
            expr(offset, code, out);
        }
        ElemMode::Passive => {
            out.push(5 | share);
            reftype(elem.ty, out);
        }
        ElemMode::Active(x, offset) => {
            out.push(6 | share);
            leb_u(x.into(), out);
            expr(offset, code, out);
            reftype(elem.ty, out);
        }
        ElemMode::Declare => {
            out.push(7 | share);
            reftype(elem.ty, out);
        }
    }
    list(&elem.init, out, |&init, out| expr(init, code, out));
}

/// `Bdata`
fn data(data: &Data, code: Written<'_>, out: &mut Vec<u8>) {
    match data.mode {
        DataMode::Active(0, offset) => {
            out.push(shared(data.share));
            expr(offset, code, out);
        }
        DataMode::Passive => out.push(1 | shared(data.share)),
        DataMode::Active(x, offset) => {
            out.push(2 | shared(data.share));
            leb_u(x.into(), out);
            expr(offset, code, out);
        }
    }
    bytes(&data.bytes, out);
}

/// `Bcode`: the locals in runs of the same type.
fn func(func: &Func, code: Written<'_>, out: &mut Vec<u8>) {
    sized(out, |out| {
        let runs: Vec<&[ValType]> = func.locals.chunk_by(|t_1, t_2| t_1 == t_2).collect();
        list(&runs, out, |run, out| {
            leb_u(run.len() as u64, out);
            valtype(run[0], out);
        });
        expr(func.body, code, out);
    });
}

/// Whether `dataidx(expr)` is not empty: then the data count section must be there.
fn names_data(body: Expr, code: &Code) -> bool {
    let mut found = false;
    walk(body, code, |event| {
        found |= matches!(
            event,
            ExprPart::Instr(
                Instr::MemoryInit(..) | Instr::DataDrop(_) | Instr::ArrayNewData(..) | Instr::ArrayInitData(..)
            )
        );
    });
    found
}

/// `Bexpr`
fn expr(body: Expr, Written { code, dialect }: Written<'_>, out: &mut Vec<u8>) {
    walk(body, code, |event| match event {
        ExprPart::Instr(Instr::Block(bt, _)) => {
            out.push(0x02);
            blocktype(bt, out);
        }
        ExprPart::Instr(Instr::Loop(bt, _)) => {
            out.push(0x03);
            blocktype(bt, out);
        }
        ExprPart::Instr(Instr::If(bt, ..)) => {
            out.push(0x04);
            blocktype(bt, out);
        }
        ExprPart::Instr(Instr::TryTable(bt, catches, _)) => {
            out.push(0x1F);
            blocktype(bt, out);
            list(code.catches(catches), out, catch);
        }
        ExprPart::Instr(instr) => opcodes::write(instr, code, dialect, out),
        ExprPart::Else => out.push(0x05),
        ExprPart::End => out.push(0x0B),
    });
}

/// What an expression consists of, from left to right.
enum ExprPart {
    /// An instruction; where it holds others, its head.
    Instr(Instr),
    /// Between the two sequences of an `if`.
    Else,
    /// The end of a block, or of the expression.
    End,
}

/// Goes through an expression, with nested sequences on a stack of our own, however deep.
fn walk(body: Expr, code: &Code, mut visit: impl FnMut(ExprPart)) {
    // Where to go on in each sequence, and what comes after an `else`.
    let mut open = vec![(body.0 as usize, None)];
    while let Some((at, otherwise)) = open.last_mut() {
        let instr = code.instrs().get(*at).copied().unwrap_or(Instr::End);
        *at += 1;
        if instr == Instr::End {
            match otherwise.take() {
                Some(Seq(otherwise)) => {
                    *at = otherwise as usize;
                    visit(ExprPart::Else);
                }
                None => {
                    open.pop();
                    visit(ExprPart::End);
                }
            }
            continue;
        }
        visit(ExprPart::Instr(instr));
        match instr {
            Instr::Block(_, seq) | Instr::Loop(_, seq) | Instr::TryTable(_, _, seq) => {
                open.push((seq.0 as usize, None));
            }
            Instr::If(_, seq_1, seq_2) => {
                let empty = code.seq(seq_2).next().is_none();
                open.push((seq_1.0 as usize, (!empty).then_some(seq_2)));
            }
            _ => {}
        }
    }
}

/// `Bblocktype`
fn blocktype(bt: BlockType, out: &mut Vec<u8>) {
    match bt {
        BlockType::Result(None) => out.push(0x40),
        BlockType::Result(Some(t)) => valtype(t, out),
        BlockType::Idx(x) => leb_s(x.into(), out),
    }
}

/// `Bcatch`
fn catch(catch: &Catch, out: &mut Vec<u8>) {
    let (kind, x, l) = match *catch {
        Catch::Catch(x, l) => (0x00, Some(x), l),
        Catch::CatchRef(x, l) => (0x01, Some(x), l),
        Catch::CatchAll(l) => (0x02, None, l),
        Catch::CatchAllRef(l) => (0x03, None, l),
    };
    out.push(kind);
    for x in x.into_iter().chain([l]) {
        leb_u(x.into(), out);
    }
}
