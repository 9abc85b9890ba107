;; R on elements of a shared table, acquire and release.
;; Of two writes the later one is by a thread that does not see what precedes the other.

(@outcomes sc "0, 1" "1, 1" "1, 2")
(@outcomes wasm "0, 1" "0, 2" "1, 1" "1, 2")
(@source "C11 release and acquire, to which the overview of shared-everything-threads refers; for the shapes see Maranget, Sarkar, Sewell, A Tutorial Introduction to the ARM and POWER Relaxed Memory Models, and Lahav et al., Repairing Sequential Consistency in C/C++11 (PLDI 2017)")

(module $Shared
  (table (export "table") shared 3 3 (ref (shared i31)) (ref.i31_shared (i32.const 0)))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (table $t (import "shared" "table") shared 3 3 (ref (shared i31)))
    (func (export "run")
      (table.atomic.set acqrel $t (i32.const 0) (ref.i31_shared (i32.const 1)))
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
      (table.atomic.set acqrel $t (i32.const 1) (ref.i31_shared (i32.const 2)))
      (i31.get_u (table.atomic.get acqrel $t (i32.const 0)))
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
