;; A block leaves a value on the stack that its type does not mention.
(module
  (func $f (result i32)
    (block $b
      (i32.const 1))
    (i32.const 2)))
