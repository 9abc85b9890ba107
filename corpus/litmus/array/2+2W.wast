;; 2+2W on elements of a shared array, plain accesses.
;; Two threads write two locations in opposite orders, and both first writes are the last.

(@outcomes sc "1 2" "2 1" "2 2")
(@outcomes wasm "1 1" "1 2" "2 1" "2 2")
(@source "Weakening WebAssembly (OOPSLA 2019), 3: plain accesses that race are ordered by happens-before only, and are not coherent")

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
      (array.set $a (global.get $p) (i32.const 0) (i32.const 1))
      (array.set $a (global.get $p) (i32.const 1) (i32.const 2))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $a (shared (array (mut i32))))
    (global $p (import "shared" "array") (ref $a))
    (func (export "run")
      (array.set $a (global.get $p) (i32.const 1) (i32.const 1))
      (array.set $a (global.get $p) (i32.const 0) (i32.const 2))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)

(module $Final
  (type $a (shared (array (mut i32))))
  (global $p (import "shared" "array") (ref $a))
  (func (export "final") (result i32 i32)
    (array.get $a (global.get $p) (i32.const 0))
    (array.get $a (global.get $p) (i32.const 1))
  )
)
(invoke $Final "final")
