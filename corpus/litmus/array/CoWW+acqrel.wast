;; CoWW on elements of a shared array, acquire and release.
;; Coherence of two writes: the second of a thread is the last, whatever the ordering.

(@outcomes sc "0, 2" "1, 2" "2, 2")
(@outcomes wasm "0, 2" "1, 2" "2, 2")
(@source "C11 release and acquire, to which the overview of shared-everything-threads refers; for the shapes see Maranget, Sarkar, Sewell, A Tutorial Introduction to the ARM and POWER Relaxed Memory Models, and Lahav et al., Repairing Sequential Consistency in C/C++11 (PLDI 2017)")

(module $Shared
  (type $a (shared (array (mut i32))))
  (global (export "array") (ref $a) (array.new_default $a (i32.const 3)))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $a (shared (array (mut i32))))
    (global $p (import "shared" "array") (ref $a))
    (func (export "run")
      (array.atomic.set acqrel $a (global.get $p) (i32.const 0) (i32.const 1))
      (array.atomic.set acqrel $a (global.get $p) (i32.const 0) (i32.const 2))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $a (shared (array (mut i32))))
    (global $p (import "shared" "array") (ref $a))
    (func (export "run") (result i32)
      (array.atomic.get acqrel $a (global.get $p) (i32.const 0))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)

(module $Final
  (type $a (shared (array (mut i32))))
  (global $p (import "shared" "array") (ref $a))
  (func (export "final") (result i32)
    (array.get $a (global.get $p) (i32.const 0))
  )
)
(invoke $Final "final")
