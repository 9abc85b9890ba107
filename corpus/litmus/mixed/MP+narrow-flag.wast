;; Message passing, where the flag is stored with 32 bits and read with 8: nothing synchronizes.

(@outcomes sc "0 0" "0 1" "1 1")
(@outcomes wasm "0 0" "0 1" "1 0" "1 1")
(@source "Weakening WebAssembly (OOPSLA 2019), 3.2: each byte is read by itself; accesses synchronize, and are ordered, only where their ranges are the same")

(module $Shared (memory (export "mem") 1 1 shared))
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (i32.store (i32.const 8) (i32.const 1)) (i32.atomic.store (i32.const 0) (i32.const 1)))
  )
  (invoke "run")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (result i32 i32) (i32.atomic.load8_u (i32.const 0)) (i32.load (i32.const 8)))
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
