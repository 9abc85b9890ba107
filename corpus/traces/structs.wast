;; Structures: default and packed fields, null.

(module
  (type $packed (struct (field $a (mut i8)) (field $b (mut i16))))
  (type $mixed (struct (field $n i64) (field $r (ref null any))))

  (func (export "default") (result i64)
    (struct.get $mixed $n (struct.new_default $mixed)))

  (func (export "packed") (result i32 i32)
    (local $p (ref $packed))
    (local.set $p (struct.new $packed (i32.const 0xfff) (i32.const -1)))
    (struct.get_s $packed $a (local.get $p))
    (struct.get_u $packed $b (local.get $p)))

  (func (export "get of null") (result i64)
    (struct.get $mixed $n (ref.null $mixed)))

  (func (export "set of null")
    (struct.set $packed $a (ref.null $packed) (i32.const 1))))

(assert_return (invoke "default") (i64.const 0))
(assert_return (invoke "packed") (i32.const -1) (i32.const 0xffff))
(assert_trap (invoke "get of null") "null structure reference")
(assert_trap (invoke "set of null") "null structure reference")
