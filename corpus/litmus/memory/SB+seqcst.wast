;; SB on linear memory, sequentially consistent.
;; Store buffering: each thread writes one location and reads the other.

(@outcomes sc "0, 1" "1, 0" "1, 1")
(@outcomes wasm "0, 1" "1, 0" "1, 1")
(@source "Weakening WebAssembly (OOPSLA 2019): programs without races on other accesses are sequentially consistent")

(module $Shared
  (memory (export "mem") 1 1 shared)
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (result i32)
      (i32.atomic.store (i32.const 0) (i32.const 1))
      (i32.atomic.load (i32.const 4))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (result i32)
      (i32.atomic.store (i32.const 4) (i32.const 1))
      (i32.atomic.load (i32.const 0))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
