;; Can structs be shared between threads? Two threads share a point; each writes one coordinate and reads the other.

(@outcomes sc "0, 1" "1, 0" "1, 1")
(@outcomes wasm "0, 0" "0, 1" "1, 0" "1, 1")
(@source "store buffering; see struct/SB.wast")

(module $Shared
  (type $point (shared (struct (field $x (mut i32)) (field $y (mut i32)))))
  (global (export "p") (ref $point) (struct.new_default $point)))
(register "shared" $Shared)

(thread $A (shared (module $Shared)) (register "shared" $Shared)
  (module
    (type $point (shared (struct (field $x (mut i32)) (field $y (mut i32)))))
    (global $p (import "shared" "p") (ref $point))
    (func (export "run") (result i32)
      (struct.set $point $x (global.get $p) (i32.const 1))
      (struct.get $point $y (global.get $p))))
  (invoke "run"))

(thread $B (shared (module $Shared)) (register "shared" $Shared)
  (module
    (type $point (shared (struct (field $x (mut i32)) (field $y (mut i32)))))
    (global $p (import "shared" "p") (ref $point))
    (func (export "run") (result i32)
      (struct.set $point $y (global.get $p) (i32.const 1))
      (struct.get $point $x (global.get $p))))
  (invoke "run"))

(wait $A)
(wait $B)
