;; CoRR on shared globals, sequentially consistent.
;; Coherence of two reads: the second sees an older value.

(@outcomes sc "0 0" "0 1" "1 1")
(@outcomes wasm "0 0" "0 1" "1 1")
(@source "Weakening WebAssembly (OOPSLA 2019): programs without races on other accesses are sequentially consistent")

(module $Shared
  (global (export "x") (shared mut i32) (i32.const 0))
  (global (export "y") (shared mut i32) (i32.const 0))
  (global (export "z") (shared mut i32) (i32.const 0))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (global $x (import "shared" "x") (shared mut i32))
    (global $y (import "shared" "y") (shared mut i32))
    (global $z (import "shared" "z") (shared mut i32))
    (func (export "run")
      (global.atomic.set seqcst $x (i32.const 1))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (global $x (import "shared" "x") (shared mut i32))
    (global $y (import "shared" "y") (shared mut i32))
    (global $z (import "shared" "z") (shared mut i32))
    (func (export "run") (result i32 i32)
      (global.atomic.get seqcst $x)
      (global.atomic.get seqcst $x)
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
