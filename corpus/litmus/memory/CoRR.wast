;; CoRR on linear memory, plain accesses.
;; Coherence of two reads: the second sees an older value.

(@outcomes sc "0 0" "0 1" "1 1")
(@outcomes wasm "0 0" "0 1" "1 0" "1 1")
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
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (result i32 i32)
      (i32.load (i32.const 0))
      (i32.load (i32.const 0))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
