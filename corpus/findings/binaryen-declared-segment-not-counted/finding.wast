(module
  (type $a (array funcref))
  (elem $declared declare func)
  (elem $e funcref (ref.null func))
  (func (export "f") (result i32)
    (array.len (array.new_elem $a $e (i32.const 0) (i32.const 1))))
)
(assert_return (invoke "f") (i32.const 1))
