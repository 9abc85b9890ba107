;; A type is extended that was not declared with (sub …), and so is final.
(module
  (type $shape (struct (field $area f64)))
  (type $circle (sub $shape (struct (field $area f64) (field $radius f64)))))
