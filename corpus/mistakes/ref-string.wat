;; There is no heap type `string`.
(module
  (func $greet (param $name (ref string))))
