;; A load that does not tear may still mix a store of the same range with one of a part of it.

(@outcomes sc "0" "257" "33685761" "33686018")
(@outcomes wasm "0" "1" "256" "257" "33685761" "33685762" "33686017" "33686018")
(@source "Weakening WebAssembly (OOPSLA 2019), 3.2: each byte is read by itself; accesses synchronize, and are ordered, only where their ranges are the same")

(module $Shared (memory (export "mem") 1 1 shared))
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (i32.store16 (i32.const 0) (i32.const 0x0101)))
  )
  (invoke "run")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (i32.store (i32.const 0) (i32.const 0x02020202)))
  )
  (invoke "run")
)

(thread $T3 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (result i32) (i32.load (i32.const 0)))
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
(wait $T3)
