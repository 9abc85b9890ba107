;; A table grows by an element that refers to a new structure: whoever sees the element sees the structure's fields.

(@outcomes sc "1, -1" "1, 7")
(@outcomes wasm "1, -1" "1, 7")
(@source "shared-everything-threads, overview, Memory Model Considerations: uninitialized data cannot be observed, even by other threads; that tables grow as memories do is our reading")

(module $Shared
  (type $s (shared (struct (field (mut i32)))))
  (table (export "t") shared 1 2 (ref null $s))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $s (shared (struct (field (mut i32)))))
    (table $t (import "shared" "t") shared 1 2 (ref null $s))
    (func (export "run") (result i32)
      (table.grow $t (struct.new $s (i32.const 7)) (i32.const 1))))
  (invoke "run")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $s (shared (struct (field (mut i32)))))
    (table $t (import "shared" "t") shared 1 2 (ref null $s))
    (func (export "run") (result i32)
      (if (result i32) (i32.eq (table.size $t) (i32.const 1))
        (then (i32.const -1))
        (else (struct.get $s 0 (table.get $t (i32.const 1)))))))
  (invoke "run")
)

(wait $T1)
(wait $T2)
