(assert_invalid
(module
  (type (;0;) (func (param funcref)))
  (type (;1;) (func))
  (func (;0;) (type 1)
    unreachable
    i32.const 0
    call_ref 0
  )
)
  "type mismatch: found i32, needed (ref null 0) (Instr_ok/call_ref, function 0, byte 0x1e)")
