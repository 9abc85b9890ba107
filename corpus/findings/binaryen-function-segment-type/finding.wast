(module
  (table 1 (ref func) (ref.func $f))
  (elem (i32.const 0) func $f)
  (func $f)
)
