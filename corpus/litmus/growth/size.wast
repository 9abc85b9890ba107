;; A memory grows while another thread asks for its size.

(@outcomes sc "1, 1" "1, 2")
(@outcomes wasm "1, 1" "1, 2")
(@source "threads, relaxed.rst and instructions.rst: memory.grow updates the length in one action, memory.size reads it, both seqcst")

(module $Shared
  (memory (export "m") 1 2 shared)
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "m") 1 2 shared)
    (func (export "run") (result i32)
      (memory.grow (i32.const 1))))
  (invoke "run")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "m") 1 2 shared)
    (func (export "run") (result i32)
      (memory.size)))
  (invoke "run")
)

(wait $T1)
(wait $T2)
