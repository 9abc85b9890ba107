;; A lock with two tries for each of two threads, each of which adds 1 to a count under it: no addition is lost.

(@outcomes sc "0, 1, 1" "1, 0, 1" "1, 1, 2")
(@outcomes wasm "0, 1, 1" "1, 0, 1" "1, 1, 2")
(@source "shared-everything-threads, overview, Memory Model Considerations: release and acquire as in C and C++")

(module $Shared
  (type $l (shared (struct (field $lock (mut i32)) (field $count (mut i32)))))
  (global (export "lock") (ref $l) (struct.new_default $l))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $l (shared (struct (field $lock (mut i32)) (field $count (mut i32)))))
    (global $l (import "shared" "lock") (ref $l))
    (func (export "run") (result i32) (local $tries i32)
      (loop $again (result i32)
        (if (result i32) (i32.eqz (struct.atomic.rmw.cmpxchg acqrel $l $lock (global.get $l) (i32.const 0) (i32.const 1)))
          (then
            (struct.set $l $count (global.get $l) (i32.add (struct.get $l $count (global.get $l)) (i32.const 1)))
            (struct.atomic.set acqrel $l $lock (global.get $l) (i32.const 0))
            (i32.const 1))
          (else
            (local.set $tries (i32.add (local.get $tries) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $tries) (i32.const 2)))
            (i32.const 0)))))
  )
  (invoke "run")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (type $l (shared (struct (field $lock (mut i32)) (field $count (mut i32)))))
    (global $l (import "shared" "lock") (ref $l))
    (func (export "run") (result i32) (local $tries i32)
      (loop $again (result i32)
        (if (result i32) (i32.eqz (struct.atomic.rmw.cmpxchg acqrel $l $lock (global.get $l) (i32.const 0) (i32.const 1)))
          (then
            (struct.set $l $count (global.get $l) (i32.add (struct.get $l $count (global.get $l)) (i32.const 1)))
            (struct.atomic.set acqrel $l $lock (global.get $l) (i32.const 0))
            (i32.const 1))
          (else
            (local.set $tries (i32.add (local.get $tries) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $tries) (i32.const 2)))
            (i32.const 0)))))
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)

(module $Final
  (type $l (shared (struct (field $lock (mut i32)) (field $count (mut i32)))))
  (global $l (import "shared" "lock") (ref $l))
  (func (export "final") (result i32) (struct.get $l $count (global.get $l)))
)
(invoke $Final "final")
