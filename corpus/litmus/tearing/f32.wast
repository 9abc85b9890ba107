;; Loads of floats may tear, though they are aligned and have 32 bits: only integer accesses are said not to.

(@outcomes sc "0")
(@outcomes wasm "0" "1")
(@source "threads proposal, exec/instructions: the predicate tearing takes the type of the access, and is false for integers only")

(module $Shared (memory (export "mem") 1 1 shared))
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (f32.store (i32.const 4) (f32.reinterpret_i32 (i32.const -1))))
  )
  (invoke "run")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (result i32) (local $v i32)
      (local.set $v (i32.reinterpret_f32 (f32.load (i32.const 4))))
      (i32.and (i32.ne (local.get $v) (i32.const 0)) (i32.ne (local.get $v) (i32.const -1))))
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
