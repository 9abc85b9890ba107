;; CoRR on fields of a shared struct, plain accesses and fences.
;; Coherence of two reads: the second sees an older value.

(@outcomes sc "0 0" "0 1" "1 1")
(@outcomes wasm "0 0" "0 1" "1 0" "1 1")
(@source "threads proposal, overview: fences are ordered like sequentially consistent accesses, as atomic_thread_fence(seq_cst) of C11; but plain accesses are not coherent, and to see a plain write does not order it before a fence")

(module $Shared
  (type $s (shared (struct (field $x (mut i32)) (field $y (mut i32)) (field $z (mut i32)))))
  (global (export "struct") (ref $s) (struct.new_default $s))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $s (shared (struct (field $x (mut i32)) (field $y (mut i32)) (field $z (mut i32)))))
    (global $p (import "shared" "struct") (ref $s))
    (func (export "run")
      (struct.set $s $x (global.get $p) (i32.const 1))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $s (shared (struct (field $x (mut i32)) (field $y (mut i32)) (field $z (mut i32)))))
    (global $p (import "shared" "struct") (ref $s))
    (func (export "run") (result i32 i32)
      (struct.get $s $x (global.get $p))
      (atomic.fence)
      (struct.get $s $x (global.get $p))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
