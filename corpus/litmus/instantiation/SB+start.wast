;; Store buffering, where start functions store.

(@outcomes sc "0, 1" "1, 0" "1, 1")
(@outcomes wasm "0, 0" "0, 1" "1, 0" "1, 1")
(@source "as memory/SB.wast: a start function is called by its thread, before what the thread does next")

(module $Shared
  (memory (export "m") 1 1 shared)
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "m") 1 1 shared)
    (func $store (i32.store (i32.const 0) (i32.const 1)))
    (start $store)
    (func (export "load") (result i32) (i32.load (i32.const 4))))
  (invoke "load")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "m") 1 1 shared)
    (func $store (i32.store (i32.const 4) (i32.const 1)))
    (start $store)
    (func (export "load") (result i32) (i32.load (i32.const 0))))
  (invoke "load")
)

(wait $T1)
(wait $T2)
