;; A module of one thread writes an element segment to a shared table while another thread reads there.

(@outcomes sc "-1 -1" "-1 2" "1 -1" "1 2")
(@outcomes wasm "-1 -1" "-1 2" "1 -1" "1 2")
(@source "WebAssembly 3.0, instantiation and table.init: an active segment is table.init, which is one table.set after the other")

(module $Shared
  (table (export "t") shared 2 2 (ref null (shared i31)))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (table $t (import "shared" "t") shared 2 2 (ref null (shared i31)))
    (elem (table $t) (i32.const 0) (ref null (shared i31)) (ref.i31_shared (i32.const 1)) (ref.i31_shared (i32.const 2))))
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (table $t (import "shared" "t") shared 2 2 (ref null (shared i31)))
    (func $get (param i32) (result i32) (local $r (ref null (shared i31)))
      (local.set $r (table.get $t (local.get 0)))
      (if (result i32) (ref.is_null (local.get $r))
        (then (i32.const -1))
        (else (i31.get_u (local.get $r)))))
    (func (export "run") (result i32 i32)
      (call $get (i32.const 0))
      (call $get (i32.const 1))))
  (invoke "run")
)

(wait $T1)
(wait $T2)
