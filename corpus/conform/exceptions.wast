;; Exceptions that nobody catches, in an invocation and in a start function.

(module
  (tag $tag (param i32))
  (func (export "throw") (param i32) (throw $tag (local.get 0)))
  (func (export "catch") (param i32) (result i32)
    (block $caught (result i32)
      (try_table (catch $tag $caught) (throw $tag (local.get 0)))
      (i32.const 0)
    )
  )
)
(assert_exception (invoke "throw" (i32.const 1)))
(assert_return (invoke "catch" (i32.const 2)) (i32.const 2))
(assert_exception (module (tag $tag) (func $f (throw $tag)) (start $f)))
