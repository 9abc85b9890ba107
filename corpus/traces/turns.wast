;; Two threads that take turns: $A is in the middle of its call whenever $B begins one.
(module $M (memory (export "m") 1 1 shared))
(thread $A (shared (module $M))
  (module
    (func $count (param $to i32) (local $i i32)
      (loop $l
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $l (i32.lt_u (local.get $i) (local.get $to)))))
    (func (export "run") (call $count (i32.const 9))))
  (assert_return (invoke "run")))
(thread $B (shared (module $M))
  (register "m" $M)
  (module
    (import "m" "m" (memory 1 1 shared))
    (func (export "nothing"))
    (func (export "swap") (result i32) (i32.atomic.rmw.cmpxchg (i32.const 4) (i32.const 1) (i32.const 2)))
    (func $add (export "add") (result i32) (local $x i32)
      (local.set $x (i32.const 3))
      (i32.atomic.rmw.add (i32.const 4) (local.get $x))))
  (assert_return (invoke "nothing"))
  (assert_return (invoke "add") (i32.const 0))
  (assert_return (invoke "swap") (i32.const 3)))
(wait $A)
(wait $B)
