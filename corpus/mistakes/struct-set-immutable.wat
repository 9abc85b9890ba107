;; A field is written that is not declared (mut …).
(module
  (type $point (struct (field $x i32) (field $y i32)))
  (func $move (param $p (ref $point))
    (struct.set $point $x (local.get $p) (i32.const 1))))
