;; Exports of a registered instance can be imported; registering again replaces.

(module $one (func (export "f") (result i32) (i32.const 1)) (global (export "g") i32 (i32.const 11)))
(module $two (func (export "f") (result i32) (i32.const 2)))
(register "one" $one)
(register "latest")

(module
  (func (export "one") (import "one" "f") (result i32))
  (func (export "latest") (import "latest" "f") (result i32))
)
(assert_return (invoke "one") (i32.const 1))
(assert_return (invoke "latest") (i32.const 2))
(assert_return (get $one "g") (i32.const 11))

(register "one" $two)
(module (func (export "one") (import "one" "f") (result i32)))
(assert_return (invoke "one") (i32.const 2))

(assert_return (module (func $f (import "one" "f") (result i32)) (start $g) (func $g (drop (call $f)))))
