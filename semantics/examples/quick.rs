use lockstep_semantics::execution::*;
use lockstep_semantics::*;
use std::sync::Arc;
struct Count(u64);
impl observe::Observer for Count {
    #[inline(always)]
    fn instruction(&mut self, i: &syntax::Instr) {
        if !matches!(i, syntax::Instr::End) {
            self.0 += 1
        }
    }
}
fn main() {
    let only = std::env::args().nth(1);
    for (f, arg) in [
        ("fib", 27u32),
        ("sum", 10_000_000),
        ("sieve", 1_000_000),
        ("gclist", 1_000_000),
        ("gctree", 18),
        ("cast", 1_000_000),
        ("cast32", 100_000),
    ] {
        if only.as_deref().is_some_and(|o| o != f) {
            continue;
        }
        let text = std::fs::read_to_string(format!("/work/shared/bench/{f}.wat")).unwrap();
        let (_, module) = decode::decode_text(&text).unwrap();
        let module = Arc::new(module);
        let mut n = 0;
        for counting in [true, false, false] {
            let mut s = Store::new(Bounds::default());
            let mut o = Count(0);
            let ma = instantiate(&mut s, &module, &[], &mut observe::Unobserved, &mut choice::Deterministic).unwrap();
            let Some(ExternAddr::Func(a)) = s.export(ma, "run") else { panic!() };
            let t = std::time::Instant::now();
            let r = if counting {
                invoke(&mut s, a, &[Value::i32(arg)], &mut o, &mut choice::Deterministic)
            } else {
                let mut rc = observe::RuleCounts::default();
                if std::env::var("RC").is_ok() {
                    invoke(&mut s, a, &[Value::i32(arg)], &mut rc, &mut choice::Deterministic)
                } else {
                    invoke(&mut s, a, &[Value::i32(arg)], &mut observe::Unobserved, &mut choice::Deterministic)
                }
            };
            if counting {
                n = o.0;
                continue;
            }
            let d = t.elapsed().as_secs_f64();
            println!("{f:8} {:?} {n} {:.1} M/s", r.unwrap(), n as f64 / d / 1e6);
        }
    }
    let mut times = vec![];
    for (depth, n) in [(0u32, 20u32), (200, 20), (0, 20), (200, 20), (0, 24), (200, 24)] {
        let text = std::fs::read_to_string("/work/shared/bench/depth_0.wast").unwrap();
        let text = &text[..text.rfind("(assert_return").unwrap()];
        let (_, module) = decode::decode_text(text).unwrap();
        let module = Arc::new(module);
        let mut s = Store::new(Bounds::default());
        let ma = instantiate(&mut s, &module, &[], &mut observe::Unobserved, &mut choice::Deterministic).unwrap();
        let Some(ExternAddr::Func(a)) = s.export(ma, "run") else { panic!() };
        let t = std::time::Instant::now();
        let _ = invoke(
            &mut s,
            a,
            &[Value::i32(depth), Value::i32(n)],
            &mut observe::Unobserved,
            &mut choice::Deterministic,
        );
        times.push(t.elapsed());
    }
    println!("{times:?}");
}
