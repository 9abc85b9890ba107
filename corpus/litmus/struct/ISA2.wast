;; ISA2 on fields of a shared struct, plain accesses.
;; Message passing through a third thread and a third location.

(@outcomes sc "0, 0 0" "0, 0 1" "0, 1 0" "0, 1 1" "1, 0 0" "1, 0 1" "1, 1 1")
(@outcomes wasm "0, 0 0" "0, 0 1" "0, 1 0" "0, 1 1" "1, 0 0" "1, 0 1" "1, 1 0" "1, 1 1")
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
      (struct.set $s $y (global.get $p) (i32.const 1))
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
      (struct.get $s $y (global.get $p))
      (struct.set $s $z (global.get $p) (i32.const 1))
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
      (struct.get $s $z (global.get $p))
      (struct.get $s $x (global.get $p))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
(wait $T3)
