;; R on elements of a shared array, read-modify-writes, sequentially consistent.
;; Of two writes the later one is by a thread that does not see what precedes the other.

(@outcomes sc "0, 1" "1, 1" "1, 2")
(@outcomes wasm "0, 1" "1, 1" "1, 2")
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
    (func (export "run")
      (drop (array.atomic.rmw.xchg seqcst $a (global.get $p) (i32.const 0) (i32.const 1)))
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
      (drop (array.atomic.rmw.xchg seqcst $a (global.get $p) (i32.const 1) (i32.const 2)))
      (array.atomic.rmw.add seqcst $a (global.get $p) (i32.const 0) (i32.const 0))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)

(module $Final
  (type $a (shared (array (mut i32))))
  (global $p (import "shared" "array") (ref $a))
  (func (export "final") (result i32)
    (array.get $a (global.get $p) (i32.const 1))
  )
)
(invoke $Final "final")
