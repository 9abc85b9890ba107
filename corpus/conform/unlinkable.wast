;; Imports that do not fit. What was instantiated before goes on.

(module $M (func (export "f") (param i32)) (global (export "g") (mut i32) (i32.const 1)) (memory (export "m") 1 2))
(register "M" $M)
(assert_unlinkable (module (import "M" "none" (func))) "unknown import")
(assert_unlinkable (module (import "none" "f" (func))) "unknown import")
(assert_unlinkable (module (import "spectest" "none" (func))) "unknown import")
(assert_unlinkable (module (import "M" "f" (func))) "incompatible import type")
(assert_unlinkable (module (import "M" "f" (global i32))) "incompatible import type")
(assert_unlinkable (module (import "M" "g" (global i32))) "incompatible import type")
(assert_unlinkable (module (import "M" "m" (memory 2))) "incompatible import type")
(assert_return (get "g") (i32.const 1))
