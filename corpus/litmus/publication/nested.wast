;; A structure in a structure: both are seen as they were made, however they are reached.

(@outcomes sc "-1" "42")
(@outcomes wasm "-1" "42")
(@source "shared-everything-threads, overview, Memory Model Considerations: uninitialized data cannot be observed, even by other threads")

(module $Shared
  (type $s (shared (struct (field $value i32))))
  (type $o (shared (struct (field $inner (mut (ref $s))))))
  (global (export "g") (shared mut (ref null $o)) (ref.null $o))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $s (shared (struct (field $value i32))))
    (type $o (shared (struct (field $inner (mut (ref $s))))))
    (global $g (import "shared" "g") (shared mut (ref null $o)))
    (func (export "run") (global.set $g (struct.new $o (struct.new $s (i32.const 42)))))
  )
  (invoke "run")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $s (shared (struct (field $value i32))))
    (type $o (shared (struct (field $inner (mut (ref $s))))))
    (global $g (import "shared" "g") (shared mut (ref null $o)))
    (func (export "run") (result i32) (local $r (ref null $o))
      (local.set $r (global.get $g))
      (if (result i32) (ref.is_null (local.get $r))
        (then (i32.const -1))
        (else (struct.get $s $value (struct.get $o $inner (local.get $r))))))
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
