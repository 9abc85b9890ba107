//! Generated programs on Wasmtime: it accepts all of them.

use lockstep_engines::{Engine, Failure, Limits};
use lockstep_programs::differential::compare::{Judgement, Reference, judge};
use lockstep_programs::generate::{GenerateOptions, nth};
use lockstep_wasmtime::Wasmtime;
use std::collections::BTreeMap;

/// How many programs: so many, or what the environment variable `LOCKSTEP_PROGRAMS` says.
fn number(n: usize) -> usize {
    std::env::var("LOCKSTEP_PROGRAMS").ok().and_then(|n| n.parse().ok()).unwrap_or(n)
}

fn limits() -> Limits {
    Limits { steps: Some(20_000), frames: Some(500), memory: Some(64 << 20), ..Limits::default() }
}

#[test]
fn wasmtime_accepts() {
    let n = number(100) as u64;
    let wasmtime = Wasmtime::new().unwrap();
    let mut judged: BTreeMap<String, usize> = BTreeMap::new();
    let mut rejected = Vec::new();
    for i in 0..n {
        let program = nth(11, i, &GenerateOptions::default()).program();
        let reference = Reference::new(&program, &limits());
        let mut session = wasmtime.open(&Limits::default()).unwrap();
        let seen = session.run(&program);
        for end in seen.modules.iter().filter_map(|end| end.as_ref().err()) {
            if matches!(end, Failure::Malformed(_) | Failure::Invalid(_) | Failure::Unlinkable(..)) {
                rejected.push(format!("program {i}: {end}"));
            }
        }
        let class = match judge(&program, &limits(), &reference, &seen) {
            Judgement::Differs(difference) => {
                println!("program {i}: {difference:?}");
                "differs".to_owned()
            }
            Judgement::Incomparable(verdict, why) => {
                println!("program {i}: {why}");
                format!("apart: {verdict:?}")
            }
            other => format!("{other:?}"),
        };
        *judged.entry(class).or_default() += 1;
    }
    println!("{judged:#?}");
    assert!(rejected.is_empty(), "{rejected:#?}");
}
