(assert_invalid
(module
  (type (;0;) (func))
  (type (;1;) (array funcref))
  (func (;0;) (type 0))
  (func (;1;) (type 0))
  (func (;2;) (type 0)
    ref.func 1
    unreachable
  )
  (global (;0;) (mut (ref any)) i32.const 7 ref.i31)
  (global (;1;) (mut eqref)
    ref.func 0
    ref.func 0
    ref.null func
    ref.null nofunc
    array.new_fixed 1 4
  )
)
  "undeclared function reference 1 (Instr_ok/ref.func, function 2, byte 0x3c)")
