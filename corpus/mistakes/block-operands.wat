;; A block takes an operand from outside of it without a parameter.
(module
  (func $f (result i32)
    i32.const 1
    block (result i32)
      i32.const 2
      i32.add
    end))
