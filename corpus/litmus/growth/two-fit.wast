;; Two threads grow a memory that has room for both.

(@outcomes sc "1, 2" "2, 1")
(@outcomes wasm "1, 2" "2, 1")
(@source "threads, relaxed.rst and instructions.rst: memory.grow is a seqcst read-modify-write of the length")

(module $Shared
  (memory (export "m") 1 3 shared)
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "m") 1 3 shared)
    (func (export "run") (result i32)
      (memory.grow (i32.const 1))))
  (invoke "run")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "m") 1 3 shared)
    (func (export "run") (result i32)
      (memory.grow (i32.const 1))))
  (invoke "run")
)

(wait $T1)
(wait $T2)
