;; Definitions without instances, instances of them, and instances in assertions.

(module definition $D
  (import "spectest" "print" (func))
  (global $g (mut i32) (i32.const 0))
  (func (export "next") (result i32) (global.set $g (i32.add (global.get $g) (i32.const 1))) (global.get $g))
)
(module instance $a $D)
(module instance $b $D)
(assert_return (invoke $a "next") (i32.const 1))
(assert_return (invoke $a "next") (i32.const 2))
(assert_return (invoke $b "next") (i32.const 1))
;; The latest instance goes without a name.
(assert_return (invoke "next") (i32.const 2))
(assert_return (invoke $b "next") (i32.const 3))

(module definition $unknown (import "none" "f" (func)))
(assert_unlinkable (module instance $unknown) "unknown import")
(module definition $unfit (import "spectest" "print" (func (param f64))))
(assert_unlinkable (module instance $unfit) "incompatible import type")
(assert_unlinkable (module instance $i $unfit) "incompatible")
(module definition $start (func $s (unreachable)) (start $s))
(assert_trap (module instance $start) "unreachable")
(assert_trap (module instance $i $start) "unreachable")
(module definition $segment (memory 0) (data (i32.const 0) "x"))
(assert_trap (module instance) "out of bounds memory access")
(assert_trap (module instance $segment) "out of bounds memory access")
;; Without a name it is the latest definition.
(module definition (import "none" "g" (global i32)))
(assert_unlinkable (module instance) "unknown import")
(module definition $fits (func (export "f") (result i32) (i32.const 1)))
(module instance)
(assert_return (invoke "f") (i32.const 1))

;; Actions by themselves, which pass when they return.
(module (global (export "g") i64 (i64.const 8)) (func (export "f") (param i64) (result i64) (local.get 0)))
(get "g")
(assert_return (get "g") (i64.const 8))
(invoke "f" (i64.const 1))
(assert_return (invoke "f" (i64.const 1)) (i64.const 1))
