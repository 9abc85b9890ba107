;; The tour of structures: a point, a list, a user, and a coloured point that extends the point.

(module
  (type $point (sub (struct (field $x (mut f64)) (field $y (mut f64)))))
  (type $coloured (sub $point (struct (field $x (mut f64)) (field $y (mut f64)) (field $colour i32))))
  (type $list (struct (field $head i32) (field $tail (ref null $list))))
  (type $string (array (mut i8)))
  (type $user (struct (field $id i64) (field $name (mut (ref $string)))))

  (data $ada "ada")
  (data $lovelace "lovelace")

  ;; Constructing a point, reading and writing its fields.
  (func (export "move") (param $dx f64) (result f64)
    (local $p (ref $point))
    (local.set $p (struct.new $point (f64.const 1) (f64.const 2)))
    (struct.set $point $x (local.get $p) (f64.add (struct.get $point $x (local.get $p)) (local.get $dx)))
    (struct.get $point $x (local.get $p)))

  ;; A list, which refers to itself.
  (func $sum (param $l (ref null $list)) (result i32)
    (block $nil
      (br_on_null $nil (local.get $l))
      (drop)
      (return (i32.add
        (struct.get $list $head (local.get $l))
        (call $sum (struct.get $list $tail (local.get $l))))))
    (i32.const 0))
  (func (export "sum") (result i32)
    (call $sum (struct.new $list (i32.const 1) (struct.new $list (i32.const 2) (ref.null $list)))))

  ;; A user whose name can change.
  (func (export "rename") (result i32)
    (local $u (ref $user))
    (local.set $u (struct.new $user (i64.const 7) (array.new_data $string $ada (i32.const 0) (i32.const 3))))
    (struct.set $user $name (local.get $u) (array.new_data $string $lovelace (i32.const 0) (i32.const 8)))
    (array.len (struct.get $user $name (local.get $u))))

  ;; A coloured point is a point: its fields are read and written through the supertype.
  (func (export "through the supertype") (result f64)
    (local $p (ref $point))
    (local.set $p (struct.new $coloured (f64.const 1) (f64.const 2) (i32.const 255)))
    (struct.set $point $y (local.get $p) (f64.const 9))
    (struct.get $point $y (local.get $p)))

  (func $make (param $coloured i32) (result (ref $point))
    (if (result (ref $point)) (local.get $coloured)
      (then (struct.new $coloured (f64.const 1) (f64.const 2) (i32.const 255)))
      (else (struct.new $point (f64.const 1) (f64.const 2)))))

  ;; Is it coloured?
  (func (export "test") (param $coloured i32) (result i32)
    (ref.test (ref $coloured) (call $make (local.get $coloured))))

  ;; It has to be.
  (func (export "cast") (param $coloured i32) (result i32)
    (struct.get $coloured $colour (ref.cast (ref $coloured) (call $make (local.get $coloured)))))

  ;; Its colour, or -1.
  (func (export "colour or default") (param $coloured i32) (result i32)
    (block $yes (result (ref $coloured))
      (br_on_cast $yes (ref $point) (ref $coloured) (call $make (local.get $coloured)))
      (return (drop) (i32.const -1)))
    (struct.get $coloured $colour))

  ;; The same the other way round.
  (func (export "default or colour") (param $coloured i32) (result i32)
    (block $no (result (ref $point))
      (br_on_cast_fail $no (ref $point) (ref $coloured) (call $make (local.get $coloured)))
      (return (struct.get $coloured $colour)))
    (drop)
    (i32.const -1)))

(assert_return (invoke "move" (f64.const 0.5)) (f64.const 1.5))
(assert_return (invoke "sum") (i32.const 3))
(assert_return (invoke "rename") (i32.const 8))
(assert_return (invoke "through the supertype") (f64.const 9))
(assert_return (invoke "test" (i32.const 1)) (i32.const 1))
(assert_return (invoke "test" (i32.const 0)) (i32.const 0))
(assert_return (invoke "cast" (i32.const 1)) (i32.const 255))
(assert_trap (invoke "cast" (i32.const 0)) "cast failure")
(assert_return (invoke "colour or default" (i32.const 1)) (i32.const 255))
(assert_return (invoke "colour or default" (i32.const 0)) (i32.const -1))
(assert_return (invoke "default or colour" (i32.const 1)) (i32.const 255))
(assert_return (invoke "default or colour" (i32.const 0)) (i32.const -1))
