(module
  (type (;0;) (func))
  (func (;0;) (type 0)
    block (result (ref noextern)) ;; label = @1
      unreachable
    end
    any.convert_extern
    unreachable
  )
)
