;; LB on elements of a shared table, acquire and release.
;; Load buffering: each thread reads what the other writes later.

(@outcomes sc "0, 0" "0, 1" "1, 0")
(@outcomes wasm "0, 0" "0, 1" "1, 0")
(@source "C11 release and acquire, to which the overview of shared-everything-threads refers; for the shapes see Maranget, Sarkar, Sewell, A Tutorial Introduction to the ARM and POWER Relaxed Memory Models, and Lahav et al., Repairing Sequential Consistency in C/C++11 (PLDI 2017)")

(module $Shared
  (table (export "table") shared 3 3 (ref (shared i31)) (ref.i31_shared (i32.const 0)))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (table $t (import "shared" "table") shared 3 3 (ref (shared i31)))
    (func (export "run") (result i32)
      (i31.get_u (table.atomic.get acqrel $t (i32.const 0)))
      (table.atomic.set acqrel $t (i32.const 1) (ref.i31_shared (i32.const 1)))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (table $t (import "shared" "table") shared 3 3 (ref (shared i31)))
    (func (export "run") (result i32)
      (i31.get_u (table.atomic.get acqrel $t (i32.const 1)))
      (table.atomic.set acqrel $t (i32.const 0) (ref.i31_shared (i32.const 1)))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
