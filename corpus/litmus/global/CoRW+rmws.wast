;; CoRW on shared globals, read-modify-writes, sequentially consistent.
;; Coherence of a read and a write: another's write is seen and overwritten, and is the last nevertheless.

(@outcomes sc "0, 1" "0, 2" "2, 1")
(@outcomes wasm "0, 1" "0, 2" "2, 1")
(@source "C11: read-modify-writes of a location are totally ordered, and each reads what the one before it wrote")

(module $Shared
  (global (export "x") (shared mut i32) (i32.const 0))
  (global (export "y") (shared mut i32) (i32.const 0))
  (global (export "z") (shared mut i32) (i32.const 0))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (global $x (import "shared" "x") (shared mut i32))
    (global $y (import "shared" "y") (shared mut i32))
    (global $z (import "shared" "z") (shared mut i32))
    (func (export "run") (result i32)
      (global.atomic.rmw.add seqcst $x (i32.const 0))
      (drop (global.atomic.rmw.xchg seqcst $x (i32.const 1)))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (global $x (import "shared" "x") (shared mut i32))
    (global $y (import "shared" "y") (shared mut i32))
    (global $z (import "shared" "z") (shared mut i32))
    (func (export "run")
      (drop (global.atomic.rmw.xchg seqcst $x (i32.const 2)))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)

(module $Final
  (global $x (import "shared" "x") (shared mut i32))
  (global $y (import "shared" "y") (shared mut i32))
  (global $z (import "shared" "z") (shared mut i32))
  (func (export "final") (result i32)
    (global.get $x)
  )
)
(invoke $Final "final")
