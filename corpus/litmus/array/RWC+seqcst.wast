;; RWC on elements of a shared array, sequentially consistent.
;; Read to write causality: store buffering, with one of the writes seen by another thread.

(@outcomes sc "0 0, 0" "0 0, 1" "0 1, 0" "0 1, 1" "1 0, 1" "1 1, 0" "1 1, 1")
(@outcomes wasm "0 0, 0" "0 0, 1" "0 1, 0" "0 1, 1" "1 0, 1" "1 1, 0" "1 1, 1")
(@source "Weakening WebAssembly (OOPSLA 2019): programs without races on other accesses are sequentially consistent")

(module $Shared
  (type $a (shared (array (mut i32))))
  (global (export "array") (ref $a) (array.new_default $a (i32.const 3)))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $a (shared (array (mut i32))))
    (global $p (import "shared" "array") (ref $a))
    (func (export "run")
      (array.atomic.set seqcst $a (global.get $p) (i32.const 0) (i32.const 1))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $a (shared (array (mut i32))))
    (global $p (import "shared" "array") (ref $a))
    (func (export "run") (result i32 i32)
      (array.atomic.get seqcst $a (global.get $p) (i32.const 0))
      (array.atomic.get seqcst $a (global.get $p) (i32.const 1))
    )
  )
  (invoke "run")
)
(thread $T3 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $a (shared (array (mut i32))))
    (global $p (import "shared" "array") (ref $a))
    (func (export "run") (result i32)
      (array.atomic.set seqcst $a (global.get $p) (i32.const 1) (i32.const 1))
      (array.atomic.get seqcst $a (global.get $p) (i32.const 0))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
(wait $T3)
