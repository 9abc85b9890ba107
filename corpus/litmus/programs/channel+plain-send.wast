;; The one-shot channel with a plain write of the flag: the value may be unseen.

(@outcomes sc "-1" "42")
(@outcomes wasm "-1" "0" "42")
(@source "shared-everything-threads, overview, Memory Model Considerations: release and acquire as in C and C++")

(module $Shared
  (type $chan (shared (struct (field $ready (mut i32)) (field $value (mut i32)))))
  (global (export "chan") (ref $chan) (struct.new_default $chan))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $chan (shared (struct (field $ready (mut i32)) (field $value (mut i32)))))
    (global $c (import "shared" "chan") (ref $chan))
    (func (export "run")
      (struct.set $chan $value (global.get $c) (i32.const 42))
      (struct.set $chan $ready (global.get $c) (i32.const 1)))
  )
  (invoke "run")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $chan (shared (struct (field $ready (mut i32)) (field $value (mut i32)))))
    (global $c (import "shared" "chan") (ref $chan))
    (func (export "run") (result i32)
      (if (result i32) (struct.atomic.get acqrel $chan $ready (global.get $c))
        (then (struct.get $chan $value (global.get $c)))
        (else (i32.const -1))))
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
