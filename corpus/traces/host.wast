;; References handed to a host and back: outside they are of type extern, inside of type any.

(module
  (type $point (struct (field $x i32)))
  (global $kept (export "kept") (mut externref) (ref.null extern))

  ;; A structure goes out, is kept there, and comes in again.
  (func (export "out and in") (result i32)
    (global.set $kept (extern.convert_any (struct.new $point (i32.const 3))))
    (struct.get $point $x (ref.cast (ref $point) (any.convert_extern (global.get $kept)))))

  ;; What the host hands in is a reference of its own, and goes out as it came.
  (func (export "in and out") (param $r externref) (result externref)
    (extern.convert_any (any.convert_extern (local.get $r))))

  (func (export "is a point") (param $r externref) (result i32)
    (ref.test (ref $point) (any.convert_extern (local.get $r))))

  (func (export "null") (result i32)
    (ref.is_null (extern.convert_any (ref.null any)))))

(assert_return (invoke "out and in") (i32.const 3))
(assert_return (invoke "in and out" (ref.extern 5)) (ref.extern 5))
(assert_return (invoke "is a point" (ref.extern 5)) (i32.const 0))
(assert_return (invoke "null") (i32.const 1))
