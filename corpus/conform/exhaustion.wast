;; Recursion without an end. Calls in tail position are no recursion.

(module
  (func $f (export "recurse") (call $f))
  (func $g (param i64) (result i64) (i64.add (call $g (local.get 0)) (i64.const 1)))
  (export "recurse with a value" (func $g))
  (func $h (export "count down") (param i32)
    (if (i32.eqz (local.get 0)) (then (return)))
    (return_call $h (i32.sub (local.get 0) (i32.const 1)))
  )
)
(assert_exhaustion (invoke "recurse") "call stack exhausted")
(assert_exhaustion (invoke "recurse with a value" (i64.const 0)) "call stack exhausted")
(assert_return (invoke "count down" (i32.const 100000)))
