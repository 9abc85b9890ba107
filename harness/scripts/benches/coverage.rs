//! What watching costs: `cargo bench -p lockstep-scripts` runs the official suite with and without coverage, in turn, and prints
//! the medians and their ratio. `../shared/suites/core` is used where it is, the embedded suite elsewhere.

use lockstep_engines::Semantics;
use lockstep_scripts::conform::{self, Options};
use lockstep_scripts::{coverage, suite};
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often each is run.
const RUNS: usize = 7;

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

fn main() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/suites/core");
    let scripts = if core.is_dir() { suite::collect(&[core]).expect("scripts") } else { suite::embedded() };
    let options = Options { jobs: NonZeroUsize::new(1), ..Options::default() };
    let (mut plain, mut watched) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let begin = Instant::now();
        conform::run(&scripts, &Semantics, &options, |_| ()).expect("a run");
        plain.push(begin.elapsed());
        let begin = Instant::now();
        coverage::run(&scripts, &options, |_| ()).expect("a run").summary();
        watched.push(begin.elapsed());
    }
    let (plain, watched) = (median(plain), median(watched));
    println!("a conformance run of {} scripts: {plain:.3} s", scripts.len());
    println!("the same with coverage:          {watched:.3} s, {:.2} times as long", watched / plain);
}
