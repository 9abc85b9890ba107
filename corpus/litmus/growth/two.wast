;; Two threads grow a memory that has room for one page more: one of them gets it.

(@outcomes sc "-1, 1" "1, -1")
(@outcomes wasm "-1, 1" "1, -1")
(@source "threads, relaxed.rst and instructions.rst: a failing memory.grow reads the length; growing may also fail for other reasons, which is not looked at")

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
      (memory.grow (i32.const 1))))
  (invoke "run")
)

(wait $T1)
(wait $T2)
