;; WRC on elements of a shared table, plain accesses and fences.
;; Write to read causality: a message is passed on.

(@outcomes sc "0, 0 0" "0, 0 1" "0, 1 0" "0, 1 1" "1, 0 0" "1, 0 1" "1, 1 1")
(@outcomes wasm "0, 0 0" "0, 0 1" "0, 1 0" "0, 1 1" "1, 0 0" "1, 0 1" "1, 1 0" "1, 1 1")
(@source "threads proposal, overview: fences are ordered like sequentially consistent accesses, as atomic_thread_fence(seq_cst) of C11; but plain accesses are not coherent, and to see a plain write does not order it before a fence")

(module $Shared
  (table (export "table") shared 3 3 (ref (shared i31)) (ref.i31_shared (i32.const 0)))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (table $t (import "shared" "table") shared 3 3 (ref (shared i31)))
    (func (export "run")
      (table.set $t (i32.const 0) (ref.i31_shared (i32.const 1)))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (table $t (import "shared" "table") shared 3 3 (ref (shared i31)))
    (func (export "run") (result i32)
      (i31.get_u (table.get $t (i32.const 0)))
      (atomic.fence)
      (table.set $t (i32.const 1) (ref.i31_shared (i32.const 1)))
    )
  )
  (invoke "run")
)
(thread $T3 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (table $t (import "shared" "table") shared 3 3 (ref (shared i31)))
    (func (export "run") (result i32 i32)
      (i31.get_u (table.get $t (i32.const 1)))
      (atomic.fence)
      (i31.get_u (table.get $t (i32.const 0)))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
(wait $T3)
