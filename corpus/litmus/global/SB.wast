;; SB on shared globals, plain accesses.
;; Store buffering: each thread writes one location and reads the other.

(@outcomes sc "0, 1" "1, 0" "1, 1")
(@outcomes wasm "0, 0" "0, 1" "1, 0" "1, 1")
(@source "Weakening WebAssembly (OOPSLA 2019), 3: plain accesses that race are ordered by happens-before only, and are not coherent")

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
    (func (export "run") (result i32)
      (global.set $x (i32.const 1))
      (global.get $y)
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
      (global.set $y (i32.const 1))
      (global.get $x)
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
