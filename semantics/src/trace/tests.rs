use super::*;
use crate::choice::Deterministic;
use crate::decode;
use std::sync::Arc;

/// Writes each step on a line.
#[derive(Default)]
struct Lines(Vec<String>);

impl Sink for Lines {
    fn step(&mut self, step: &Step<'_>) {
        let rule = step.rule().map_or("", |rule| rule.as_str());
        let mut line = format!("{} {rule}  {}  ~>  {}", step.depth(), step.redex(), step.contractum());
        for change in step.changes() {
            line += &format!("; {}", step.show(*change));
        }
        self.0.push(line);
    }
}

fn trace(text: &str) -> Vec<String> {
    let (_, module) = decode::decode_text(text).unwrap();
    let mut s = Store::new(Bounds::default());
    let mut tracer = Tracer::new(Lines::default());
    tracer.switch(false);
    let ma = instantiate(&mut s, &Arc::new(module), &[], &mut tracer, &mut Deterministic).unwrap();
    let Some(ExternAddr::Func(a)) = s.export(ma, "f") else { panic!("no function f") };
    tracer.switch(true);
    invoke(&mut s, a, &[], &mut tracer, &mut Deterministic).unwrap();
    tracer.sink.0
}

#[test]
fn a_structure_and_a_call() {
    let lines = trace(
        r#"(module
             (type $point (struct (field $x (mut i32)) (field $y i32)))
             (func $sum (param $p (ref $point)) (result i32)
               (i32.add (struct.get $point $x (local.get $p)) (struct.get $point $y (local.get $p))))
             (func $f (export "f") (result i32) (local $q (ref null $point))
               (local.set $q (struct.new $point (i32.const 1) (i32.const 2)))
               (struct.set $point $x (local.get $q) (i32.const 5))
               (call $sum (ref.as_non_null (local.get $q)))))"#,
    );
    let want = "\
0 Step_read/call_ref-func  (ref.func 1) (call_ref (func (result i32)))  ~>  (frame_1 {(ref.null)} (label_1 {} …))
2 Step/struct.new  (i32.const 1) (i32.const 2) (struct.new $point)  ~>  (ref.struct 0); structs[0] = $point {$x 1, $y 2}
2 Step/local.set  (ref.struct 0) (local.set $q)  ~>  ε; locals.$q: (ref.null) → (ref.struct 0)
2 Step_read/local.get  (local.get $q)  ~>  (ref.struct 0)
2 Step/struct.set-struct  (ref.struct 0) (i32.const 5) (struct.set $point $x)  ~>  ε; structs[0].$x: 1 → 5
2 Step_read/local.get  (local.get $q)  ~>  (ref.struct 0)
2 Step_pure/ref.as_non_null-addr  (ref.struct 0) ref.as_non_null  ~>  (ref.struct 0)
2 Step_read/call  (call $sum)  ~>  (ref.func 0) (call_ref 1)
2 Step_read/call_ref-func  (ref.struct 0) (ref.func 0) (call_ref 1)  ~>  (frame_1 {(ref.struct 0)} (label_1 {} …))
4 Step_read/local.get  (local.get $p)  ~>  (ref.struct 0)
4 Step_read/struct.get-struct  (ref.struct 0) (struct.get $point $x)  ~>  (i32.const 5)
4 Step_read/local.get  (local.get $p)  ~>  (ref.struct 0)
4 Step_read/struct.get-struct  (ref.struct 0) (struct.get $point $y)  ~>  (i32.const 2)
4 Step_pure/binop-val  (i32.const 5) (i32.const 2) i32.add  ~>  (i32.const 7)
4 Step_pure/label-vals  (label_1 {} (i32.const 7))  ~>  (i32.const 7)
3 Step_pure/frame-vals  (frame_1 {…} (i32.const 7))  ~>  (i32.const 7)
2 Step_pure/label-vals  (label_1 {} (i32.const 7))  ~>  (i32.const 7)
1 Step_pure/frame-vals  (frame_1 {…} (i32.const 7))  ~>  (i32.const 7)";
    assert_eq!(lines.join("\n"), want);
}

#[test]
fn contexts() {
    let lines = trace(
        r#"(module
             (tag $e (param i32))
             (func (export "f") (result i32)
               (block $h (result i32)
                 (try_table (result i32) (catch $e $h)
                   (block $b (result i32) (i32.const 3) (br $b (i32.const 4)))
                   (throw $e)))))"#,
    );
    let want = "\
0 Step_read/call_ref-func  (ref.func 0) (call_ref (func (result i32)))  ~>  (frame_1 {} (label_1 {} …))
2 Step_read/block  (block (result i32) …)  ~>  (label_1 {} …)
3 Step_read/try_table  (try_table (result i32) (catch $e 0) …)  ~>  (handler_1 {(catch $e 0)} (label_1 {} …))
5 Step_read/block  (block (result i32) …)  ~>  (label_1 {} …)
6 Step_pure/br-label-zero  (label_1 {} (i32.const 3) (i32.const 4) (br 0))  ~>  (i32.const 4)
5 Step/throw  (i32.const 4) (throw $e)  ~>  (ref.exn 0) throw_ref; exns[0] = $e {4}
5 Step_read/throw_ref-label  (label_1 {} (ref.exn 0) throw_ref)  ~>  (ref.exn 0) throw_ref
4 Step_read/throw_ref-handler-catch  (handler_1 {(catch $e 0)} (ref.exn 0) throw_ref)  ~>  (i32.const 4) (br 0)
3 Step_pure/br-label-zero  (label_1 {} (i32.const 4) (br 0))  ~>  (i32.const 4)
2 Step_pure/label-vals  (label_1 {} (i32.const 4))  ~>  (i32.const 4)
1 Step_pure/frame-vals  (frame_1 {…} (i32.const 4))  ~>  (i32.const 4)";
    assert_eq!(lines.join("\n"), want);
}

#[test]
fn what_a_host_function_writes_shows() {
    let text = r#"(module
      (import "h" "write" (func $write))
      (global $g (export "g") (mut i32) (i32.const 1))
      (global $constant i32 (i32.const 1))
      (table $t (export "t") 2 funcref)
      (memory (export "m") 1)
      (func (export "f") (call $write) (call $write)))"#;
    let (_, module) = decode::decode_text(text).unwrap();
    let mut s = Store::new(Bounds::default());
    let write: HostFunc = Arc::new(|caller, _| {
        caller.set_global(0, Value::Num(Num::I32(2))).unwrap();
        caller.set_table_elem(0, 1, Ref::Func(0)).unwrap();
        caller.write_memory(0, 65_518, &[7; 18]).unwrap();
        if caller.store().mems[0].bytes.len() == 65_536 {
            assert_eq!(caller.grow_memory(0, 1), Some(1));
        }
        // What cannot be written is not, and nobody is told of it.
        assert_eq!(caller.set_global(0, Value::Num(Num::I64(2))), None);
        assert_eq!(caller.set_global(1, Value::Num(Num::I32(2))), None);
        assert_eq!(caller.set_table_elem(0, 2, Ref::Null), None);
        assert_eq!(caller.set_table_elem(0, 0, Ref::I31(0)), None);
        assert_eq!(caller.write_memory(0, 131_071, &[1; 2]), None);
        assert_eq!(caller.grow_memory(0, 65_536), None);
        HostResult::Values(Vec::new())
    });
    let a = s.alloc_host_func(FuncType::default(), write);
    let mut tracer = Tracer::new(Lines::default());
    tracer.switch(false);
    let imports = [ExternAddr::Func(a)];
    let ma = instantiate(&mut s, &Arc::new(module), &imports, &mut tracer, &mut Deterministic).unwrap();
    let Some(ExternAddr::Func(a)) = s.export(ma, "f") else { panic!("no function f") };
    tracer.switch(true);
    invoke(&mut s, a, &[], &mut tracer, &mut Deterministic).unwrap();
    let lines = tracer.sink.0;
    let zeros = ["00"; 16].join(" ");
    let sevens = ["07"; 16].join(" ");
    let want = format!(
        "2   (ref.func 0) (call_ref 0)  ~>  ε; globals[0] $g: 1 → 2; tables[0][1]: (ref.null) → (ref.func 0); \
         mems[0][65518 : 16]: {zeros} → {sevens}; mems[0][65534 : 2]: 00 00 → 07 07; |mems[0]|: 1 page → 2 pages"
    );
    assert_eq!(lines[2], want);
    // The second time it writes what is there already, as an instruction may. (The memory does not grow again.)
    let want = format!(
        "2   (ref.func 0) (call_ref 0)  ~>  ε; globals[0] $g: 2 → 2; tables[0][1]: (ref.func 0) → (ref.func 0); \
         mems[0][65518 : 16]: {sevens} → {sevens}; mems[0][65534 : 2]: 07 07 → 07 07"
    );
    assert_eq!(lines[4], want);
}
