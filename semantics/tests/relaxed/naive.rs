//! The search and the definitions agree.

use std::collections::BTreeSet;

use lockstep_semantics::relaxed::{Bounds, explore, naive};

use super::language::*;
use super::searched;

/// Whether a program has so few events that there is time to try everything.
pub(crate) fn is_small(test: &Test) -> bool {
    test.events() <= 6
}

/// The outcomes by the definitions.
pub(crate) fn outcomes(test: &Test) -> BTreeSet<Vec<Vec<u64>>> {
    naive::outcomes(test).into_iter().collect()
}

/// splitmix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

const ORDERS: [Order; 3] = [Unordered, AcqRel, SeqCst];

/// A program of at most `most` events.
fn program(random: &mut Random, most: usize, places: &[Place], orders: &[Order]) -> Test {
    let threads = 2 + random.below(2);
    let mut test = Test { threads: vec![Vec::new(); threads], made: Vec::new() };
    let mut added = most > 4;
    for n in 0..2 + random.below(most - 1) {
        let (place, order) = (random.pick(places), random.pick(orders));
        let atomic = if order == Unordered { random.pick(&[AcqRel, SeqCst]) } else { order };
        let thread = random.below(threads);
        let ops = &mut test.threads[thread];
        // What is written is mostly different, so that a read says whom it sees.
        let value = if random.below(4) == 0 { 1 } else { n as u64 + 1 };
        let aligned = !matches!(place, Place::Bytes(len, ea) if !ea.is_multiple_of(len.into()));
        ops.push(match random.below(16) {
            0..7 => load(order, place),
            7..12 => store(order, place, value * 0x0101),
            12 => Op::Store(order, place, Source::Plus(0, random.below(2) as u64)),
            // One in small programs: what sums of sums may be read is much, and hardly any of it is written.
            13 if aligned && !std::mem::replace(&mut added, true) => Op::Add(atomic, place, 1),
            13 if aligned => Op::Swap(atomic, place, value),
            14 if aligned => Op::CmpSwap(atomic, place, 0, value),
            15 => Op::Fence,
            _ => store(order, place, value),
        });
        // Atomic accesses are aligned.
        if let (false, Some(Op::Load(order, _) | Op::Store(order, ..))) = (aligned, ops.last_mut()) {
            *order = Unordered;
        }
    }
    if random.below(4) == 0 {
        let mut last: Vec<Op> = (0..threads).map(Op::Spawn).chain((0..threads).map(Op::Join)).collect();
        last.push(load(Unordered, places[0]));
        test.threads.push(last);
    }
    test
}

#[test]
fn agree_on_random_programs() {
    const X: Place = Place::I32(0);
    const Y: Place = Place::I32(1);
    let bytes = [Place::Bytes(1, 0), Place::Bytes(1, 1), Place::Bytes(2, 0), Place::Bytes(2, 1)];
    let mut random = Random(1);
    let (mut weak, mut all, mut compared) = (0, 0, 0);
    for n in 0..4000 {
        let test = match n % 4 {
            0 if n % 8 == 0 => program(&mut random, 5, &[X, Place::Length], &ORDERS),
            0 | 1 => program(&mut random, if n % 16 == 0 { 6 } else { 5 }, &[X, Y], &ORDERS),
            2 => program(&mut random, 4, &[X], &ORDERS[1..]),
            _ => program(&mut random, 4, &bytes, &ORDERS),
        };
        let outcomes = searched(&test);
        if is_small(&test) {
            assert_eq!(outcomes, self::outcomes(&test), "{test:?}");
            compared += 1;
        }
        let strong = interleavings(&test);
        // Whatever interleaving gives is allowed.
        assert!(strong.is_subset(&outcomes), "{test:?}\n{:?}", strong.difference(&outcomes));
        weak += usize::from(strong != outcomes);
        all += 1;
    }
    // A comparison that never saw a weak outcome would be worth little.
    assert!(weak * 25 > all && weak < all, "{weak} of {all}");
    assert!(compared > 3900, "{compared} of {all}");
}

/// The same where most is read-modify-writes, which the search counts.
#[test]
fn agree_on_read_modify_writes() {
    let mut random = Random(3);
    let mut several = 0;
    for n in 0..600 {
        let threads = 2 + random.below(2);
        let mut test = Test { threads: vec![Vec::new(); threads], made: Vec::new() };
        let places = if n % 3 == 0 { &[Place::I32(0), Place::I32(1)][..] } else { &[Place::I32(0)] };
        for _ in 0..2 + random.below(if threads == 2 { 3 } else { 2 }) {
            let (place, order) = (random.pick(places), random.pick(&[AcqRel, SeqCst]));
            let op = match random.below(8) {
                0..3 => Op::Add(order, place, random.below(2) as u64),
                3..5 => Op::Swap(order, place, 1 + random.below(2) as u64),
                5 => Op::CmpSwap(order, place, 1, 2),
                6 => store(random.pick(&ORDERS), place, 1),
                _ => load(random.pick(&ORDERS), place),
            };
            let thread = random.below(threads);
            test.threads[thread].push(op);
        }
        let outcomes = searched(&test);
        assert_eq!(outcomes, self::outcomes(&test), "{test:?}");
        assert!(interleavings(&test).is_subset(&outcomes), "{test:?}");
        several += usize::from(outcomes.len() > 1);
    }
    assert!(several > 200, "{several} with several outcomes");
}

/// A stronger ordering never adds an outcome.
#[test]
fn orderings_are_monotone() {
    let mut random = Random(2);
    let mut fewer = 0;
    for _ in 0..1500 {
        let mut test = program(&mut random, 6, &[Place::I32(0), Place::I32(1)], &[Unordered, AcqRel]);
        let mut last: Option<BTreeSet<Vec<Vec<u64>>>> = None;
        for _ in 0..3 {
            let now: BTreeSet<_> = explore(&test, &Bounds::default()).allowed().map(|(ends, _)| ends).collect();
            if let Some(before) = &last {
                assert!(now.is_subset(before), "{test:?}\n{:?}", now.difference(before));
                fewer += usize::from(now.len() < before.len());
            }
            last = Some(now);
            // One access at a time, and then all.
            let all = random.below(4) == 0;
            for op in test.threads.iter_mut().flatten() {
                if let Op::Load(order, _)
                | Op::Store(order, ..)
                | Op::Add(order, ..)
                | Op::Swap(order, ..)
                | Op::CmpSwap(order, ..) = op
                    && (all || random.below(3) == 0)
                {
                    *order = if *order == Unordered { AcqRel } else { SeqCst };
                }
            }
        }
    }
    assert!(fewer > 100, "{fewer} with fewer outcomes");
}

/// What threads do one step at a time, on one memory.
fn interleavings(test: &Test) -> BTreeSet<Vec<Vec<u64>>> {
    use lockstep_semantics::relaxed::{Answer, Cell, Ended, Item, Piece, Program, Question, cells, joined};
    use std::collections::BTreeMap;

    #[derive(Clone)]
    struct State {
        memory: BTreeMap<Cell, Piece>,
        answers: Vec<Vec<Answer>>,
        steps: Vec<usize>,
    }
    let n = test.threads.len();
    let spawned = |t: usize| test.threads.iter().flatten().any(|op| *op == Op::Spawn(t));
    let mut todo = vec![State { memory: BTreeMap::new(), answers: vec![Vec::new(); n], steps: vec![0; n] }];
    let mut found = BTreeSet::new();
    while let Some(state) = todo.pop() {
        let runs: Vec<_> = (0..n).map(|t| test.run(t, &state.answers[t])).collect();
        let done = |t: usize| matches!(runs[t].end, Ended::End(_)) && state.steps[t] == runs[t].trace.len();
        let begun = |t: usize| {
            let started = (0..n).any(|p| runs[p].trace[..state.steps[p]].contains(&Item::Spawn(t)));
            started || !spawned(t)
        };
        for t in (0..n).filter(|&t| begun(t) && !done(t)) {
            let mut next = state.clone();
            if let Some(item) = runs[t].trace.get(state.steps[t]) {
                use lockstep_semantics::execution::Action;
                if let Item::Action(Action::Write { loc, value, .. }) = *item {
                    next.memory.extend(cells(loc, value));
                }
                next.steps[t] += 1;
                todo.push(next);
                continue;
            }
            match runs[t].end {
                Ended::Asks(Question::Join(other)) if !done(other) => {}
                Ended::Asks(Question::Join(_)) => {
                    next.answers[t].push(Answer::Ended);
                    next.steps[t] += 1;
                    todo.push(next);
                }
                Ended::Asks(Question::Read { loc, like, .. }) => {
                    let initial = cells(loc, test.initial(loc, like).expect("it exists"));
                    let pieces: Vec<Piece> =
                        initial.iter().map(|(k, piece)| *state.memory.get(k).unwrap_or(piece)).collect();
                    next.answers[t].push(Answer::Value(joined(like, &pieces)));
                    // The read, and what it writes at once.
                    let run = test.run(t, &next.answers[t]);
                    if let Some(Item::Action(lockstep_semantics::execution::Action::Rmw { loc, written, .. })) =
                        run.trace.get(next.steps[t])
                    {
                        next.memory.extend(cells(*loc, *written));
                    }
                    next.steps[t] += 1;
                    todo.push(next);
                }
                ref end => panic!("{end:?}"),
            }
        }
        if (0..n).all(done) {
            let end = |t: usize| match &runs[t].end {
                Ended::End(end) => end.clone(),
                end => panic!("{end:?}"),
            };
            found.insert((0..n).map(end).collect());
        }
    }
    found
}
