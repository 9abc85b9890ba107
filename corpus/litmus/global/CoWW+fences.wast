;; CoWW on shared globals, plain accesses and fences.
;; Coherence of two writes: the second of a thread is the last, whatever the ordering.

(@outcomes sc "0, 2" "1, 2" "2, 2")
(@outcomes wasm "0, 2" "1, 2" "2, 2")
(@source "threads proposal, overview: fences are ordered like sequentially consistent accesses, as atomic_thread_fence(seq_cst) of C11; but plain accesses are not coherent, and to see a plain write does not order it before a fence")

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
      (global.set $x (i32.const 1))
      (atomic.fence)
      (global.set $x (i32.const 2))
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
    (func (export "run") (result i32)
      (global.get $x)
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
  (func (export "final") (result i32)
    (global.get $x)
  )
)
(invoke $Final "final")
