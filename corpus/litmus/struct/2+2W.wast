;; 2+2W on fields of a shared struct, plain accesses.
;; Two threads write two locations in opposite orders, and both first writes are the last.

(@outcomes sc "1 2" "2 1" "2 2")
(@outcomes wasm "1 1" "1 2" "2 1" "2 2")
(@source "Weakening WebAssembly (OOPSLA 2019), 3: plain accesses that race are ordered by happens-before only, and are not coherent")

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
      (struct.set $s $x (global.get $p) (i32.const 1))
      (struct.set $s $y (global.get $p) (i32.const 2))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $s (shared (struct (field $x (mut i32)) (field $y (mut i32)) (field $z (mut i32)))))
    (global $p (import "shared" "struct") (ref $s))
    (func (export "run")
      (struct.set $s $y (global.get $p) (i32.const 1))
      (struct.set $s $x (global.get $p) (i32.const 2))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)

(module $Final
  (type $s (shared (struct (field $x (mut i32)) (field $y (mut i32)) (field $z (mut i32)))))
  (global $p (import "shared" "struct") (ref $s))
  (func (export "final") (result i32 i32)
    (struct.get $s $x (global.get $p))
    (struct.get $s $y (global.get $p))
  )
)
(invoke $Final "final")
