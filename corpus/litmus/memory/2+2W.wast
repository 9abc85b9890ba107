;; 2+2W on linear memory, plain accesses.
;; Two threads write two locations in opposite orders, and both first writes are the last.

(@outcomes sc "1 2" "2 1" "2 2")
(@outcomes wasm "1 1" "1 2" "2 1" "2 2")
(@source "Weakening WebAssembly (OOPSLA 2019), 3: plain accesses that race are ordered by happens-before only, and are not coherent")

(module $Shared
  (memory (export "mem") 1 1 shared)
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run")
      (i32.store (i32.const 0) (i32.const 1))
      (i32.store (i32.const 4) (i32.const 2))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run")
      (i32.store (i32.const 4) (i32.const 1))
      (i32.store (i32.const 0) (i32.const 2))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)

(module $Final
  (memory (import "shared" "mem") 1 1 shared)
  (func (export "final") (result i32 i32)
    (i32.load (i32.const 0))
    (i32.load (i32.const 4))
  )
)
(invoke $Final "final")
