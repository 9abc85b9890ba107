;; LB on linear memory, read-modify-writes, sequentially consistent.
;; Load buffering: each thread reads what the other writes later.

(@outcomes sc "0, 0" "0, 1" "1, 0")
(@outcomes wasm "0, 0" "0, 1" "1, 0")
(@source "C11: read-modify-writes of a location are totally ordered, and each reads what the one before it wrote")

(module $Shared
  (memory (export "mem") 1 1 shared)
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (result i32)
      (i32.atomic.rmw.add (i32.const 0) (i32.const 0))
      (drop (i32.atomic.rmw.xchg (i32.const 4) (i32.const 1)))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (result i32)
      (i32.atomic.rmw.add (i32.const 4) (i32.const 0))
      (drop (i32.atomic.rmw.xchg (i32.const 0) (i32.const 1)))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
