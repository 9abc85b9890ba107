;; An atomic load of 64 bits that reads an atomic store never tears.

(@outcomes sc "0")
(@outcomes wasm "0")
(@source "Weakening WebAssembly (OOPSLA 2019), 3.2: accesses that do not tear are those of at most 32 bits that are aligned, and atomic ones")

(module $Shared (memory (export "mem") 1 1 shared))
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (i64.atomic.store (i32.const 0) (i64.const -1)))
  )
  (invoke "run")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "mem") 1 1 shared)
    (func (export "run") (result i32) (local $v i64)
      (local.set $v (i64.atomic.load (i32.const 0)))
      ;; 1 if it is neither the old value nor the new one
      (i32.and (i64.ne (local.get $v) (i64.const 0)) (i64.ne (local.get $v) (i64.const -1))))
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
