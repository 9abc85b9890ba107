;; An array is made and its reference published in a table: its elements are seen.

(@outcomes sc "-1" "7")
(@outcomes wasm "-1" "7")
(@source "shared-everything-threads, overview, Memory Model Considerations: uninitialized data cannot be observed, even by other threads")

(module $Shared
  (type $a (shared (array (mut i32))))
  (table (export "t") shared 1 1 (ref null $a))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $a (shared (array (mut i32))))
    (table $t (import "shared" "t") shared 1 1 (ref null $a))
    (func (export "run") (table.set $t (i32.const 0) (array.new $a (i32.const 7) (i32.const 2))))
  )
  (invoke "run")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $a (shared (array (mut i32))))
    (table $t (import "shared" "t") shared 1 1 (ref null $a))
    (func (export "run") (result i32) (local $r (ref null $a))
      (local.set $r (table.get $t (i32.const 0)))
      (if (result i32) (ref.is_null (local.get $r))
        (then (i32.const -1))
        (else (array.get $a (local.get $r) (i32.const 1)))))
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
