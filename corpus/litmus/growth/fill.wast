;; A memory grows while another thread fills the first bytes of the new page. memory.fill looks at the length before it writes,
;; and again before each byte: it traps where it does not see the growth.

(@outcomes sc "1, 257" "1, trap: out of bounds memory access")
(@outcomes wasm "1, 257" "1, trap: out of bounds memory access")
(@source "threads, relaxed.rst and instructions.rst: memory.fill reads the length as (rd a.len l), unordered, and so does each byte; under the relaxed model it may lose sight of the growth between them, and trap then")

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
      (memory.fill (i32.const 65536) (i32.const 1) (i32.const 2))
      (i32.load16_u (i32.const 65536))))
  (invoke "run")
)

(wait $T1)
(wait $T2)
