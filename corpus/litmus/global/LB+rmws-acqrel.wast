;; LB on shared globals, read-modify-writes, acquire and release.
;; Load buffering: each thread reads what the other writes later.

(@outcomes sc "0, 0" "0, 1" "1, 0")
(@outcomes wasm "0, 0" "0, 1" "1, 0")
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
      (global.atomic.rmw.add acqrel $x (i32.const 0))
      (drop (global.atomic.rmw.xchg acqrel $y (i32.const 1)))
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
    (func (export "run") (result i32)
      (global.atomic.rmw.add acqrel $y (i32.const 0))
      (drop (global.atomic.rmw.xchg acqrel $x (i32.const 1)))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
