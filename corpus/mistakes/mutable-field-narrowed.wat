;; A subtype narrows a field that can be written.
(module
  (type $cell (sub (struct (field $value (mut anyref)))))
  (type $i31cell (sub $cell (struct (field $value (mut i31ref))))))
