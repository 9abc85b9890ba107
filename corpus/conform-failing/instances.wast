;; Directives on a module that is not there fail; they are not skipped.

(module (func (export "f")))
(assert_return (invoke "f"))
(module (func (export "f") (result i32)))
(assert_return (invoke "f"))
(register "M")
(module (func (import "M" "f")))
(invoke $nobody "f")
