;; MP on shared globals, plain accesses and fences.
;; Message passing: the flag is seen, the message is not.

(@outcomes sc "0 0" "0 1" "1 1")
(@outcomes wasm "0 0" "0 1" "1 1")
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
      (global.set $y (i32.const 1))
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
    (func (export "run") (result i32 i32)
      (global.get $y)
      (atomic.fence)
      (global.get $x)
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
