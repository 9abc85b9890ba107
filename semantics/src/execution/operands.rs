//! How many values each instruction takes.

use super::*;
use crate::execution;
use crate::syntax::*;

/// `blocktype(z, bt)`, as numbers of values; `None` where the type is not that of a function.
pub(crate) fn block_arity(s: &Store, module: ModuleAddr, bt: BlockType) -> Option<(usize, usize)> {
    match bt {
        BlockType::Result(t) => Some((0, t.is_some() as usize)),
        BlockType::Idx(x) => match expand(s, module, x)? {
            CompType::Func(ft) => Some((ft.params.len(), ft.results.len())),
            CompType::Struct(_) | CompType::Array(_) => None,
        },
    }
}

fn expand(s: &Store, module: ModuleAddr, x: TypeIdx) -> Option<&CompType> {
    s.modules[module.0 as usize].types.get(x as usize).map(|&dt| s.types.expand(dt))
}

/// How many of the topmost values an instruction of a module takes as its operands. `top` is the topmost value, if it
/// is a reference: how many a call takes is known by the function that is called. `None` where nothing in the module is
/// what the instruction names.
///
/// Branches and their like, which take what is left of them in their context, have no operands in this sense.
pub fn operands(s: &Store, module: ModuleAddr, instr: &Instr, top: Option<Ref>) -> Option<usize> {
    use Instr::*;
    Some(match *instr {
        Block(bt, _) | Loop(bt, _) | TryTable(bt, ..) => block_arity(s, module, bt)?.0,
        // The arguments, if there is a function that takes them, and the reference.
        CallRef(_) => match top {
            Some(execution::Ref::Func(a)) => s.func_type(a).params.len() + 1,
            _ => 1,
        },
        Throw(x) => {
            let tag = *s.modules[module.0 as usize].tags.get(x as usize)?;
            expand_func(&s.types, s.tags[tag as usize].ty).params.len()
        }
        StructNew(x) => match expand(s, module, x)? {
            CompType::Struct(fts) => fts.len(),
            CompType::Array(_) | CompType::Func(_) => return None,
        },
        ArrayNewFixed(_, n) => n as usize,
        Atomic(atomic) => atomic.operands(),
        Nop
        | Unreachable
        | Br(_)
        | Call(_)
        | CallIndirect(..)
        | Return
        | ReturnCall(_)
        | ReturnCallRef(_)
        | ReturnCallIndirect(..)
        | LocalGet(_)
        | GlobalGet(_)
        | TableSize(_)
        | ElemDrop(_)
        | MemorySize(_)
        | DataDrop(_)
        | RefNull(_)
        | RefFunc(_)
        | StructNewDefault(_)
        | Const(_)
        | Vconst(_)
        | Ref(_)
        | Trap
        | Waiting(..)
        | End => 0,
        Drop | If(..) | BrIf(_) | BrTable(..) | BrOnNull(_) | BrOnNonNull(_) | BrOnCast(..) | BrOnCastFail(..)
        | ThrowRef | LocalSet(_) | LocalTee(_) | GlobalSet(_) | TableGet(_) | Load(..) | Vload(..) | MemoryGrow(_)
        | RefIsNull | RefAsNonNull | RefTest(_) | RefCast(_) | RefI31 | RefI31Shared | I31Get(_) | StructGet(..)
        | ArrayNewDefault(_) | ArrayLen | ExternConvertAny | AnyConvertExtern | Unop(_) | Testop(..) | Cvtop(..)
        | Vvunop(_) | Vvtestop(_) | Vunop(_) | Vtestop(_) | Vbitmask(_) | Vsplat(_) | VextractLane(..)
        | Vextunop(..) | Vcvtop(..) => 1,
        TableSet(_) | TableGrow(_) | Store(..) | VloadLane(..) | Vstore(..) | VstoreLane(..) | RefEq
        | StructSet(..) | ArrayNew(_) | ArrayNewData(..) | ArrayNewElem(..) | ArrayGet(..) | Binop(_) | Relop(_)
        | Vvbinop(_) | Vbinop(_) | Vrelop(_) | Vshiftop(..) | Vswizzlop(_) | Vshuffle(_) | VreplaceLane(..)
        | Vextbinop(..) | Vnarrow(..) => 2,
        Select(_) | TableFill(_) | TableCopy(..) | TableInit(..) | MemoryFill(_) | MemoryCopy(..) | MemoryInit(..)
        | ArraySet(_) | Vvternop(_) | Vternop(_) | Vextternop(..) => 3,
        ArrayFill(_) | ArrayInitData(..) | ArrayInitElem(..) => 4,
        ArrayCopy(..) => 5,
    })
}
