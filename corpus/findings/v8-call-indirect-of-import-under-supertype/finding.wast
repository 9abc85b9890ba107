(module $m0
  (rec
    (type (;0;) (sub (func)))
    (type (;1;) (sub 0 (func)))
  )
  (export "f1" (func 0))
  (func (;0;) (type 1))
)
(register "m0")
(module $m1
  (rec
    (type (;0;) (sub (func)))
    (type (;1;) (sub 0 (func)))
  )
  (type (;2;) (func))
  (import "m0" "f1" (func (;0;) (type 0)))
  (table (;0;) 1 funcref)
  (export "call3" (func 1))
  (elem (;0;) (i32.const 0) func 0)
  (func (;1;) (type 2)
    i32.const 0
    call_indirect (type 1)
  )
)
(assert_return (invoke $m1 "call3"))
