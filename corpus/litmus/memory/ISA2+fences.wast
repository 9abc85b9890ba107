;; ISA2 on linear memory, plain accesses and fences.
;; Message passing through a third thread and a third location.

(@outcomes sc "0, 0 0" "0, 0 1" "0, 1 0" "0, 1 1" "1, 0 0" "1, 0 1" "1, 1 1")
(@outcomes wasm "0, 0 0" "0, 0 1" "0, 1 0" "0, 1 1" "1, 0 0" "1, 0 1" "1, 1 1")
(@source "threads proposal, overview: fences are ordered like sequentially consistent accesses, as atomic_thread_fence(seq_cst) of C11; but plain accesses are not coherent, and to see a plain write does not order it before a fence")

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
      (atomic.fence)
      (i32.store (i32.const 4) (i32.const 1))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (result i32)
      (i32.load (i32.const 4))
      (atomic.fence)
      (i32.store (i32.const 8) (i32.const 1))
    )
  )
  (invoke "run")
)
(thread $T3 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (result i32 i32)
      (i32.load (i32.const 8))
      (atomic.fence)
      (i32.load (i32.const 0))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
(wait $T3)
