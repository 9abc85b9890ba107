;; br_on_cast_fail is given one label for success and one for failure; it has one.
(module
  (type $leaf (sub (struct)))
  (func $is_leaf (param $node anyref) (result i32)
    (block $no (result anyref)
      (block $yes (result (ref $leaf))
        (br_on_cast_fail $no $yes anyref (ref $leaf) (local.get $node)))
      (drop)
      (return (i32.const 1)))
    (drop)
    (i32.const 0)))
