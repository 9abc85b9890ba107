;; The name of a field stands inside of (mut …).
(module
  (type $point (struct (field (mut $x i32)) (field (mut $y i32)))))
