;; A field of i32, plain: it never tears.

(@outcomes sc "0")
(@outcomes wasm "0")
(@source "shared-everything-threads, overview, Memory Model Considerations: accesses of i8, i16 and i32 and of references never tear; all other accesses can")

(module $Shared
  (type $s (shared (struct (field (mut i32)))))
  (global (export "struct") (ref $s) (struct.new_default $s))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $s (shared (struct (field (mut i32)))))
    (global $p (import "shared" "struct") (ref $s))
    (func (export "run") (struct.set $s 0 (global.get $p) (i32.const -1)))
  )
  (invoke "run")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $s (shared (struct (field (mut i32)))))
    (global $p (import "shared" "struct") (ref $s))
    (func (export "run") (result i32) (local $v i64)
          (local.set $v (i64.extend_i32_s (struct.get $s 0 (global.get $p))))
          ;; 1 if it is neither the old value nor the new one
          (i32.and (i64.ne (local.get $v) (i64.const 0)) (i64.ne (local.get $v) (i64.const -1))))
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
