;; Results that are vectors, lane by lane, in every shape.

(module
  (func (export "id") (param v128) (result v128) (local.get 0))
  (func (export "div") (param v128 v128) (result v128) (f32x4.div (local.get 0) (local.get 1)))
  (func (export "sqrt") (param v128) (result v128) (f64x2.sqrt (local.get 0)))
  (func (export "madd") (param v128 v128 v128) (result v128)
    (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2)))
)
(assert_return (invoke "id" (v128.const i32x4 0x03020100 0x07060504 0x0b0a0908 0x0f0e0d0c))
  (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15))
(assert_return (invoke "id" (v128.const i64x2 -1 0)) (v128.const i16x8 -1 -1 -1 -1 0 0 0 0))
(assert_return (invoke "id" (v128.const f32x4 1 -0 inf nan:0x1)) (v128.const f32x4 1 -0 inf nan:0x1))
(assert_return (invoke "id" (v128.const f64x2 1 2)) (v128.const i64x2 0x3ff0000000000000 0x4000000000000000))
(assert_return (invoke "div" (v128.const f32x4 0 1 nan:0x1 4) (v128.const f32x4 0 0 1 2))
  (v128.const f32x4 nan:canonical inf nan:arithmetic 2))
(assert_return (invoke "sqrt" (v128.const f64x2 -1 4)) (v128.const f64x2 nan:canonical 2))
(assert_return
  (invoke "madd" (v128.const f32x4 0x1.000002p0 2 3 4) (v128.const f32x4 0x1.000002p0 2 3 4)
    (v128.const f32x4 -0x1.000004p0 0 0 0))
  (either
    (v128.const f32x4 0x1p-46 4 9 16)
    (v128.const f32x4 0 4 9 16)))
