;; A function reference is cast to a structure: the two are in hierarchies of their own.
(module
  (type $point (struct))
  (func $f (param $r funcref) (result (ref $point))
    (ref.cast (ref $point) (local.get $r))))
