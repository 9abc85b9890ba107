;; A type use without `(type x)` is the first type that is final, without a supertype and alone in its group, with these
;; parameters and results (`Ttypeuse_/abbrev`); where there is none, a new type comes after all others.

;; An open type is not taken.
(module
  (type $open (sub (func (param i32) (result i32))))
  (func $f (param i32) (result i32) (local.get 0))
  (elem declare func $f)
  (func (export "open") (result i32) (ref.test (ref $open) (ref.func $f)))
  (func (export "new") (result i32) (ref.test (ref 1) (ref.func $f)))
)
(assert_return (invoke "open") (i32.const 0))
(assert_return (invoke "new") (i32.const 1))
(assert_invalid
  (module (type $open (sub (func (result f64)))) (func $f (result f64) (f64.const 0)) (global (ref $open) (ref.func $f)))
  "type mismatch")
(assert_invalid
  (module (type $open (sub (func))) (elem declare func $f) (func $f) (func (return_call_ref $open (ref.func $f))))
  "type mismatch")
(assert_invalid
  (module (type $open (sub (func (param i64)))) (func $f (param i64)) (table 1 (ref $open) (ref.func $f)))
  "type mismatch")
;; It is skipped, though it comes first.
(module
  (type $open (sub (func (param v128))))
  (type $final (func (param v128)))
  (func $f (param v128))
  (global (ref $final) (ref.func $f))
)
(module (type (sub (func))) (type (sub (func))) (type $final (func)) (func $f) (global (ref 2) (ref.func $f)))
;; Nor is one that is open and in use elsewhere.
(module
  (type $open (sub (func (result i32))))
  (func $open (type $open) (i32.const 7))
  (table funcref (elem $open))
  (func (export "as new") (result i32) (call_indirect (result i32) (i32.const 0)))
  (func (export "as open") (result i32) (call_indirect (type $open) (i32.const 0)))
  (func (export "as new, tail") (result i32) (return_call_indirect (result i32) (i32.const 0)))
)
(assert_trap (invoke "as new") "indirect call type mismatch")
(assert_return (invoke "as open") (i32.const 7))
(assert_trap (invoke "as new, tail") "indirect call type mismatch")

;; A type with a supertype is not taken, open or not.
(module
  (type $super (sub (func (result i32))))
  (type $sub (sub final $super (func (result i32))))
  (func $f (result i32) (i32.const 1))
  (elem declare func $f)
  (func (export "super") (result i32) (ref.test (ref $super) (ref.func $f)))
  (func (export "sub") (result i32) (ref.test (ref $sub) (ref.func $f)))
  (global (ref 2) (ref.func $f))
)
(assert_return (invoke "super") (i32.const 0))
(assert_return (invoke "sub") (i32.const 0))
(assert_invalid
  (module
    (type $super (sub (func (param f32))))
    (type $sub (sub $super (func (param f32))))
    (func $f (param f32))
    (global (ref $sub) (ref.func $f)))
  "type mismatch")

;; `sub final` without a supertype is the same as no `sub`, and so is `sub` with a list of none and `final`.
(module (type $t (sub final (func (param f32)))) (func $f (param f32)) (global (ref $t) (ref.func $f)))
(assert_invalid (module (type (sub final (func (param f32)))) (func (param f32)) (func (type 1))) "unknown type")

;; A member of a larger group is not taken, wherever it stands in it.
(module
  (rec (type $first (func (result i64))) (type $s (struct (field (ref null $first)))))
  (rec (type (array i8)) (type $second (func (param f64))))
  (func $f (result i64) (i64.const 1))
  (func $g (param f64))
  (elem declare func $f $g)
  (func (export "first") (result i32) (ref.test (ref $first) (ref.func $f)))
  (func (export "second") (result i32) (ref.test (ref $second) (ref.func $g)))
)
(assert_return (invoke "first") (i32.const 0))
(assert_return (invoke "second") (i32.const 0))
(assert_invalid
  (module (rec (type $a (func)) (type $b (func))) (func $f) (global (ref $b) (ref.func $f)))
  "type mismatch")
;; A group of one is no more than its type, and an empty one is nothing.
(module (rec (type $t (func (param i32)))) (func $f (param i32)) (global (ref $t) (ref.func $f)))
(module (rec) (type $t (func (result f32))) (rec) (func $f (result f32) (f32.const 0)) (global (ref 0) (ref.func $f)))
(assert_invalid (module (rec (type (func (result f32)))) (func (result f32) (f32.const 0)) (func (type 1))) "unknown type")
(assert_invalid (module (rec) (rec (type $t (func)) ) (func) (func (type 1))) "unknown type")

;; An index is the same type by number and by name.
(module (type $s (struct)) (type $t (func (param (ref $s)))) (func $f (param (ref 0))) (global (ref $t) (ref.func $f)))
(module
  (type $a (array i16))
  (type $t (func (result (ref null 0))))
  (func $f (result (ref null $a)) (ref.null $a))
  (global (ref $t) (ref.func $f))
)
(assert_invalid
  (module (type $s (struct)) (func (param (ref null $s) i32)) (func (param (ref null 0)) (param i32)) (func (type 2)))
  "unknown type")
;; So are the short and the long way to write a reference type, and parameters together and apart, named or not.
(assert_invalid
  (module (func (param funcref i32)) (func (param (ref null func)) (param $x i32)) (func (type 1)))
  "unknown type")

;; Several new types: in the order of the text, each once.
(module
  (func $a (param i32))
  (func $b (param i64))
  (func $c (param $x i32))
  (func $d (param f32))
  (global (ref 0) (ref.func $a))
  (global (ref 1) (ref.func $b))
  (global (ref 0) (ref.func $c))
  (global (ref 2) (ref.func $d))
)
(assert_invalid
  (module (func (param i32)) (func (param i64)) (func (param i32)) (func (type 2)))
  "unknown type")
(module
  (import "spectest" "print_i64" (func $i (param i64)))
  (tag (param f64))
  (func $f (param i32))
  (type (struct))
  (global (ref 1) (ref.func $i))
  (global (ref 3) (ref.func $f))
)
;; One that is defined further on comes before those that are new.
(module (func $f (param i32)) (type $t (func (param i32))) (func $g (param i64)) (global (ref $t) (ref.func $f)) (global (ref 1) (ref.func $g)))

;; A type use may ask by number for a type that another one adds further on.
(module
  (func (export "early") (type 1) (i32.const 5))
  (func (param i32))
  (func (result i32) (i32.const 6))
)
(assert_return (invoke "early") (i32.const 5))
(module (import "spectest" "print_i32" (func $print (type 0))) (func (param i32) (call $print (local.get 0))))
(assert_invalid (module (func (type 2)) (func (param i32)) (func (param i64))) "unknown type")
;; What it has besides has to agree with it.
(assert_malformed (module quote "(type $t (func (param i32))) (func (type $t) (param i64))") "inline function type")
(assert_malformed (module quote "(type $t (func (param i32))) (func (type $t) (result i32) (i32.const 0))") "inline function type")
(assert_malformed (module quote "(type $s (struct)) (func (type $s) (param i32))") "inline function type")
(module (type $open (sub (func (param i32)))) (func (type $open) (param $x i32) (drop (local.get $x))))

;; Linking goes by these types as well.
(module
  (type $open (sub (func (result i32))))
  (func (export "open") (type $open) (i32.const 1))
  (func (export "final") (result i32) (i32.const 2))
  (type $tag (sub (func (param f32))))
  (tag (export "open tag") (type $tag))
  (tag (export "final tag") (param f32))
)
(register "types")
(module (import "types" "final" (func (result i32))))
(module (type $open (sub (func (result i32)))) (import "types" "open" (func (type $open))))
(module (type $open (sub (func (result i32)))) (import "types" "final" (func (result i32))))
(assert_unlinkable (module (import "types" "open" (func (result i32)))) "incompatible import type")
(assert_unlinkable
  (module (type $open (sub (func (result i32)))) (import "types" "final" (func (type $open))))
  "incompatible import type")
(module (import "types" "final tag" (tag (param f32))))
(assert_unlinkable (module (import "types" "open tag" (tag (param f32)))) "incompatible import type")
(assert_unlinkable
  (module (type $tag (sub (func (param f32)))) (import "types" "final tag" (tag (type $tag))))
  "incompatible import type")
(module
  (type $super (sub (func)))
  (type $sub (sub $super (func)))
  (func (export "f") (type $sub))
)
(register "subtypes")
(module (type $super (sub (func))) (import "subtypes" "f" (func (type $super))))
(assert_unlinkable (module (import "subtypes" "f" (func))) "incompatible import type")
