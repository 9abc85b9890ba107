;; WRC on fields of a shared struct, acquire and release.
;; Write to read causality: a message is passed on.

(@outcomes sc "0, 0 0" "0, 0 1" "0, 1 0" "0, 1 1" "1, 0 0" "1, 0 1" "1, 1 1")
(@outcomes wasm "0, 0 0" "0, 0 1" "0, 1 0" "0, 1 1" "1, 0 0" "1, 0 1" "1, 1 1")
(@source "C11 release and acquire, to which the overview of shared-everything-threads refers; for the shapes see Maranget, Sarkar, Sewell, A Tutorial Introduction to the ARM and POWER Relaxed Memory Models, and Lahav et al., Repairing Sequential Consistency in C/C++11 (PLDI 2017)")

(module $Shared
  (type $s (shared (struct (field $x (mut i32)) (field $y (mut i32)) (field $z (mut i32)))))
  (global (export "struct") (ref $s) (struct.new_default $s))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $s (shared (struct (field $x (mut i32)) (field $y (mut i32)) (field $z (mut i32)))))
    (global $p (import "shared" "struct") (ref $s))
    (func (export "run")
      (struct.atomic.set acqrel $s $x (global.get $p) (i32.const 1))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $s (shared (struct (field $x (mut i32)) (field $y (mut i32)) (field $z (mut i32)))))
    (global $p (import "shared" "struct") (ref $s))
    (func (export "run") (result i32)
      (struct.atomic.get acqrel $s $x (global.get $p))
      (struct.atomic.set acqrel $s $y (global.get $p) (i32.const 1))
    )
  )
  (invoke "run")
)
(thread $T3 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $s (shared (struct (field $x (mut i32)) (field $y (mut i32)) (field $z (mut i32)))))
    (global $p (import "shared" "struct") (ref $s))
    (func (export "run") (result i32 i32)
      (struct.atomic.get acqrel $s $y (global.get $p))
      (struct.atomic.get acqrel $s $x (global.get $p))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
(wait $T3)
