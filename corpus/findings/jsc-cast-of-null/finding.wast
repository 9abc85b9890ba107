(module
  (type (;0;) (struct))
  (type (;1;) (func))
  (export "call1" (func 0))
  (func (;0;) (type 1)
    ref.null struct
    ref.cast (ref 0)
    drop
  )
)
(assert_trap (invoke "call1") "cast failure")
