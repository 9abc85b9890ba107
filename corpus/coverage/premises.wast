;; Premises that no official test makes false: for each kind a module that is invalid for it, next to one that is valid.

;; LabelNotReference: the label of br_on_non_null, br_on_cast and br_on_cast_fail ends in a reference type.
(module
  (func (param anyref) (result anyref)
    (block $l (result (ref any)) (br_on_non_null $l (local.get 0)) (unreachable))
  )
)
(assert_invalid
  (module (func (param anyref) (block $l (br_on_non_null $l (local.get 0)))))
  "type mismatch"
)
(assert_invalid
  (module (func (param anyref) (result i32) (block $l (result i32) (br_on_non_null $l (local.get 0)) (i32.const 0))))
  "type mismatch"
)
(assert_invalid
  (module (func (param anyref) (block $l (br_on_cast $l anyref i31ref (local.get 0)) (drop))))
  "type mismatch"
)
(assert_invalid
  (module (func (param anyref) (block $l (br_on_cast_fail $l anyref i31ref (local.get 0)) (drop))))
  "type mismatch"
)

;; WrongShape: a type expands to another kind of composite type than the instruction needs.
(module
  (type $s (struct))
  (type $a (array (mut i32)))
  (type $f (func))
  (func (drop (struct.new $s)) (drop (array.new_fixed $a 0)) (call_ref $f (ref.null $f)))
)
(assert_invalid (module (type $a (array i32)) (func (drop (struct.new $a)))) "type mismatch")
(assert_invalid (module (type $f (func)) (func (drop (struct.new_default $f)))) "type mismatch")
(assert_invalid
  (module (type $a (array i32)) (func (param (ref $a)) (drop (struct.get $a 0 (local.get 0)))))
  "type mismatch"
)
(assert_invalid
  (module (type $a (array (mut i32))) (func (param (ref $a)) (struct.set $a 0 (local.get 0) (i32.const 0))))
  "type mismatch"
)
(assert_invalid (module (type $s (struct)) (func (drop (array.new_default $s (i32.const 0))))) "type mismatch")
(assert_invalid (module (type $s (struct)) (func (drop (array.new_fixed $s 0)))) "type mismatch")
(assert_invalid
  (module (type $s (struct (field i32))) (func (param (ref $s)) (drop (array.get $s (local.get 0) (i32.const 0)))))
  "type mismatch"
)
(assert_invalid (module (type $s (struct)) (func (call_ref $s (ref.null $s)))) "type mismatch")
(assert_invalid (module (type $a (array i8)) (func (return_call_ref $a (ref.null $a)))) "type mismatch")

;; Packing: fields of packed types are read with a sign, and only they.
(module
  (type $s (struct (field i8) (field i32)))
  (type $a (array i16))
  (func (param (ref $s) (ref $a))
    (drop (struct.get_u $s 0 (local.get 0)))
    (drop (struct.get $s 1 (local.get 0)))
    (drop (array.get_s $a (local.get 1) (i32.const 0)))
  )
)
(assert_invalid
  (module (type $s (struct (field i8))) (func (param (ref $s)) (drop (struct.get $s 0 (local.get 0)))))
  "type mismatch"
)
(assert_invalid
  (module (type $s (struct (field i32))) (func (param (ref $s)) (drop (struct.get_s $s 0 (local.get 0)))))
  "type mismatch"
)
(assert_invalid
  (module (type $s (struct (field i64))) (func (param (ref $s)) (drop (struct.get_u $s 0 (local.get 0)))))
  "type mismatch"
)
(assert_invalid
  (module (type $a (array i16)) (func (param (ref $a)) (drop (array.get $a (local.get 0) (i32.const 0)))))
  "type mismatch"
)
(assert_invalid
  (module (type $a (array f32)) (func (param (ref $a)) (drop (array.get_s $a (local.get 0) (i32.const 0)))))
  "type mismatch"
)

;; NotDefaultable: what is made of default values has types that have one.
(module
  (type $s (struct (field anyref)))
  (func (drop (struct.new_default $s)))
)
(assert_invalid
  (module (type $s (struct (field i32) (field (ref any)))) (func (drop (struct.new_default $s))))
  "type mismatch"
)
(assert_invalid
  (module (type $a (array (ref func))) (func (drop (array.new_default $a (i32.const 1)))))
  "type mismatch"
)

;; TooManySupers: the binary format has a list of supertypes, of which a valid type has at most one.
(module binary "\00asm" "\01\00\00\00" "\01\0a\02" "\50\00\5f\00" "\50\01\00\5f\00")
(assert_invalid
  (module binary "\00asm" "\01\00\00\00" "\01\0b\02" "\50\00\5f\00" "\50\02\00\00\5f\00")
  "sub type"
)

;; SuperNotBefore: a supertype comes before its subtypes, also within a recursive group.
(module (rec (type $a (sub (struct))) (type $b (sub $a (struct)))))
(assert_invalid
  (module (rec (type $b (sub $a (struct))) (type $a (sub (struct)))))
  "unknown type"
)
(assert_invalid (module (rec (type $a (sub $a (struct))))) "unknown type")
