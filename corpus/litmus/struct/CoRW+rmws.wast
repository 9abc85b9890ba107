;; CoRW on fields of a shared struct, read-modify-writes, sequentially consistent.
;; Coherence of a read and a write: another's write is seen and overwritten, and is the last nevertheless.

(@outcomes sc "0, 1" "0, 2" "2, 1")
(@outcomes wasm "0, 1" "0, 2" "2, 1")
(@source "C11: read-modify-writes of a location are totally ordered, and each reads what the one before it wrote")

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
    (func (export "run") (result i32)
      (struct.atomic.rmw.add seqcst $s $x (global.get $p) (i32.const 0))
      (drop (struct.atomic.rmw.xchg seqcst $s $x (global.get $p) (i32.const 1)))
    )
  )
  (invoke "run")
)
(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $s (shared (struct (field $x (mut i32)) (field $y (mut i32)) (field $z (mut i32)))))
    (global $p (import "shared" "struct") (ref $s))
    (func (export "run")
      (drop (struct.atomic.rmw.xchg seqcst $s $x (global.get $p) (i32.const 2)))
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
