;; CoWW on linear memory, sequentially consistent.
;; Coherence of two writes: the second of a thread is the last, whatever the ordering.

(@outcomes sc "0, 2" "1, 2" "2, 2")
(@outcomes wasm "0, 2" "1, 2" "2, 2")
(@source "Weakening WebAssembly (OOPSLA 2019): programs without races on other accesses are sequentially consistent")

(module $Shared
  (memory (export "mem") 1 1 shared)
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run")
      (i32.atomic.store (i32.const 0) (i32.const 1))
      (i32.atomic.store (i32.const 0) (i32.const 2))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (result i32)
      (i32.atomic.load (i32.const 0))
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
