;; ISA2 on fields of a shared struct, read-modify-writes, acquire and release.
;; Message passing through a third thread and a third location.

(@outcomes sc "0, 0 0" "0, 0 1" "0, 1 0" "0, 1 1" "1, 0 0" "1, 0 1" "1, 1 1")
(@outcomes wasm "0, 0 0" "0, 0 1" "0, 1 0" "0, 1 1" "1, 0 0" "1, 0 1" "1, 1 1")
(@source "C11: read-modify-writes of a location are totally ordered, and each reads what the one before it wrote")

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
      (drop (struct.atomic.rmw.xchg acqrel $s $x (global.get $p) (i32.const 1)))
      (drop (struct.atomic.rmw.xchg acqrel $s $y (global.get $p) (i32.const 1)))
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
      (struct.atomic.rmw.add acqrel $s $y (global.get $p) (i32.const 0))
      (drop (struct.atomic.rmw.xchg acqrel $s $z (global.get $p) (i32.const 1)))
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
      (struct.atomic.rmw.add acqrel $s $z (global.get $p) (i32.const 0))
      (struct.atomic.rmw.add acqrel $s $x (global.get $p) (i32.const 0))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
(wait $T3)
