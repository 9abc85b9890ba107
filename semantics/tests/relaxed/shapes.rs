//! The classic shapes, in each ordering: which of their weak outcomes are allowed.

use super::allowed;
use super::language::Place::{I32, I64};
use super::language::*;

const X: Place = I32(0);
const Y: Place = I32(1);
const Z: Place = I32(2);

/// Whether an outcome with these reads is allowed, all accesses ordered as given.
fn weak(order: Order, shape: impl Fn(Order) -> Test, reads: &[&[u64]]) -> bool {
    allowed(&shape(order)).contains(&reads.iter().map(|r| r.to_vec()).collect::<Vec<_>>())
}

/// Plain, acquire-release, sequentially consistent.
fn each(shape: impl Fn(Order) -> Test + Copy, reads: &[&[u64]]) -> [bool; 3] {
    [Unordered, AcqRel, SeqCst].map(|order| weak(order, shape, reads))
}

/// The threads, and after them one that has waited for all of them and reads X and Y.
fn with_finals(threads: &[&[Op]]) -> Test {
    let n = threads.len();
    let mut last: Vec<Op> = (0..n).map(Op::Spawn).chain((0..n).map(Op::Join)).collect();
    last.extend([load(Unordered, X), load(Unordered, Y)]);
    let mut threads: Vec<Vec<Op>> = threads.iter().map(|ops| ops.to_vec()).collect();
    threads.push(last);
    Test { threads, made: Vec::new() }
}

#[test]
fn store_buffering() {
    let sb = |o| Test::new([&[store(o, X, 1), load(o, Y)], &[store(o, Y, 1), load(o, X)]]);
    assert_eq!(each(sb, &[&[0], &[0]]), [true, true, false]);
    let fenced = |o| Test::new([&[store(o, X, 1), Op::Fence, load(o, Y)], &[store(o, Y, 1), Op::Fence, load(o, X)]]);
    assert_eq!(each(fenced, &[&[0], &[0]]), [false, false, false]);
    // An exchange instead of the store.
    let swap = |o| Test::new([&[Op::Swap(o, X, 1), load(o, Y)], &[Op::Swap(o, Y, 1), load(o, X)]]);
    assert!(!weak(SeqCst, swap, &[&[0, 0], &[0, 0]]) && weak(AcqRel, swap, &[&[0, 0], &[0, 0]]));
}

#[test]
fn message_passing() {
    let mp = |o| Test::new([&[store(o, X, 1), store(o, Y, 1)], &[load(o, Y), load(o, X)]]);
    assert_eq!(each(mp, &[&[], &[1, 0]]), [true, false, false]);
    // The data may be plain.
    let data = |o| Test::new([&[store(Unordered, X, 1), store(o, Y, 1)], &[load(o, Y), load(Unordered, X)]]);
    assert_eq!(each(data, &[&[], &[1, 0]]), [true, false, false]);
    let fenced = |o| Test::new([&[store(o, X, 1), Op::Fence, store(o, Y, 1)], &[load(o, Y), Op::Fence, load(o, X)]]);
    assert_eq!(each(fenced, &[&[], &[1, 0]]), [false, false, false]);
}

#[test]
fn load_buffering() {
    let lb = |o| Test::new([&[load(o, X), store(o, Y, 1)], &[load(o, Y), store(o, X, 1)]]);
    assert_eq!(each(lb, &[&[1], &[1]]), [true, false, false]);
    // With a value that depends on itself: nothing ever writes 1.
    let copy = |o, from, to| [load(o, from), Op::Store(o, to, Source::Plus(0, 0))];
    let thin = |o| Test::new([&copy(o, X, Y), &copy(o, Y, X)]);
    assert_eq!(allowed(&thin(Unordered)).len(), 1);
}

#[test]
fn s() {
    let s = |o| with_finals(&[&[store(o, X, 2), store(o, Y, 1)], &[load(o, Y), store(o, X, 1)]]);
    assert_eq!(each(s, &[&[], &[1], &[0, 0, 2, 1]]), [true, false, false]);
}

#[test]
fn r() {
    let r = |o| with_finals(&[&[store(o, X, 1), store(o, Y, 1)], &[store(o, Y, 2), load(o, X)]]);
    assert_eq!(each(r, &[&[], &[0], &[0, 0, 1, 2]]), [true, true, false]);
}

#[test]
fn two_plus_two_writes() {
    let w = |o| with_finals(&[&[store(o, X, 1), store(o, Y, 2)], &[store(o, Y, 1), store(o, X, 2)]]);
    assert_eq!(each(w, &[&[], &[], &[0, 0, 1, 1]]), [true, true, false]);
}

#[test]
fn write_to_read_causality() {
    let wrc = |o| Test::new([&[store(o, X, 1)], &[load(o, X), store(o, Y, 1)], &[load(o, Y), load(o, X)]]);
    assert_eq!(each(wrc, &[&[], &[1], &[1, 0]]), [true, false, false]);
    let rwc = |o| Test::new([&[store(o, X, 1)], &[load(o, X), load(o, Y)], &[store(o, Y, 1), load(o, X)]]);
    assert_eq!(each(rwc, &[&[], &[1, 0], &[0]]), [true, true, false]);
    let isa2 =
        |o| Test::new([&[store(o, X, 1), store(o, Y, 1)], &[load(o, Y), store(o, Z, 1)], &[load(o, Z), load(o, X)]]);
    assert_eq!(each(isa2, &[&[], &[1], &[1, 0]]), [true, false, false]);
}

#[test]
fn independent_reads_of_independent_writes() {
    let iriw = |o, f: &[Op]| {
        let reader = |a, b| [&[load(o, a)], f, &[load(o, b)]].concat();
        Test::new([&[store(o, X, 1)], &[store(o, Y, 1)], &reader(X, Y), &reader(Y, X)])
    };
    assert_eq!(each(|o| iriw(o, &[]), &[&[], &[], &[1, 0], &[1, 0]]), [true, true, false]);
    // Plain writes synchronize with nobody, whatever the fences.
    assert_eq!(each(|o| iriw(o, &[Op::Fence]), &[&[], &[], &[1, 0], &[1, 0]]), [true, false, false]);
}

/// Plain accesses have no coherence: two reads may see the writes of others in any order, and a read and a write of one
/// thread and those of another need not agree on which is last.
#[test]
fn coherence() {
    let rr = |o| Test::new([&[store(o, X, 1)], &[load(o, X), load(o, X)]]);
    assert_eq!(each(rr, &[&[], &[1, 0]]), [true, false, false]);
    let rr2 = |o| Test::new([&[store(o, X, 1), store(o, X, 2)], &[load(o, X), load(o, X)]]);
    assert_eq!(each(rr2, &[&[], &[2, 1]]), [true, false, false]);
    // Two readers that disagree on the order of two writes.
    let disagree =
        |o| Test::new([&[store(o, X, 1)], &[store(o, X, 2)], &[load(o, X), load(o, X)], &[load(o, X), load(o, X)]]);
    assert_eq!(each(disagree, &[&[], &[], &[1, 2], &[2, 1]]), [true, false, false]);
    let wr = |o| Test::new([&[store(o, X, 1), load(o, X)], &[store(o, X, 2)]]);
    assert_eq!(each(wr, &[&[0], &[]]), [false; 3]);
    assert_eq!(each(wr, &[&[2], &[]]), [true; 3]);
    let rw = |o| with_finals(&[&[load(o, X), store(o, X, 1)], &[store(o, X, 2)]]);
    assert_eq!(each(rw, &[&[2], &[], &[0, 0, 2, 0]]), [true, false, false]);
    assert_eq!(each(rw, &[&[1], &[], &[0, 0, 1, 0]]), [false; 3]);
    let ww = |o| with_finals(&[&[store(o, X, 1), store(o, X, 2)]]);
    assert_eq!(each(ww, &[&[], &[0, 1, 0]]), [false; 3]);
}

#[test]
fn rmws_are_atomic() {
    for order in [AcqRel, SeqCst] {
        let add = |n| vec![Op::Add(order, X, 1); n];
        let test = Test::new([&add(2), &add(1)]);
        let all = allowed(&test);
        let expected = [[vec![0, 1], vec![2]], [vec![0, 2], vec![1]], [vec![1, 2], vec![0]]];
        assert_eq!(all, expected.into_iter().map(|ends| ends.to_vec()).collect());
    }
}

/// A field that is made before its structure is published is never seen without what it was made with; what else its maker
/// did before is.
#[test]
fn initialization_is_never_unseen() {
    let test = |o| Test {
        threads: vec![
            vec![store(Unordered, Z, 1), Op::Init(X, 7), store(o, Y, 1)],
            vec![load(o, Y), Op::Unless(1), load(Unordered, X), load(Unordered, Z)],
        ],
        made: vec![X],
    };
    for order in [Unordered, AcqRel, SeqCst] {
        let seen: Vec<Vec<u64>> = allowed(&test(order)).into_iter().map(|ends| ends[1].clone()).collect();
        let strong = [vec![0], vec![1, 7, 1]];
        let weak = [vec![0], vec![1, 7, 0], vec![1, 7, 1]];
        assert_eq!(seen, if order == Unordered { &weak[..] } else { &strong }, "{order:?}");
    }
}

#[test]
fn tearing() {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let seen = |order, place| -> Vec<u64> {
        allowed(&Test::new([&[store(order, place, ONES)], &[load(order, place)]])).iter().map(|e| e[1][0]).collect()
    };
    // All ways to take some bytes from the one and some from the other.
    for place in [I64(0), Place::Bytes(8, 0)] {
        let torn = seen(Unordered, place);
        assert!(torn.len() == 256 && torn.iter().all(|n| n & !ONES == 0));
        assert_eq!(seen(AcqRel, place), [0, ONES]);
        assert_eq!(seen(SeqCst, place), [0, ONES]);
    }
    assert_eq!(seen(Unordered, Place::Bytes(4, 8)), [0, 0x0101_0101]);
    assert_eq!(seen(Unordered, Place::Bytes(4, 6)).len(), 16);
    assert_eq!(seen(Unordered, Place::Bytes(2, 6)), [0, 0x0101]);
    assert_eq!(seen(Unordered, X), [0, 0x0101_0101]);
}

/// Two bytes written one by one are read by halves in any combination, even by an atomic read, but not by later ones.
#[test]
fn mixed_sizes() {
    let (low, high, both) = (Place::Bytes(1, 0), Place::Bytes(1, 1), Place::Bytes(2, 0));
    let test = Test::new([&[store(SeqCst, low, 1), store(SeqCst, high, 1)], &[load(SeqCst, both)]]);
    let seen: Vec<u64> = allowed(&test).iter().map(|e| e[1][0]).collect();
    assert_eq!(seen, [0, 1, 0x100, 0x101]);
    let whole = Test::new([&[store(SeqCst, both, 0x101), store(SeqCst, both, 0x202)], &[load(SeqCst, both)]]);
    assert_eq!(allowed(&whole).len(), 3);
}

#[test]
fn waiting() {
    let word = Place::Bytes(4, 0);
    // The wait sees the new value, or the notification sees the waiter: no wake-up is lost.
    let test = Test::new([&[store(SeqCst, word, 1), Op::Notify(word, 1)], &[Op::Wait(word, 0, -1)]]);
    let all: Vec<Vec<Vec<u64>>> = allowed(&test).into_iter().collect();
    assert_eq!(all, [vec![vec![0], vec![1]], vec![vec![1], vec![0, 0]]]);
    // Without the store it may be.
    let lost = Test::new([&[Op::Notify(word, 1)], &[Op::Wait(word, 0, -1)]]);
    let all: Vec<Vec<Vec<u64>>> = allowed(&lost).into_iter().collect();
    assert_eq!(all, [vec![vec![0], vec![0, 3]], vec![vec![1], vec![0, 0]]]);
    // The one who has waited longest is woken; whoever has a timeout does not wait for ever.
    let wait = |timeout| [Op::Wait(word, 0, timeout)];
    let two = Test::new([&wait(-1), &wait(5), &[Op::Notify(word, 1)]]);
    let all: Vec<Vec<Vec<u64>>> = allowed(&two).into_iter().collect();
    let expected =
        [[vec![0, 0], vec![0, 2], vec![1]], [vec![0, 3], vec![0, 0], vec![1]], [vec![0, 3], vec![0, 2], vec![0]]];
    assert_eq!(all, expected.map(|ends| ends.to_vec()));
    // Whoever waits for a thread that never ends never goes on.
    let join = Test::new([&wait(-1), &[Op::Spawn(0), Op::Join(0)]]);
    assert_eq!(allowed(&join).into_iter().collect::<Vec<_>>(), [[vec![0, 3], vec![3]]]);
}
