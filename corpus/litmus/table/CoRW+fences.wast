;; CoRW on elements of a shared table, plain accesses and fences.
;; Coherence of a read and a write: another's write is seen and overwritten, and is the last nevertheless.

(@outcomes sc "0, 1" "0, 2" "2, 1")
(@outcomes wasm "0, 1" "0, 2" "2, 1" "2, 2")
(@source "threads proposal, overview: fences are ordered like sequentially consistent accesses, as atomic_thread_fence(seq_cst) of C11; but plain accesses are not coherent, and to see a plain write does not order it before a fence")

(module $Shared
  (table (export "table") shared 3 3 (ref (shared i31)) (ref.i31_shared (i32.const 0)))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (table $t (import "shared" "table") shared 3 3 (ref (shared i31)))
    (func (export "run") (result i32)
      (i31.get_u (table.get $t (i32.const 0)))
      (atomic.fence)
      (table.set $t (i32.const 0) (ref.i31_shared (i32.const 1)))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (table $t (import "shared" "table") shared 3 3 (ref (shared i31)))
    (func (export "run")
      (table.set $t (i32.const 0) (ref.i31_shared (i32.const 2)))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)

(module $Final
  (table $t (import "shared" "table") shared 3 3 (ref (shared i31)))
  (func (export "final") (result i32)
    (i31.get_u (table.get $t (i32.const 0)))
  )
)
(invoke $Final "final")
