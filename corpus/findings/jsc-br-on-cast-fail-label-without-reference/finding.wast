(assert_invalid
(module
  (type (;0;) (func))
  (func (;0;) (type 0)
    i32.const 0
    if ;; label = @1
      ref.null eq
      br_on_cast_fail 0 (;@1;) (ref null eq) (ref struct)
      drop
    end
  )
)
  "type mismatch: found label [], needed one that ends in a reference (Instr_ok/br_on_cast_fail, function 0, byte 0x1d)")
