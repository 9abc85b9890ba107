;; A struct that two threads share: one publishes through it, the other waits in a memory, and looks.
(module $Shared
  (rec
    (type $box (shared (struct (field $n (mut i32)) (field $ready (mut i32))))))
  (memory (export "mem") 1 1 shared)
  (global (export "box") (ref $box) (struct.new $box (i32.const 0) (i32.const 0))))

(thread $Writer (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (rec
      (type $box (shared (struct (field $n (mut i32)) (field $ready (mut i32))))))
    (import "shared" "mem" (memory 1 1 shared))
    (import "shared" "box" (global $box (ref $box)))
    (func (export "publish") (result i32)
      (struct.set $box $n (global.get $box) (i32.const 42))
      (struct.atomic.set acqrel $box $ready (global.get $box) (i32.const 1))
      (i32.atomic.store (i32.const 0) (i32.const 1))
      (memory.atomic.notify (i32.const 0) (i32.const 1))))
  (assert_return (invoke "publish") (either (i32.const 0) (i32.const 1))))

(thread $Reader (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (rec
      (type $box (shared (struct (field $n (mut i32)) (field $ready (mut i32))))))
    (import "shared" "mem" (memory 1 1 shared))
    (import "shared" "box" (global $box (ref $box)))
    (func $wait
      (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
    (func (export "look") (result i32 i32)
      (call $wait)
      (struct.atomic.get acqrel $box $ready (global.get $box))
      (struct.get $box $n (global.get $box))))
  (assert_return (invoke "look") (i32.const 1) (i32.const 42)))

(wait $Writer)
(wait $Reader)
