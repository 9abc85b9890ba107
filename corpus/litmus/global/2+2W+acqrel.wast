;; 2+2W on shared globals, acquire and release.
;; Two threads write two locations in opposite orders, and both first writes are the last.

(@outcomes sc "1 2" "2 1" "2 2")
(@outcomes wasm "1 1" "1 2" "2 1" "2 2")
(@source "C11 release and acquire, to which the overview of shared-everything-threads refers; for the shapes see Maranget, Sarkar, Sewell, A Tutorial Introduction to the ARM and POWER Relaxed Memory Models, and Lahav et al., Repairing Sequential Consistency in C/C++11 (PLDI 2017)")

(module $Shared
  (global (export "x") (shared mut i32) (i32.const 0))
  (global (export "y") (shared mut i32) (i32.const 0))
  (global (export "z") (shared mut i32) (i32.const 0))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (global $x (import "shared" "x") (shared mut i32))
    (global $y (import "shared" "y") (shared mut i32))
    (global $z (import "shared" "z") (shared mut i32))
    (func (export "run")
      (global.atomic.set acqrel $x (i32.const 1))
      (global.atomic.set acqrel $y (i32.const 2))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (global $x (import "shared" "x") (shared mut i32))
    (global $y (import "shared" "y") (shared mut i32))
    (global $z (import "shared" "z") (shared mut i32))
    (func (export "run")
      (global.atomic.set acqrel $y (i32.const 1))
      (global.atomic.set acqrel $x (i32.const 2))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)

(module $Final
  (global $x (import "shared" "x") (shared mut i32))
  (global $y (import "shared" "y") (shared mut i32))
  (global $z (import "shared" "z") (shared mut i32))
  (func (export "final") (result i32 i32)
    (global.get $x)
    (global.get $y)
  )
)
(invoke $Final "final")
