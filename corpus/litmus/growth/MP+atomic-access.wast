;; The same with an atomic access to the new page: the length is looked at without an ordering all the same.

(@outcomes sc "1, 0 1" "1, trap: out of bounds memory access")
(@outcomes wasm "1, 0 0" "1, 0 1" "1, trap: out of bounds memory access")
(@source "threads, relaxed.rst and instructions.rst: an atomic access, too, reads the length as (rd a.len n), unordered; it synchronizes with the initial value of the byte only")

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
      (i32.atomic.load (i32.const 65536))
      (i32.load (i32.const 0))))
  (invoke "run")
)

(wait $T1)
(wait $T2)
