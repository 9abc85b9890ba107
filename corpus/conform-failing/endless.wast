;; A loop without an end: a limit with --max-steps, else a timeout.

(module
  (func (export "loop") (loop (br 0)))
  (func (export "one") (result i32) (i32.const 1))
)
(assert_return (invoke "loop"))
(assert_return (invoke "one") (i32.const 1))
