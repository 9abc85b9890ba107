;; CoWW on fields of a shared struct, plain accesses and fences.
;; Coherence of two writes: the second of a thread is the last, whatever the ordering.

(@outcomes sc "0, 2" "1, 2" "2, 2")
(@outcomes wasm "0, 2" "1, 2" "2, 2")
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
      (atomic.fence)
      (struct.set $s $x (global.get $p) (i32.const 2))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $s (shared (struct (field $x (mut i32)) (field $y (mut i32)) (field $z (mut i32)))))
    (global $p (import "shared" "struct") (ref $s))
    (func (export "run") (result i32)
      (struct.get $s $x (global.get $p))
    )
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)

(module $Final
  (type $s (shared (struct (field $x (mut i32)) (field $y (mut i32)) (field $z (mut i32)))))
  (global $p (import "shared" "struct") (ref $s))
  (func (export "final") (result i32)
    (struct.get $s $x (global.get $p))
  )
)
(invoke $Final "final")
