;; 2+2W on shared globals, plain accesses.
;; Two threads write two locations in opposite orders, and both first writes are the last.

(@outcomes sc "1 2" "2 1" "2 2")
(@outcomes wasm "1 1" "1 2" "2 1" "2 2")
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
    (func (export "run")
      (global.set $x (i32.const 1))
      (global.set $y (i32.const 2))
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
      (global.set $y (i32.const 1))
      (global.set $x (i32.const 2))
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
