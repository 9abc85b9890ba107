//! How long it takes. Run with `cargo test --profile quick -p lockstep-semantics --test relaxed -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use lockstep_semantics::relaxed::{Bounds, explore};

use super::language::Place::I32;
use super::language::*;
use super::naive::Random;

fn measure(name: &str, test: &Test) -> Duration {
    let start = Instant::now();
    let outcomes = explore(test, &Bounds::default());
    let time = start.elapsed();
    eprintln!(
        "{name:28} {:8} thread runs {:9} candidates {:9} executions {:8} outcomes {:6} ms  {:?}",
        outcomes.thread_runs,
        outcomes.candidates,
        outcomes.executions,
        outcomes.allowed().count(),
        time.as_millis(),
        outcomes.limits,
    );
    assert_eq!(outcomes.limits, []);
    time
}

/// `threads` of `accesses` each on `places`, reads and writes in turn, all values different.
fn mixed(threads: usize, accesses: usize, places: usize, order: impl Fn(usize) -> Order, seed: u64) -> Test {
    let mut random = Random(seed);
    let mut n = 0;
    let mut ops = |_| {
        (0..accesses)
            .map(|i| {
                n += 1;
                let place = I32(random.below(places) as u32);
                if (i + random.below(2)).is_multiple_of(2) {
                    store(order(n), place, n as u64)
                } else {
                    load(order(n), place)
                }
            })
            .collect()
    };
    Test { threads: (0..threads).map(&mut ops).collect(), made: Vec::new() }
}

#[test]
#[ignore = "measures"]
fn three_threads_of_six() {
    let orders: [(&str, fn(usize) -> Order); 4] = [
        ("plain", |_| Unordered),
        ("acqrel", |_| AcqRel),
        ("seqcst", |_| SeqCst),
        ("mixed", |n| [Unordered, AcqRel, SeqCst][n % 3]),
    ];
    let mut most = Duration::ZERO;
    for (name, order) in orders {
        for places in 2..=3 {
            for seed in 0..4 {
                most =
                    most.max(measure(&format!("{name}, {places} places, {seed}"), &mixed(3, 6, places, order, seed)));
            }
        }
    }
    for order in [Unordered, AcqRel, SeqCst] {
        let add = |_| [load(order, I32(0)), Op::Store(order, I32(0), Source::Plus(0, 1))];
        let twice: Vec<Op> = (0..2).flat_map(add).collect();
        most = most.max(measure("counter, twice by three", &Test::new([&twice, &twice, &twice])));
    }
    for order in [AcqRel, SeqCst] {
        let twice = [Op::Add(order, I32(0), 1); 2];
        most = most.max(measure("atomic counter", &Test::new([&twice, &twice, &twice])));
    }
    eprintln!("at most {} ms", most.as_millis());
}
