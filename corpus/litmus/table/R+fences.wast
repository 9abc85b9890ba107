;; R on elements of a shared table, plain accesses and fences.
;; Of two writes the later one is by a thread that does not see what precedes the other.

(@outcomes sc "0, 1" "1, 1" "1, 2")
(@outcomes wasm "0, 1" "1, 1" "1, 2")
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
      (atomic.fence)
      (table.set $t (i32.const 1) (ref.i31_shared (i32.const 1)))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (table $t (import "shared" "table") shared 3 3 (ref (shared i31)))
    (func (export "run") (result i32)
      (table.set $t (i32.const 1) (ref.i31_shared (i32.const 2)))
      (atomic.fence)
      (i31.get_u (table.get $t (i32.const 0)))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)

(module $Final
  (table $t (import "shared" "table") shared 3 3 (ref (shared i31)))
  (func (export "final") (result i32)
    (i31.get_u (table.get $t (i32.const 1)))
  )
)
(invoke $Final "final")
