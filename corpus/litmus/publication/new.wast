;; A structure is made and its reference published, all by plain accesses: whoever sees the reference sees what it was made with.

(@outcomes sc "-1" "42")
(@outcomes wasm "-1" "42")
(@source "shared-everything-threads, overview, Memory Model Considerations: uninitialized data cannot be observed, even by other threads")

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
    (func (export "run") (global.set $g (struct.new $s (i32.const 42))))
  )
  (invoke "run")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $s (shared (struct (field $value (mut i32)))))
    (global $g (import "shared" "g") (shared mut (ref null $s)))
    (func (export "run") (result i32) (local $r (ref null $s))
      (local.set $r (global.get $g))
      (if (result i32) (ref.is_null (local.get $r))
        (then (i32.const -1))
        (else (struct.get $s $value (local.get $r)))))
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
