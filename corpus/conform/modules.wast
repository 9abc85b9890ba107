;; Modules in every form: text, binary, quoted; defined, instantiated, instantiated twice.

(module $A
  (global $g (mut i32) (i32.const 0))
  (func (export "next") (result i32)
    (global.set $g (i32.add (global.get $g) (i32.const 1)))
    (global.get $g)
  )
)
(assert_return (invoke "next") (i32.const 1))
(assert_return (invoke $A "next") (i32.const 2))

(module binary "\00asm" "\01\00\00\00")
(module $B binary "\00asm\01\00\00\00")
(module quote "(func (export \"f\") (result i32)" "(i32.const 7))")
(assert_return (invoke "f") (i32.const 7))

(module definition $D
  (global $g (mut i32) (i32.const 0))
  (func (export "next") (result i32)
    (global.set $g (i32.add (global.get $g) (i32.const 1)))
    (global.get $g)
  )
)
(module instance $I1 $D)
(module instance $I2 $D)
(assert_return (invoke $I1 "next") (i32.const 1))
(assert_return (invoke $I1 "next") (i32.const 2))
(assert_return (invoke $I2 "next") (i32.const 1))
(assert_return (invoke "next") (i32.const 2))
(assert_return (invoke $A "next") (i32.const 3))

;; With one name, it is that of the module.
(module instance $D)
(assert_return (invoke "next") (i32.const 1))

(module definition binary "\00asm" "\01\00\00\00")
