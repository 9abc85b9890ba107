(module
  (type (;0;) (array (mut (ref extern))))
  (type (;1;) (func))
  (export "call0" (func 0))
  (func (;0;) (type 1)
    array.new_fixed 0 0
    i32.const 1
    ref.null 0
    i32.const 0
    i32.const 0
    array.copy 0 0
  )
)
(assert_trap (invoke "call0") "null reference")
