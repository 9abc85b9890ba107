;; A thread waits until it is woken, or does not begin to wait, because the value has changed.

(@outcomes sc "0, 1" "1, 0")
(@outcomes wasm "0, 1" "1, 0")
(@source "threads proposal, exec/instructions: a thread that waits goes on when it is notified, or, with a timeout, at any time")

(module $Shared (memory (export "mem") 1 1 shared))
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
  )
  (invoke "run")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (result i32) (i32.atomic.store (i32.const 0) (i32.const 1)) (memory.atomic.notify (i32.const 0) (i32.const 1)))
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
