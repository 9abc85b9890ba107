;; ISA2 on elements of a shared table, sequentially consistent.
;; Message passing through a third thread and a third location.

(@outcomes sc "0, 0 0" "0, 0 1" "0, 1 0" "0, 1 1" "1, 0 0" "1, 0 1" "1, 1 1")
(@outcomes wasm "0, 0 0" "0, 0 1" "0, 1 0" "0, 1 1" "1, 0 0" "1, 0 1" "1, 1 1")
(@source "Weakening WebAssembly (OOPSLA 2019): programs without races on other accesses are sequentially consistent")

(module $Shared
  (table (export "table") shared 3 3 (ref (shared i31)) (ref.i31_shared (i32.const 0)))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (table $t (import "shared" "table") shared 3 3 (ref (shared i31)))
    (func (export "run")
      (table.atomic.set seqcst $t (i32.const 0) (ref.i31_shared (i32.const 1)))
      (table.atomic.set seqcst $t (i32.const 1) (ref.i31_shared (i32.const 1)))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (table $t (import "shared" "table") shared 3 3 (ref (shared i31)))
    (func (export "run") (result i32)
      (i31.get_u (table.atomic.get seqcst $t (i32.const 1)))
      (table.atomic.set seqcst $t (i32.const 2) (ref.i31_shared (i32.const 1)))
    )
  )
  (invoke "run")
)
(thread $T3 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (table $t (import "shared" "table") shared 3 3 (ref (shared i31)))
    (func (export "run") (result i32 i32)
      (i31.get_u (table.atomic.get seqcst $t (i32.const 2)))
      (i31.get_u (table.atomic.get seqcst $t (i32.const 0)))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
(wait $T3)
