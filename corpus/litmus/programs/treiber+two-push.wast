;; A Treiber stack with two that push and one that pops.

(@outcomes sc "0, 1, -1" "0, 1, 2" "1, 0, -1" "1, 0, 1" "1, 1, -1" "1, 1, -2" "1, 1, 1" "1, 1, 2")
(@outcomes wasm "0, 1, -1" "0, 1, 2" "1, 0, -1" "1, 0, 1" "1, 1, -1" "1, 1, -2" "1, 1, 1" "1, 1, 2")
(@source "shared-everything-threads, overview, Memory Model Considerations: release and acquire as in C and C++")

(module $Shared
  (rec
    (type $node (shared (struct (field $value (mut i32)) (field $next (mut (ref null $node)))))))
  (global (export "head") (shared mut (ref null $node)) (ref.null $node))
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (rec
      (type $node (shared (struct (field $value (mut i32)) (field $next (mut (ref null $node)))))))
    (global $head (import "shared" "head") (shared mut (ref null $node)))
    (func (export "run") (result i32) (local $n (ref $node)) (local $old (ref null $node))
      (local.set $n (struct.new $node (i32.const 0) (ref.null $node)))
      (struct.set $node $value (local.get $n) (i32.const 1))
      (local.set $old (global.atomic.get acqrel $head))
      (struct.set $node $next (local.get $n) (local.get $old))
      ;; 1 if it was pushed: there is only one try
      (ref.eq (global.atomic.rmw.cmpxchg acqrel $head (local.get $old) (local.get $n)) (local.get $old)))
  )
  (invoke "run")
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (rec
      (type $node (shared (struct (field $value (mut i32)) (field $next (mut (ref null $node)))))))
    (global $head (import "shared" "head") (shared mut (ref null $node)))
    (func (export "run") (result i32) (local $n (ref $node)) (local $old (ref null $node))
      (local.set $n (struct.new $node (i32.const 0) (ref.null $node)))
      (struct.set $node $value (local.get $n) (i32.const 2))
      (local.set $old (global.atomic.get acqrel $head))
      (struct.set $node $next (local.get $n) (local.get $old))
      ;; 1 if it was pushed: there is only one try
      (ref.eq (global.atomic.rmw.cmpxchg acqrel $head (local.get $old) (local.get $n)) (local.get $old)))
  )
  (invoke "run")
)

(thread $T3 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (rec
      (type $node (shared (struct (field $value (mut i32)) (field $next (mut (ref null $node)))))))
    (global $head (import "shared" "head") (shared mut (ref null $node)))
    (func (export "run") (result i32) (local $top (ref null $node))
      (local.set $top (global.atomic.get acqrel $head))
      (if (result i32) (ref.is_null (local.get $top))
        (then (i32.const -1))
        (else
          (if (result i32)
            (ref.eq (global.atomic.rmw.cmpxchg acqrel $head (local.get $top) (struct.get $node $next (local.get $top))) (local.get $top))
            (then (struct.get $node $value (local.get $top)))
            (else (i32.const -2))))))
  )
  (invoke "run")
)

(wait $T1)
(wait $T2)
(wait $T3)
