;; Message passing, the flag being whether an access to the new page is within bounds: accesses look at the length without
;; an ordering, and synchronize with nothing.

(@outcomes sc "1, 0 1" "1, trap: out of bounds memory access")
(@outcomes wasm "1, 0 0" "1, 0 1" "1, trap: out of bounds memory access")
(@source "threads, relaxed.rst and instructions.rst: a plain access reads the length as (rd a.len n), unordered")

(module $Shared
  (memory (export "m") 1 2 shared)
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "m") 1 2 shared)
    (func (export "run") (result i32)
      (i32.store (i32.const 0) (i32.const 1))
      (memory.grow (i32.const 1))))
  (invoke "run")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "m") 1 2 shared)
    (func (export "run") (result i32 i32)
      (i32.load (i32.const 65536))
      (i32.load (i32.const 0))))
  (invoke "run")
)

(wait $T1)
(wait $T2)
