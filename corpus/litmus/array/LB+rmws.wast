;; LB on elements of a shared array, read-modify-writes, sequentially consistent.
;; Load buffering: each thread reads what the other writes later.

(@outcomes sc "0, 0" "0, 1" "1, 0")
(@outcomes wasm "0, 0" "0, 1" "1, 0")
(@source "C11: read-modify-writes of a location are totally ordered, and each reads what the one before it wrote")

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
    (func (export "run") (result i32)
      (array.atomic.rmw.add seqcst $a (global.get $p) (i32.const 0) (i32.const 0))
      (drop (array.atomic.rmw.xchg seqcst $a (global.get $p) (i32.const 1) (i32.const 1)))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $a (shared (array (mut i32))))
    (global $p (import "shared" "array") (ref $a))
    (func (export "run") (result i32)
      (array.atomic.rmw.add seqcst $a (global.get $p) (i32.const 1) (i32.const 0))
      (drop (array.atomic.rmw.xchg seqcst $a (global.get $p) (i32.const 0) (i32.const 1)))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
