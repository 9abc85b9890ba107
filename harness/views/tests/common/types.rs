//! Two modules with trees of types.

pub(crate) const TREES: &str = r#"(module
  (rec (type $n (sub (struct (field (ref null $m))))) (type $m (sub (struct (field i32)))))
  (type $s (sub $n (struct (field (ref null $m)) (field i64))))
  (type $t (sub final $s (struct (field (ref null $m)) (field i64))))
  (type $t2 (sub $s (struct (field (ref null $m)) (field i64))))
  (rec (type $m2 (sub (struct (field i32)))) (type $n2 (sub (struct (field (ref null $m2))))))
  (rec (type $n3 (sub (struct (field (ref null $m3))))) (type $m3 (sub (struct (field i32)))))
  (type $alone (sub (struct (field i32))))
  (type $mutable (sub (struct (field (mut i32)))))
  (func $f (export "f") (param i32) (result i32) (local $r anyref)
    (if (local.get 0) (then (local.set $r (struct.new $t (ref.null none) (i64.const 0)))))
    (drop (ref.test (ref null $n) (local.get $r)))
    (drop (ref.test (ref $m) (local.get $r)))
    (block $l (result (ref $s)) (br_on_cast $l anyref (ref $s) (local.get $r)) (drop) (return (i32.const 7)))
    (drop (ref.cast (ref $t2)))
    (i32.const 1)))"#;

pub(crate) const OTHER: &str = r#"(module
  (rec (type $x (sub (struct (field (ref null $y))))) (type $y (sub (struct (field i32)))))
  (type $z (sub (struct))))"#;
