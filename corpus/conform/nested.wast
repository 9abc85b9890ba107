;; Scripts within scripts, one directive each. What is defined in one stays defined.

(script)
(script $s
  (module $inner (func (export "f") (result i32) (i32.const 3)))
  (assert_return (invoke "f") (i32.const 3)))
(assert_return (invoke "f") (i32.const 3))
(assert_return (invoke $inner "f") (i32.const 3))
(script
  (register "inner" $inner)
  (script
    (module (import "inner" "f" (func (result i32))) (export "g" (func 0)))
    (assert_return (invoke "g") (i32.const 3)))
  (invoke "g"))
(module (import "inner" "f" (func (result i32))))
(script (assert_malformed (module quote "(func +)") "unexpected token") (assert_invalid (module (start 1)) "unknown function"))
(output $inner)
(output $inner "inner.wasm")
(output $s "script.wast")
