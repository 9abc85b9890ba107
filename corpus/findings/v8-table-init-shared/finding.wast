(module
  (type (;0;) (shared (array i32)))
  (type (;1;) (func))
  (type (;2;) (func (result i64)))
  (table (;0;) 1 (ref null (shared eq)))
  (export "table0" (func 1))
  (export "f3" (func 0))
  (elem (;0;) (ref (shared array)) (item i32.const -2147483647 i32.const 5 array.new 0))
  (func (;0;) (type 1)
    i32.const 0
    i32.const 0
    i32.const 1
    table.init 0
  )
  (func (;1;) (type 2) (result i64)
    (local (ref null (shared any)))
    i32.const 0
    table.get 0
    local.set 0
    block (result i64) ;; label = @1
      local.get 0
      ref.test (ref (shared eq))
      if ;; label = @2
        i64.const 1
        br 1 (;@1;)
      end
      i64.const 0
    end
  )
)
(assert_return (invoke "f3"))
(assert_return (invoke "table0") (i64.const 1))
