(module
  (func $fib (param $n i32) (result i32)
    (if (result i32) (i32.lt_s (local.get $n) (i32.const 2)) (then (local.get $n))
      (else (i32.add (call $fib (i32.sub (local.get $n) (i32.const 1))) (call $fib (i32.sub (local.get $n) (i32.const 2)))))))
  (func $rec (export "run") (param $k i32) (param $n i32) (result i32)
    (if (result i32) (local.get $k) (then (call $rec (i32.sub (local.get $k) (i32.const 1)) (local.get $n)))
       (else (call $fib (local.get $n))))))
