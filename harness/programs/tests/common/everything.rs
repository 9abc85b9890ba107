//! A big module with a small cause.

use std::fmt::Write as _;

/// A module with some of everything, and a function whose cast fails, deep in a chain of calls, when its parameter is 7.
pub(crate) fn everything(n: usize) -> String {
    let mut text = String::from("(module\n(import \"spectest\" \"print_i32\" (func $print (param i32)))\n");
    // A tree of structure types in groups of three, with arrays and function types between them.
    for i in 0..n {
        if i % 3 == 0 {
            text.push_str("(rec\n");
        }
        let all = "(field i32) (field (mut (ref null $t0)))";
        if i >= 6 {
            // The fields of the type above, and more.
            let above = i - 5 - i % 5;
            let more: String = (0..=i % 5).map(|k| ["(field i32)", "(field (mut i64))", "(field i8)"][k % 3]).collect();
            let _ = writeln!(text, "(type $t{i} (sub $t{above} (struct {all} {more})))");
        } else {
            let _ = writeln!(text, "(type $t{i} (sub (struct {all})))");
        }
        if i % 3 == 2 || i == n - 1 {
            let _ = writeln!(text, "(type $a{i} (array (mut (ref null $t{i})))) (type $f{i} (func (param i32)))\n)");
        }
    }
    text.push_str("(type $void (func))\n(tag $oops (param i32))\n(memory 1 4) (memory i64 1)\n");
    text.push_str("(data $d (i32.const 0) \"some bytes that nobody reads\")\n(data \"passive\")\n");
    let _ = writeln!(text, "(table $table {n} funcref)\n(global $count (mut i32) (i32.const 0))");
    let _ = writeln!(text, "(global $root (mut (ref null $t0)) (struct.new $t0 (i32.const 1) (ref.null $t0)))");
    for i in 0..n {
        let below = if i == 0 {
            "(drop (ref.cast (ref $t1) (struct.new $t0 (i32.const 1) (ref.null $t0))))".to_owned()
        } else {
            format!("(call $g{} (local.get $p) (local.get $q))", i - 1)
        };
        let _ = writeln!(
            text,
            "(func $g{i} (export \"g{i}\") (param $p i32) (param $q i64)
               (local $x (ref null $t{t})) (local $n i32)
               (local.set $n (i32.const 3))
               (local.set $x (struct.new_default $t{t}))
               (struct.set $t{t} 1 (local.get $x) (ref.null none))
               (call $print (local.get $n))
               (loop $again
                 (global.set $count (i32.add (global.get $count) (struct.get $t{t} 0 (local.get $x))))
                 (i32.store (i32.const 16) (local.get $n))
                 (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
               (block $done
                 (block $caught (result i32)
                   (try_table (catch $oops $caught)
                     (if (i32.eq (local.get $p) (i32.const {odd})) (then (throw $oops (i32.const 5)))))
                   (br $done))
                 (drop))
               (if (i64.ne (local.get $q) (i64.const 0))
                 (then {below})
                 (else (call_indirect $table (type $void) (i32.const 0))))
               (block $no (result (ref null $t{t}))
                 (br_on_cast $no (ref null struct) (ref null $t{t}) (local.get $x))
                 (drop) (local.get $x))
               (drop))",
            t = i,
            odd = 100 + i,
        );
    }
    let _ = writeln!(
        text,
        "(func $main (export \"main\") (param i32) (result i32)
           (if (i32.eq (local.get 0) (i32.const 7)) (then (call $g{} (i32.const 1) (i64.const 2))))
           (i32.const 3))
         (func $nothing)
         (elem (table $table) (i32.const 0) func $nothing $main $g0)
         (start $nothing)
         (export \"table\" (table $table)) (export \"count\" (global $count)))",
        n - 1
    );
    text
}
