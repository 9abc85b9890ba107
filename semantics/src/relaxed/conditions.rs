//! Decides whether an execution is consistent (chapters T.3 and S.5 of the catalogue): one small predicate for each condition.
//!
//! Read them beside `document/core/exec/relaxed.rst` of the threads proposal. A candidate brings the relations that the proposal
//! says must exist: reads-from, happens-before, the total order. Names are those of the catalogue: `x` is the execution (the trace), `r` a read,
//! `w` and `w1` (W') writes, `k` a cell, `i` its place in the range of the read.

use super::execution::{Event, Execution};
use crate::execution::{Action, Location, Order};
use lockstep_spec::{RuleId, rule};

/// Why a candidate is not consistent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The condition that does not hold.
    pub rule: RuleId,
    /// The events it does not hold of, in the order in which the condition names them.
    pub events: Vec<usize>,
}

/// Whether a condition holds, and which one does not.
pub type Checked = Result<(), Rejected>;

fn check(holds: bool, rule: RuleId, events: &[usize]) -> Checked {
    if holds { Ok(()) } else { Err(Rejected { rule, events: events.to_vec() }) }
}

/// A candidate, with the positions of its events in the total order.
struct Trace<'a> {
    x: &'a Execution,
    /// The position of each event in the total order.
    at: Vec<usize>,
}

impl Trace<'_> {
    fn event(&self, e: usize) -> &Event {
        &self.x.events[e]
    }

    fn hb(&self, a: usize, b: usize) -> bool {
        self.x.hb.has(a, b)
    }

    fn tot(&self, a: usize, b: usize) -> bool {
        self.at[a] < self.at[b]
    }

    /// The order of atomic writes with the same range.
    fn mo(&self, a: usize, b: usize) -> bool {
        let place = |order: &[usize], e| order.iter().position(|&f| f == e);
        self.x.mo.iter().any(|order| matches!((place(order, a), place(order, b)), (Some(a), Some(b)) if a < b))
    }

    fn writing(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.x.events.len()).filter(|&e| self.event(e).writing())
    }
}

/// `sync` of T.3, of a write and a read: same range, both sequentially consistent.
pub fn sync(w: &Event, r: &Event) -> bool {
    w.same(r) && w.write_order() == Some(Order::SeqCst) && r.read_order() == Some(Order::SeqCst)
}

/// The same of two writes.
pub fn sync_writes(w: &Event, w1: &Event) -> bool {
    w.same(w1) && w.write_order() == Some(Order::SeqCst) && w1.write_order() == Some(Order::SeqCst)
}

fn atomic_writes(w: &Event, w1: &Event) -> bool {
    w.same(w1) && w.write_order() >= Some(Order::AcqRel) && w1.write_order() >= Some(Order::AcqRel)
}

/// Consistent      `⊢ tr consistent`
///                   if `⊢_r tr consistent_with` for each region
///                   and `E ≺hb E'` implies `E ≺tot E'`
///
/// All regions are judged at once: events of different ones have no cell in common.
pub fn consistent(x: &Execution) -> Checked {
    let t = Trace { x, at: x.positions() };
    if let Some(e) = x.hb.reflexive() {
        return check(false, rule!("Consistent"), &[e]);
    }
    fences_ordered(&t)?;
    consistent_with(&t)?;
    for (a, b) in x.hb.pairs() {
        check(t.tot(a, b), rule!("Consistent"), &[a, b])?;
    }
    mo_order(&t)
}

/// Consistent_with `⊢_r tr consistent_with`
///                   if `suspensions_consistent` at each place, each read `reads_each_from` some writes,
///                   and `I ≺hb E` for each initial value `I` and each `E` that overlaps it
fn consistent_with(t: &Trace) -> Checked {
    for (i, e) in t.x.events.iter().enumerate().filter(|(_, e)| e.is_init()) {
        for (j, f) in t.x.events.iter().enumerate() {
            // Two initial values of one place are the same initial value, seen by different ranges.
            let ordered = !e.overlap(f) || f.is_init() || t.hb(i, j);
            check(ordered, rule!("Consistent_with"), &[i, j])?;
        }
    }
    let mut places: Vec<Location> = t.x.events.iter().filter_map(Event::suspends_at).collect();
    places.sort();
    places.dedup();
    places.into_iter().try_for_each(|i| suspensions_consistent(t, i))?;
    (0..t.x.events.len()).filter(|&r| t.event(r).reading()).try_for_each(|r| reads_each_from(t, r, &t.x.rf[r]))
}

/// Reads_each_from `tr ⊢_r R reads_each_from W*`
///                   if there is one for each cell, `R reads_from` each, and `⊢_r R no_tear W*`
fn reads_each_from(t: &Trace, r: usize, ws: &[usize]) -> Checked {
    check(ws.len() == t.event(r).read.len(), rule!("Reads_each_from"), &[r])?;
    for (i, &w) in ws.iter().enumerate() {
        reads_from(t, i, r, w)?;
    }
    no_tear(t, r, ws)
}

/// Reads_from      `tr ⊢_r,i R reads_from W`
///                   if `R ≠ W`, `W` writes, `R value_consistent W`, `R hb_consistent W`, `R sc_last_visible W`
fn reads_from(t: &Trace, i: usize, r: usize, w: usize) -> Checked {
    check(r != w && t.event(w).writing(), rule!("Reads_from"), &[r, w])?;
    value_consistent(t, i, r, w)?;
    hb_consistent(t, i, r, w)?;
    sc_last_visible(t, r, w)?;
    coherent(t, r, w)
}

/// Value_consistent `tr ⊢_r,i,k R value_consistent W`
///                   if `read(R)[i] = write(W)[j]` and both are about the cell `k`
fn value_consistent(t: &Trace, i: usize, r: usize, w: usize) -> Checked {
    let k = t.event(r).range[i];
    check(t.event(w).writes_to(k) == Some(t.event(r).read[i]), rule!("Value_consistent"), &[r, w])
}

/// Hb_consistent   `tr ⊢_r,k R hb_consistent W`
///   /future         if not `R ≺hb W`
///   /sync           and `W ≺hb R` if they synchronize
///   /hidden         and there is no `W'` with `W ≺hb W' ≺hb R` that writes `k`
fn hb_consistent(t: &Trace, i: usize, r: usize, w: usize) -> Checked {
    let k = t.event(r).range[i];
    check(!t.hb(r, w), rule!("Hb_consistent/future"), &[r, w])?;
    check(!t.event(w).synchronizes_with(t.event(r)) || t.hb(w, r), rule!("Hb_consistent/sync"), &[r, w])?;
    t.writing().try_for_each(|w1| {
        let hidden = t.hb(w, w1) && t.hb(w1, r) && t.event(w1).range.contains(&k);
        check(!hidden, rule!("Hb_consistent/hidden"), &[r, w, w1])
    })
}

/// Sc_last_visible `tr ⊢_r R sc_last_visible W`
///                   if for each `W'`, where `W ≺hb R`:
///   /between        `W ≺tot W' ≺tot R` and `sync(W, R)` implies not `sync(W', R)`
///   /before         `W ≺hb W' ≺tot R` implies not `sync(W', R)`
///   /after          `W ≺tot W' ≺hb R` implies not `sync(W, W')`
fn sc_last_visible(t: &Trace, r: usize, w: usize) -> Checked {
    if !t.hb(w, r) {
        return Ok(());
    }
    let (er, ew) = (t.event(r), t.event(w));
    t.writing().filter(|&w1| w1 != w && w1 != r).try_for_each(|w1| {
        let e1 = t.event(w1);
        let between = t.tot(w, w1) && t.tot(w1, r) && sync(ew, er) && sync(e1, er);
        check(!between, rule!("Sc_last_visible/between"), &[r, w, w1])?;
        let before = t.hb(w, w1) && t.tot(w1, r) && sync(e1, er);
        check(!before, rule!("Sc_last_visible/before"), &[r, w, w1])?;
        let after = t.tot(w, w1) && t.hb(w1, r) && sync_writes(ew, e1);
        check(!after, rule!("Sc_last_visible/after"), &[r, w, w1])
    })
}

/// No_tear         `⊢_r R no_tear W*`
///                   if `tearfree(R)` implies that at most one `W` in `W*` has `same(R, W)` and `tearfree(W)`
fn no_tear(t: &Trace, r: usize, ws: &[usize]) -> Checked {
    let mut whole: Vec<usize> =
        ws.iter().copied().filter(|&w| t.event(w).same(t.event(r)) && t.event(w).tear_free()).collect();
    whole.sort_unstable();
    whole.dedup();
    let torn = [&[r], &whole[..]].concat();
    check(!t.event(r).tear_free() || whole.len() <= 1, rule!("No_tear"), &torn)
}

/// Suspensions_consistent `⊢_r,i tr suspensions_consistent`
///                   if its waits, wake-ups, timeouts and notifications are `suspensions_consistent_with (ε)`
///                   and `≺hb` orders them as `≺tot` does
fn suspensions_consistent(t: &Trace, i: Location) -> Checked {
    let mut tr: Vec<usize> = (0..t.x.events.len()).filter(|&e| t.event(e).suspends_at() == Some(i)).collect();
    tr.sort_by_key(|&e| t.at[e]);
    suspensions_consistent_with(t, &tr)?;
    tr.windows(2).try_for_each(|p| check(t.hb(p[0], p[1]), rule!("Suspensions_consistent"), p))
}

/// Suspensions_consistent_with `⊢_r,i tr suspensions_consistent_with (t*)`
///   /empty          when nothing is left
///   /wait           a wait enters the queue
///   /timeout        one whose time is over leaves it from anywhere
///   /notify         a notification wakes the `n` that have waited longest; if it may wake more, there are no more
///
/// The queue is kept with the longest waiting first, by threads: a thread waits once at a time.
fn suspensions_consistent_with(t: &Trace, tr: &[usize]) -> Checked {
    let mut queue: Vec<Option<usize>> = Vec::new();
    let mut rest = tr;
    while let [e, tail @ ..] = rest {
        rest = tail;
        let thread = t.event(*e).thread;
        match t.event(*e).action {
            Action::TimedOut(_) => {
                let place = queue.iter().position(|&waiter| waiter == thread);
                check(place.is_some(), rule!("Suspensions_consistent_with/timeout"), &[*e])?;
                queue.remove(place.unwrap_or_default());
            }
            Action::Notify { woken, asked, .. } => {
                let rule = rule!("Suspensions_consistent_with/notify");
                let n = woken as usize;
                check(n <= queue.len() && n <= rest.len() && woken <= asked, rule, &[*e])?;
                let m = queue.len() - n;
                check(m == 0 || woken == asked, rule, &[*e])?;
                // The times are compared one by one with those in the queue, which has the last to come first.
                for (&e1, waiter) in rest[..n].iter().zip(queue.drain(..n).rev()) {
                    let wakes = matches!(t.event(e1).action, Action::Woken(_)) && t.event(e1).thread == waiter;
                    check(wakes, rule, &[*e, e1])?;
                }
                rest = &rest[n..];
            }
            _ if t.event(*e).wait.is_some() || matches!(t.event(*e).action, Action::Wait(_)) => {
                check(!queue.contains(&thread), rule!("Suspensions_consistent_with/wait"), &[*e])?;
                queue.push(thread);
            }
            // A wake-up that follows no notification.
            _ => check(false, rule!("Suspensions_consistent_with/notify"), &[*e])?,
        }
    }
    check(rest.is_empty(), rule!("Suspensions_consistent_with/empty"), rest)
}

/// Fences_ordered  `F ≺hb F'` or `F' ≺hb F`
fn fences_ordered(t: &Trace) -> Checked {
    let is_fence = |&e: &usize| matches!(t.event(e).action, Action::Fence);
    let fences: Vec<usize> = (0..t.x.events.len()).filter(is_fence).collect();
    fences.iter().enumerate().try_for_each(|(n, &a)| {
        fences[..n].iter().try_for_each(|&b| check(t.hb(a, b) || t.hb(b, a), rule!("Fences_ordered"), &[b, a]))
    })
}

/// Coherent/order  `mo_r` is a total order of the atomic writes with range `r`
///                   and `W ≺hb W'` implies `W mo_r W'`
///                   and `W mo_r W'` if and only if `W ≺tot W'`, for `seqcst` ones
fn mo_order(t: &Trace) -> Checked {
    for w in t.writing() {
        for w1 in t.writing().filter(|&w1| w1 < w && atomic_writes(t.event(w), t.event(w1))) {
            let rule = rule!("Coherent/order");
            let (forth, back) = (t.mo(w, w1), t.mo(w1, w));
            check(forth != back, rule, &[w1, w])?;
            check(!t.hb(w, w1) || forth, rule, &[w, w1])?;
            check(!t.hb(w1, w) || back, rule, &[w1, w])?;
            check(!sync_writes(t.event(w), t.event(w1)) || forth == t.tot(w, w1), rule, &[w1, w])?;
        }
    }
    Ok(())
}

/// Coherent        `tr ⊢_r R reads_from W` only if, where `W ≺hb R`:
///   /last           not `W mo_r W' ≺hb R` for any `W'`
///   /rmw            not `W mo_r W' mo_r R` nor `W ≺hb W' mo_r R` for any `W'`, where `R` is an atomic rmw
fn coherent(t: &Trace, r: usize, w: usize) -> Checked {
    if !t.hb(w, r) {
        return Ok(());
    }
    t.writing().filter(|&w1| w1 != w && w1 != r).try_for_each(|w1| {
        check(!(t.mo(w, w1) && t.hb(w1, r)), rule!("Coherent/last"), &[r, w, w1])?;
        let atomic = (t.mo(w, w1) || t.hb(w, w1)) && t.mo(w1, r);
        check(!(t.event(r).is_rmw() && atomic), rule!("Coherent/rmw"), &[r, w, w1])
    })
}
