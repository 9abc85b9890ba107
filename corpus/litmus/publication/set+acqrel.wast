;; The same, published by a release and read by an acquire: all is seen.

(@outcomes sc "-1" "42")
(@outcomes wasm "-1" "42")
(@source "shared-everything-threads, overview, Memory Model Considerations: release and acquire as in C and C++")

(module $Shared
  (type $s (shared (struct (field $value (mut i32)))))
  (global (export "g") (shared mut (ref null $s)) (ref.null $s))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $s (shared (struct (field $value (mut i32)))))
    (global $g (import "shared" "g") (shared mut (ref null $s)))
    (func (export "run") (local $r (ref $s))
      (local.set $r (struct.new $s (i32.const 1)))
      (struct.set $s $value (local.get $r) (i32.const 42))
      (global.atomic.set acqrel $g (local.get $r)))
  )
  (invoke "run")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $s (shared (struct (field $value (mut i32)))))
    (global $g (import "shared" "g") (shared mut (ref null $s)))
    (func (export "run") (result i32) (local $r (ref null $s))
      (local.set $r (global.atomic.get acqrel $g))
      (if (result i32) (ref.is_null (local.get $r))
        (then (i32.const -1))
        (else (struct.get $s $value (local.get $r)))))
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
