;; A structure with the same fields, and more, stands in for another that it does not declare as its supertype.
(module
  (type $a (sub (struct (field i32))))
  (type $b (sub (struct (field i32) (field i64))))
  (func $take (param (ref $a)))
  (func $give (param $b (ref $b))
    (call $take (local.get $b))))
