;; Modules that can be read and are not valid.

(assert_invalid (module (func (result i32) (i64.const 1))) "type mismatch")
(assert_invalid (module (func (local.get 0))) "unknown local")
(assert_invalid (module (memory 2 1)) "size minimum must not be greater than maximum")
(assert_invalid (module binary "\00asm" "\01\00\00\00" "\03\02\01\00" "\0a\04\01\02\00\0b") "unknown type")
(assert_invalid (module quote "(func (export \"a\")) (func (export \"a\"))") "duplicate export name")
