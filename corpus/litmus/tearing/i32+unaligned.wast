;; Plain accesses of 32 bits that are not aligned may tear.

(@outcomes sc "0")
(@outcomes wasm "0" "1")
(@source "Weakening WebAssembly (OOPSLA 2019), 3.2: accesses that do not tear are those of at most 32 bits that are aligned, and atomic ones")

(module $Shared (memory (export "mem") 1 1 shared))
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (i32.store (i32.const 5) (i32.const -1)))
  )
  (invoke "run")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (result i32) (local $v i32)
      (local.set $v (i32.load (i32.const 5)))
      (i32.and (i32.ne (local.get $v) (i32.const 0)) (i32.ne (local.get $v) (i32.const -1))))
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
