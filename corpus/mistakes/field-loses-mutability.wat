;; A subtype makes a mutable field immutable.
(module
  (type $cell (sub (struct (field $value (mut anyref)))))
  (type $const (sub $cell (struct (field $value anyref)))))
