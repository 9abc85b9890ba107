;; CoRW on elements of a shared array, plain accesses and fences.
;; Coherence of a read and a write: another's write is seen and overwritten, and is the last nevertheless.

(@outcomes sc "0, 1" "0, 2" "2, 1")
(@outcomes wasm "0, 1" "0, 2" "2, 1" "2, 2")
(@source "threads proposal, overview: fences are ordered like sequentially consistent accesses, as atomic_thread_fence(seq_cst) of C11; but plain accesses are not coherent, and to see a plain write does not order it before a fence")

(module $Shared
  (type $a (shared (array (mut i32))))
  (global (export "array") (ref $a) (array.new_default $a (i32.const 3)))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $a (shared (array (mut i32))))
    (global $p (import "shared" "array") (ref $a))
    (func (export "run") (result i32)
      (array.get $a (global.get $p) (i32.const 0))
      (atomic.fence)
      (array.set $a (global.get $p) (i32.const 0) (i32.const 1))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $a (shared (array (mut i32))))
    (global $p (import "shared" "array") (ref $a))
    (func (export "run")
      (array.set $a (global.get $p) (i32.const 0) (i32.const 2))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)

(module $Final
  (type $a (shared (array (mut i32))))
  (global $p (import "shared" "array") (ref $a))
  (func (export "final") (result i32)
    (array.get $a (global.get $p) (i32.const 0))
  )
)
(invoke $Final "final")
