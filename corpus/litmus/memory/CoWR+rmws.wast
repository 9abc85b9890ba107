;; CoWR on linear memory, read-modify-writes, sequentially consistent.
;; Coherence of a write and a read: another's write is seen after one's own, and is overwritten by it.

(@outcomes sc "1, 1" "1, 2" "2, 2")
(@outcomes wasm "1, 1" "1, 2" "2, 2")
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
      (drop (i32.atomic.rmw.xchg (i32.const 0) (i32.const 1)))
      (i32.atomic.rmw.add (i32.const 0) (i32.const 0))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run")
      (drop (i32.atomic.rmw.xchg (i32.const 0) (i32.const 2)))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)

(module $Final
  (memory (import "shared" "mem") 1 1 shared)
  (func (export "final") (result i32)
    (i32.load (i32.const 0))
  )
)
(invoke $Final "final")
