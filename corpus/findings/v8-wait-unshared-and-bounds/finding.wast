(module
  (type (;0;) (func))
  (memory (;0;) 0)
  (export "call2" (func 0))
  (func (;0;) (type 0)
    i32.const 4
    i32.const 0
    i64.const 0
    memory.atomic.wait32
    drop
  )
)
(assert_trap (invoke "call2") "expected shared memory")
