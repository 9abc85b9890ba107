;; WRC on fields of a shared struct, sequentially consistent.
;; Write to read causality: a message is passed on.

(@outcomes sc "0, 0 0" "0, 0 1" "0, 1 0" "0, 1 1" "1, 0 0" "1, 0 1" "1, 1 1")
(@outcomes wasm "0, 0 0" "0, 0 1" "0, 1 0" "0, 1 1" "1, 0 0" "1, 0 1" "1, 1 1")
(@source "Weakening WebAssembly (OOPSLA 2019): programs without races on other accesses are sequentially consistent")

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
      (struct.atomic.set seqcst $s $x (global.get $p) (i32.const 1))
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
      (struct.atomic.get seqcst $s $x (global.get $p))
      (struct.atomic.set seqcst $s $y (global.get $p) (i32.const 1))
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
      (struct.atomic.get seqcst $s $y (global.get $p))
      (struct.atomic.get seqcst $s $x (global.get $p))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
(wait $T3)
