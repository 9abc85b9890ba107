;; Two accesses to a page that another thread adds: the second one may be out of bounds although the first was not. Accesses look
;; at the length without an ordering, and such reads are not coherent.

(@outcomes sc "1, 0, 0" "1, trap: out of bounds memory access, 0" "1, trap: out of bounds memory access, trap: out of bounds memory access")
(@outcomes wasm "1, 0, 0" "1, 0, trap: out of bounds memory access" "1, trap: out of bounds memory access, 0" "1, trap: out of bounds memory access, trap: out of bounds memory access")
(@source "threads, relaxed.rst and instructions.rst: a plain access reads the length as (rd a.len n), unordered; CoRR on plain locations")

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
    (func (export "one") (result i32)
      (i32.load (i32.const 65536)))
    (func (export "two") (result i32)
      (i32.load (i32.const 65540))))
  (invoke "one")
  (invoke "two")
)

(wait $T1)
(wait $T2)
