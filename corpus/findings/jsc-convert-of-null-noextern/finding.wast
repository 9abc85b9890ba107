(module
  (type (;0;) (func))
  (func (;0;) (type 0)
    ref.null noextern
    any.convert_extern
    unreachable
  )
)
