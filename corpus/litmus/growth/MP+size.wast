;; Message passing, the flag being the length: who asks for it synchronizes with memory.grow.

(@outcomes sc "1, 1 0" "1, 1 1" "1, 2 1")
(@outcomes wasm "1, 1 0" "1, 1 1" "1, 2 1")
(@source "threads, relaxed.rst and instructions.rst: memory.grow and memory.size are both seqcst, and so synchronize")

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
      (memory.size)
      (i32.load (i32.const 0))))
  (invoke "run")
)

(wait $T1)
(wait $T2)
