//! Instructions per second of the seven programs of `corpus/bench`, with wasmi beside it as a scale.
//!
//! `cargo bench` runs every program several times and prints medians; `cargo bench -- NAME…` only the named ones.
//! "Instructions" counts the executed instructions of WebAssembly: no `end` or `else`, no administrative steps, and a
//! `loop` anew at each branch to it, as in the standard.

use lockstep_semantics::choice::Deterministic;
use lockstep_semantics::execution::{Bounds, ExternAddr, Outcome, Store, Value, instantiate, invoke};
use lockstep_semantics::observe::{Observer, RuleCounts, Unobserved};
use lockstep_semantics::syntax::{Instr, Module, Num};
use lockstep_semantics::{RuleId, decode, rule};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often each program is run.
const RUNS: usize = 9;

/// Name, argument, result, and what it is about.
const PROGRAMS: [(&str, i32, i32, &str); 7] = [
    ("fib", 27, 196_418, "recursive calls"),
    ("sum", 10_000_000, -2_014_260_032, "a tight loop"),
    ("sieve", 1_000_000, 78_498, "linear memory"),
    ("gclist", 1_000_000, 1_783_293_664, "a list of structs"),
    ("gctree", 18, 524_287, "a tree of structs"),
    ("cast", 1_000_000, 4_000_000, "casts, 8 levels deep"),
    ("cast32", 100_000, 1_600_000, "casts, 32 levels deep"),
];

/// Counts executed instructions.
#[derive(Default)]
struct Count(u64);

impl Observer for Count {
    fn instruction(&mut self, instr: &Instr) {
        if !matches!(instr, Instr::End | Instr::Loop(..)) {
            self.0 += 1;
        }
    }
    fn rule(&mut self, rule: RuleId) {
        if rule == rule!("Step_read/loop") {
            self.0 += 1;
        }
    }
}

fn load(name: &str) -> (Vec<u8>, Arc<Module>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/bench").join(name).with_extension("wat");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let (bytes, module) = decode::decode_text(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    (bytes, Arc::new(module))
}

/// A program that tests a reference, `n` times, against the deepest and the middle type of a hierarchy of so many levels.
fn hierarchy(levels: usize) -> Arc<Module> {
    let mut types = String::new();
    for i in 0..levels {
        let sup = i.checked_sub(1).map(|sup| format!("$t{sup} ")).unwrap_or_default();
        types += &format!("(type $t{i} (sub {sup}(struct (field i32))))\n");
    }
    let (deepest, middle) = (levels - 1, levels / 2);
    let text = format!(
        "(module {types} (func (export \"run\") (param $n i32) (result i32)
           (local $s i32) (local $p (ref null $t0))
           (local.set $p (struct.new $t{deepest} (i32.const 0)))
           (loop $l
             (local.set $s (i32.add (local.get $s) (ref.test (ref $t{deepest}) (local.get $p))))
             (local.set $s (i32.add (local.get $s) (ref.test (ref $t{middle}) (local.get $p))))
             (local.set $n (i32.sub (local.get $n) (i32.const 1)))
             (br_if $l (local.get $n)))
           (local.get $s)))"
    );
    Arc::new(decode::decode_text(&text).unwrap_or_else(|e| panic!("{e}")).1)
}

/// One run: the time of the invocation alone.
fn run<O: Observer>(module: &Arc<Module>, args: &[i32], expected: i32, o: &mut O) -> Duration {
    let mut s = Store::new(Bounds::default());
    let ma = instantiate(&mut s, module, &[], o, &mut Deterministic).expect("the programs have no imports");
    let Some(ExternAddr::Func(a)) = s.export(ma, "run") else { panic!("the programs export `run`") };
    let args: Vec<Value> = args.iter().map(|&i| Value::i32(i as u32)).collect();
    let start = Instant::now();
    let outcome = invoke(&mut s, a, &args, o, &mut Deterministic).expect("the arguments are of the right types");
    let time = start.elapsed();
    assert_eq!(outcome, Outcome::Values(vec![Value::Num(Num::I32(expected as u32))]));
    time
}

fn run_wasmi(bytes: &[u8], arg: i32, expected: i32) -> Option<Duration> {
    let engine = wasmi::Engine::default();
    let module = wasmi::Module::new(&engine, bytes).ok()?;
    let mut store = wasmi::Store::new(&engine, ());
    let instance = wasmi::Linker::new(&engine).instantiate_and_start(&mut store, &module).ok()?;
    let run = instance.get_typed_func::<i32, i32>(&store, "run").ok()?;
    let start = Instant::now();
    let result = run.call(&mut store, arg).ok()?;
    let time = start.elapsed();
    assert_eq!(result, expected);
    Some(time)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn millions_per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64() / 1e6
}

fn main() {
    let only: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    println!("| program | | instructions | million/s | counting rules | wasmi million/s |");
    println!("|---|---|--:|--:|--:|--:|");
    for (name, arg, expected, about) in PROGRAMS {
        if !only.is_empty() && !only.iter().any(|o| o == name) {
            continue;
        }
        let (bytes, module) = load(name);
        let mut count = Count::default();
        run(&module, &[arg], expected, &mut count);
        let n = count.0;
        let (mut plain, mut counting, mut wasmi) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..RUNS {
            plain.push(run(&module, &[arg], expected, &mut Unobserved));
            counting.push(run(&module, &[arg], expected, &mut RuleCounts::default()));
            wasmi.extend(run_wasmi(&bytes, arg, expected));
        }
        let plain = median(plain);
        let wasmi =
            if wasmi.is_empty() { "no GC".into() } else { format!("{:.0}", millions_per_second(n, median(wasmi))) };
        println!(
            "| `{name}` | {about} | {n} | {:.0} | {:.0} | {wasmi} |",
            millions_per_second(n, plain),
            millions_per_second(n, median(counting)),
        );
    }
    if !only.is_empty() {
        return;
    }
    let (_, module) = load("depth");
    let (mut under_0, mut under_200) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        under_0.push(run(&module, &[0, 24], 46_368, &mut Unobserved));
        under_200.push(run(&module, &[200, 24], 46_368, &mut Unobserved));
    }
    let ratio = median(under_200).as_secs_f64() / median(under_0).as_secs_f64();
    println!("\nfib(24) under 200 more frames takes {ratio:.2} times as long as under none.");
    let (shallow, deep) = (hierarchy(2), hierarchy(32));
    let (mut in_2, mut in_32) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        in_2.push(run(&shallow, &[500_000], 1_000_000, &mut Unobserved));
        in_32.push(run(&deep, &[500_000], 1_000_000, &mut Unobserved));
    }
    let ratio = median(in_32).as_secs_f64() / median(in_2).as_secs_f64();
    println!("A cast in a hierarchy of 32 levels takes {ratio:.2} times as long as in one of 2.");
}
