(module
  (elem declare (ref func) (item (ref.func $f)))
  (func $f)
  (func (export "g") (drop (ref.func $f)))
)
(assert_return (invoke "g"))
