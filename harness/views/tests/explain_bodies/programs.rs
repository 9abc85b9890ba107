//! Modules for what scripts have too little of.

use super::scripts::read;
use lockstep_semantics::syntax::*;

/// Text has no shared segments: those of this module are made shared.
pub(super) fn segments() -> Module {
    let mut module = read(
        r#"(module
  (type $f (shared (func)))
  (type $a (shared (array (mut i32))))
  (type $r (shared (array (mut (ref null (shared any))))))
  (table $t shared 4 (ref null (shared any)))
  (memory $m 1 1 shared)
  (elem $e (ref null (shared any)) (ref.i31_shared (i32.const 1)))
  (data $d "1234")
  (func (type $f)
    (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1))
    (memory.init $m $d (i32.const 0) (i32.const 0) (i32.const 1))
    (memory.copy $m $m (i32.const 0) (i32.const 0) (i32.const 1))
    (drop (array.new_data $a $d (i32.const 0) (i32.const 1)))
    (drop (array.new_elem $r $e (i32.const 0) (i32.const 1)))
    (data.drop $d)
    (elem.drop $e)))"#,
    );
    module.elems[0].share = Share::Shared;
    module.datas[0].share = Share::Shared;
    module
}

/// What the scripts have too little of: references of which only unreachable code knows, in shared functions and in others.
pub(super) const VALID: [&str; 3] = [
    // Of the two branches one takes a shared reference and the other an unshared one.
    r#"(module (type $s (shared (struct))) (type $u (struct))
  (func (param i32) (result (ref null $s)) (unreachable) (ref.as_non_null))
  (func (param i32) (result (ref null $u)) (unreachable) (ref.as_non_null))
  (func (result (ref null (shared any))) (unreachable) (any.convert_extern))
  (func (result anyref) (unreachable) (any.convert_extern))
  (func (result (ref (shared extern))) (unreachable) (ref.as_non_null) (extern.convert_any))
  (func (result i32) (unreachable) (ref.as_non_null) (array.len))
  (func (result i32) (unreachable) (ref.as_non_null) (i31.get_u))
  (func (param (ref null (shared eq))) (result i32) (unreachable) (local.get 0) (ref.eq))
  (func (param (ref null (shared extern))) (result i32) (unreachable) (local.get 0) (any.convert_extern) (ref.as_non_null)
    (drop) (drop) (unreachable))
  (func (result i32) (unreachable) (ref.eq))
  (func (unreachable) (throw_ref))
  (func (unreachable) (br_on_null 0) (drop)))"#,
    // The same in shared functions, and branches that only `bot` will do for.
    r#"(module (type $s (shared (struct))) (type $f (shared (func))) (type $i (shared (func (result i32))))
  (func (type $f) (unreachable) (ref.as_non_null) (drop))
  (func (type $f) (unreachable) (any.convert_extern) (drop))
  (func (type $f) (local (ref null $s)) (local.set 0 (ref.as_non_null (unreachable))))
  (func (type $f) (drop (extern.convert_any (unreachable))))
  (func (type $i) (unreachable) (array.len))
  (func (type $i) (unreachable) (ref.eq))
  (func (type $i) (ref.eq (ref.i31_shared (i32.const 1)) (ref.null $s)))
  (func (type $f) (unreachable) (throw_ref))
  (func (type $f) (unreachable) (br_on_null 0) (drop))
  (func (type $i)
    (block (result i64) (br_table 0 1 (unreachable)))
    (drop) (i32.const 0)))"#,
    // What shared functions may do; a block whose type is that of an unshared function.
    r#"(module
  (type $f (shared (func))) (type $i (shared (func (result i32)))) (type $block (func (param i32) (result i32)))
  (type $s (shared (struct (field (mut i32)) (field (ref null (shared func)))))) (type $t (sub (shared (struct))))
  (type $u (sub $t (shared (struct (field i32))))) (type $throw (shared (func (param i32)))) (type $v (shared (array v128)))
  (tag $tag (type $throw)) (global $g (shared mut i32) (i32.const 0)) (memory 1 1 shared)
  (table $ft shared 1 (ref null (shared func))) (elem declare (ref null (shared func)) (ref.func $one))
  (func $one (type $i) (i32.const 1))
  (func (type $i) (local (ref null $t))
    (local.set 0 (struct.new $u (i32.const 1)))
    (block $l (result (ref $t)) (br_on_cast $l (ref null $t) (ref $t) (local.get 0)) (drop) (struct.new $t))
    (drop)
    (drop (array.get $v (array.new_default $v (i32.const 2)) (i32.const 1)))
    (block $n (result i32 (ref (shared exn)))
      (try_table (catch_ref $tag $n) (throw $tag (i32.const 1)))
      (unreachable))
    (throw_ref))
  (func (type $i) (struct.get $s 0 (struct.new $s (i32.const 1) (ref.func $one))))
  (func (type $i) (i32.const 1) (loop (type $block) (br_if 0 (i32.const 0)) (i32.atomic.load (i32.const 0)) (i32.add)))
  (func (type $i) (i32.atomic.rmw.cmpxchg (i32.const 0) (global.get $g) (call $one)))
  (func (type $i) (call_indirect $ft (type $i) (i32.const 0)))
  (func (type $i) (return_call_indirect $ft (type $i) (i32.const 0)))
  (func (type $i) (return_call_ref $i (ref.func $one)))
  (func (type $i) (return_call $one))
  (func (type $i) (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3)))
  (func (type $f) (atomic.fence) (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))))"#,
];

/// Modules with one function each that is not valid, and the rule that is broken.
pub(super) const INVALID: [(&str, &str); 26] = [
    ("(module (memory 1 1 shared) (func (drop (i32.atomic.load align=1 (i32.const 0)))))", "Memarg_ok/atomic"),
    (
        "(module (memory 1 1 shared) (func (i64.atomic.store16 align=4 (i32.const 0) (i64.const 0))))",
        "Memarg_ok/atomic",
    ),
    ("(module (func (drop (i32.atomic.load (i32.const 0)))))", "Instr_ok/atomic.load-val"),
    (
        "(module (global $g i32 (i32.const 0)) (func (global.atomic.set seqcst $g (i32.const 0))))",
        "Instr_ok/global.atomic.set",
    ),
    (
        "(module (global $g f32 (f32.const 0)) (func (drop (global.atomic.get seqcst $g))))",
        "Instr_ok/global.atomic.get",
    ),
    (
        "(module (global $g (mut anyref) (ref.null any)) (func (drop (global.atomic.rmw.add seqcst $g (ref.null any)))))",
        "Instr_ok/global.atomic.rmw",
    ),
    (
        "(module (table $t 1 funcref) (func (drop (table.atomic.get seqcst $t (i32.const 0)))))",
        "Instr_ok/table.atomic.get",
    ),
    (
        "(module (table $t 1 anyref) (func (drop (table.atomic.rmw.cmpxchg seqcst $t (i32.const 0) (ref.null eq) (ref.null any)))))",
        "Instr_ok/table.atomic.rmw.cmpxchg",
    ),
    (
        "(module (type $s (struct (field (mut i8)))) (func (param (ref $s)) (drop (struct.atomic.get seqcst $s 0 (local.get 0)))))",
        "Instr_ok/struct.atomic.get",
    ),
    (
        "(module (type $s (struct (field (mut i8)))) (func (param (ref $s)) (drop (struct.atomic.rmw.xchg seqcst $s 0 (local.get 0) (i32.const 1)))))",
        "Instr_ok/struct.atomic.rmw.xchg",
    ),
    (
        "(module (type $s (struct (field i32))) (func (param (ref $s)) (struct.atomic.set seqcst $s 0 (local.get 0) (i32.const 1))))",
        "Instr_ok/struct.atomic.set",
    ),
    (
        "(module (type $a (array (mut f64))) (func (param (ref $a)) (drop (array.atomic.get seqcst $a (local.get 0) (i32.const 1)))))",
        "Instr_ok/array.atomic.get",
    ),
    ("(module (func (result i32) (ref.eq (ref.null (shared eq)) (ref.null eq))))", "Instr_ok/ref.eq"),
    (
        "(module (func (result i32) (unreachable) (drop) (ref.null (shared none)) (ref.null none) (ref.eq)))",
        "Instr_ok/ref.eq",
    ),
    ("(module (func (result anyref) (ref.i31_shared (i32.const 0))))", "Expr_ok"),
    ("(module (func (result anyref) (any.convert_extern (ref.null (shared extern)))))", "Expr_ok"),
    ("(module (type $f (shared (func))) (func (type $f) (drop (ref.i31 (i32.const 0)))))", "Instr_ok_shared/types"),
    ("(module (type $f (shared (func))) (func (type $f) (drop (ref.null any))))", "Instr_ok_shared/types"),
    ("(module (type $f (shared (func))) (func (type $f) (local anyref)))", "Func_ok/shared"),
    (
        "(module (type $f (shared (func))) (type $s (struct)) (func (type $f) (drop (struct.new $s))))",
        "Instr_ok_shared/typeidx",
    ),
    (
        "(module (type $f (shared (func))) (type $u (func)) (func $g (type $u)) (func (type $f) (call $g)))",
        "Instr_ok_shared/func",
    ),
    (
        "(module (type $f (shared (func))) (global $g i32 (i32.const 0)) (func (type $f) (drop (global.get $g))))",
        "Instr_ok_shared/global",
    ),
    (
        "(module (type $f (shared (func))) (table $t 1 (ref null (shared any))) (func (type $f) (drop (table.size $t))))",
        "Instr_ok_shared/table",
    ),
    (
        "(module (type $f (shared (func))) (memory 1 1) (func (type $f) (drop (i32.atomic.load (i32.const 0)))))",
        "Instr_ok_shared/mem",
    ),
    (
        "(module (type $f (shared (func))) (elem $e (ref null (shared any))) (func (type $f) (elem.drop $e)))",
        "Instr_ok_shared/elem",
    ),
    (
        "(module (type $f (shared (func))) (type $u (func)) (tag $t (type $u)) (func (type $f) (throw $t)))",
        "Instr_ok_shared/tag",
    ),
];

/// Instructions on references of either sharedness, and on what is shared or not.
pub(super) const POOL: [&str; 72] = [
    "unreachable",
    "drop",
    "i32.const 0",
    "select",
    "ref.null any",
    "ref.null (shared any)",
    "ref.null none",
    "ref.null (shared none)",
    "ref.null (shared eq)",
    "ref.null (shared extern)",
    "ref.null extern",
    "ref.null (shared exn)",
    "ref.null $s",
    "ref.null $u",
    "local.get 0",
    "local.get 1",
    "local.set 1",
    "ref.i31",
    "ref.i31_shared",
    "ref.eq",
    "ref.eq",
    "ref.is_null",
    "ref.as_non_null",
    "ref.as_non_null",
    "i31.get_s",
    "array.len",
    "any.convert_extern",
    "any.convert_extern",
    "extern.convert_any",
    "extern.convert_any",
    "throw_ref",
    "br 0",
    "br_if 0",
    "br_on_null 0",
    "br_table 0 0",
    "return",
    "ref.test (ref null (shared eq))",
    "ref.test (ref $u)",
    "ref.cast (ref (shared i31))",
    "ref.cast (ref null eq)",
    "ref.cast (ref $s)",
    "block $b (result (ref (shared any))) ref.i31_shared i32.const 1 br_on_non_null $b unreachable end",
    "block $b (result (ref null $s)) unreachable br_on_cast $b (ref null (shared any)) (ref null $s) unreachable end",
    "block $b (result (ref (shared exn))) try_table (catch_ref $ts $b) end unreachable end",
    "block $b (result (ref exn)) try_table (catch_ref $tu $b) end unreachable end",
    "block $b (result (ref exn)) try_table (catch_all_ref $b) end unreachable end",
    "block (type $plain) end",
    "loop (result anyref) unreachable end",
    "if (param) nop else nop end",
    "select (result (ref null (shared eq)))",
    "struct.new $s",
    "struct.new $u",
    "struct.get $s 0",
    "struct.atomic.rmw.add seqcst $s 0",
    "struct.atomic.rmw.cmpxchg acqrel $s 1",
    "struct.atomic.get seqcst $u 0",
    "struct.atomic.set seqcst $u 1",
    "global.get $gs",
    "global.get $gu",
    "global.atomic.rmw.xchg seqcst $gs",
    "global.atomic.rmw.cmpxchg acqrel $gu",
    "table.atomic.get seqcst $t",
    "table.atomic.rmw.cmpxchg seqcst $t",
    "i32.atomic.load $ms",
    "i64.atomic.rmw16.xchg_u $mu",
    "memory.atomic.notify $ms",
    "memory.atomic.wait64 $ms",
    "call $fs",
    "call $fu",
    "call_indirect $tf (type $f)",
    "ref.func $fs",
    "throw $ts",
];
