//! Finds all outcomes of a program of a handful of events straight from the definitions, as a check on the search.
//!
//! It tries every combination of runs, every map from reads to writes, every interleaving as the total order and every order of
//! the release writes. It computes happens-before from scratch each time, and has the conditions once more in their most
//! literal form. It shares with the search only the actions and the cells that they access.

use rustc_hash::{FxHashMap, FxHashSet};

use super::execution::{Cell, Piece, cells, joined};
use super::program::{Answer, Ended, Item, Program, Question};
use crate::execution::{Action, Location, Order, Waiting};

/// The ends of one outcome, for each thread.
pub type Ends<End> = Vec<End>;

struct Event {
    thread: usize,
    range: Vec<Cell>,
    read: Vec<Piece>,
    write: Vec<Piece>,
    read_order: Order,
    write_order: Order,
    whole: bool,
    rmw: bool,
    action: Action,
    wait: Option<Waiting>,
}

impl Event {
    /// One that touches no cell.
    fn empty(thread: usize, action: Action) -> Event {
        Event {
            thread,
            range: Vec::new(),
            read: Vec::new(),
            write: Vec::new(),
            read_order: Order::Init,
            write_order: Order::Init,
            whole: true,
            rmw: false,
            action,
            wait: None,
        }
    }
}

enum Step {
    Event(Box<Event>),
    Spawn(usize),
    Join(usize),
}

struct Run<End> {
    steps: Vec<Step>,
    end: End,
    suspended: bool,
    in_vain: Option<usize>,
}

/// All outcomes of a program. Exponential in everything.
pub fn outcomes<P: Program>(program: &P) -> FxHashSet<Ends<P::End>> {
    let mut initial = FxHashMap::default();
    let mut values: FxHashMap<Cell, Vec<Piece>> = FxHashMap::default();
    let mut round = 0;
    let runs: Vec<Vec<Run<P::End>>> = loop {
        round += 1;
        let mut reads = 0;
        let mut runs = Vec::new();
        for thread in 0..program.threads() {
            let (mut found, mut longest) = (Vec::new(), 0);
            all_runs(program, thread, &mut Vec::new(), None, &values, &mut initial, &mut found, &mut longest);
            reads += longest;
            runs.push(found);
        }
        let mut closed = true;
        for event in runs.iter().flatten().flat_map(|run| &run.steps) {
            let Step::Event(event) = event else { continue };
            for (&cell, &piece) in event.range.iter().zip(&event.write) {
                let known = values.entry(cell).or_default();
                if !known.contains(&piece) {
                    known.push(piece);
                    closed = false;
                }
            }
        }
        if closed || round > reads {
            break runs;
        }
    };
    let mut outcomes = FxHashSet::default();
    each(&runs, &mut Vec::new(), &mut |combination: &[&Run<P::End>]| {
        let ends: Vec<P::End> = combination.iter().map(|run| run.end.clone()).collect();
        if !outcomes.contains(&ends) && possible(combination, &initial) {
            outcomes.insert(ends);
        }
    });
    outcomes
}

fn each<'a, T>(sets: &'a [Vec<T>], chosen: &mut Vec<&'a T>, then: &mut impl FnMut(&[&'a T])) {
    let Some(set) = sets.get(chosen.len()) else { return then(chosen) };
    for one in set {
        chosen.push(one);
        each(sets, chosen, then);
        chosen.pop();
    }
}

fn all_runs<P: Program>(
    program: &P,
    thread: usize,
    answers: &mut Vec<Answer>,
    last: Option<Question>,
    values: &FxHashMap<Cell, Vec<Piece>>,
    initial: &mut FxHashMap<Cell, Option<Piece>>,
    found: &mut Vec<Run<P::End>>,
    longest: &mut usize,
) {
    let run = program.run(thread, answers);
    let suspended = matches!(run.end, Ended::Suspended(_));
    let question = match run.end {
        Ended::Bound => return,
        Ended::Asks(question) => question,
        Ended::End(end) | Ended::Suspended(end) => {
            *longest = answers.len().max(*longest);
            let in_vain = match last {
                Some(Question::Join(t)) if suspended => Some(t),
                _ => None,
            };
            found.push(Run { steps: steps(thread, &run.trace), end, suspended, in_vain });
            return;
        }
    };
    let possible = match question {
        Question::Wait(w) => vec![Answer::Woken, if w.timeout < 0 { Answer::Never } else { Answer::TimedOut }],
        Question::Notify { asked, .. } => (0..=asked.min(4)).map(Answer::Woke).collect(),
        Question::Join(_) => vec![Answer::Ended, Answer::Never],
        Question::Read { loc, like, .. } => {
            let range: Vec<Cell> = cells(loc, like).into_iter().map(|(cell, _)| cell).collect();
            let before = program.initial(loc, like).map(|value| cells(loc, value)).unwrap_or_default();
            let mut sets = Vec::new();
            for (i, &cell) in range.iter().enumerate() {
                let piece = before.get(i).map(|&(_, piece)| piece);
                initial.insert(cell, piece);
                let mut set = values.get(&cell).cloned().unwrap_or_default();
                set.extend(piece.filter(|piece| !set.contains(piece)));
                // A read may also see what its own thread writes only in this run.
                for event in steps(thread, &run.trace) {
                    if let Step::Event(event) = event {
                        let own = event.range.iter().zip(&event.write).filter(|&(&k, _)| k == cell).map(|(_, &p)| p);
                        own.for_each(|piece| {
                            if !set.contains(&piece) {
                                set.push(piece);
                            }
                        });
                    }
                }
                sets.push(set);
            }
            let mut possible = Vec::new();
            each(&sets, &mut Vec::new(), &mut |pieces: &[&Piece]| {
                let pieces: Vec<Piece> = pieces.iter().map(|&&piece| piece).collect();
                possible.push(Answer::Value(joined(like, &pieces)));
            });
            possible
        }
    };
    for answer in possible {
        answers.push(answer);
        all_runs(program, thread, answers, Some(question), values, initial, found, longest);
        answers.pop();
    }
}

fn steps(thread: usize, trace: &[Item]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for item in trace {
        let action = match *item {
            Item::Spawn(t) => {
                steps.push(Step::Spawn(t));
                continue;
            }
            Item::Join(t) => {
                steps.push(Step::Join(t));
                continue;
            }
            Item::Action(action) => action,
        };
        if let Action::Wait(waiting) = action
            && let Some(Step::Event(event)) = steps.last_mut()
            && event.action.location() == action.location()
            && matches!(event.action, Action::Read { .. })
        {
            event.wait = Some(waiting);
            continue;
        }
        let parts = |loc: Location, value| cells(loc, value).into_iter().unzip::<_, _, Vec<Cell>, Vec<Piece>>();
        let mut event = Event::empty(thread, action);
        match action {
            Action::Read { order, loc, value, whole } => {
                (event.range, event.read) = parts(loc, value);
                (event.read_order, event.whole) = (order, whole || order >= Order::AcqRel);
            }
            Action::Write { order, loc, value, whole } => {
                (event.range, event.write) = parts(loc, value);
                (event.write_order, event.whole) = (order, whole || order != Order::Unordered);
            }
            Action::Rmw { orders, loc, read, written } => {
                (event.range, event.read) = parts(loc, read);
                event.write = parts(loc, written).1;
                (event.read_order, event.write_order) = orders;
                event.rmw = true;
            }
            _ => {}
        }
        steps.push(Step::Event(Box::new(event)));
    }
    steps
}

type Matrix = Vec<Vec<bool>>;

fn close(m: &mut Matrix) {
    let n = m.len();
    for k in 0..n {
        for i in 0..n {
            for j in 0..n {
                m[i][j] |= m[i][k] && m[k][j];
            }
        }
    }
}

/// Whether some execution with these runs is consistent. Event 0 is all initial values; it has no action of its own.
fn possible<End>(runs: &[&Run<End>], initial: &FxHashMap<Cell, Option<Piece>>) -> bool {
    for run in runs {
        let joins_sleeper = run.steps.iter().any(|step| matches!(step, Step::Join(t) if runs[*t].suspended));
        if joins_sleeper || run.in_vain.is_some_and(|t| !runs[t].suspended) {
            return false;
        }
    }
    let zero = Event::empty(usize::MAX, Action::Fence);
    // Points in time: the events, and a beginning and an end of each thread.
    let mut events: Vec<&Event> = vec![&zero];
    for step in runs.iter().flat_map(|run| &run.steps) {
        if let Step::Event(event) = step {
            events.push(event);
        }
    }
    let (n, threads) = (events.len(), runs.len());
    let mut po = vec![vec![false; n + 2 * threads]; n + 2 * threads];
    let mut next = 1;
    for (thread, run) in runs.iter().enumerate() {
        let (begin, end) = (n + thread, n + threads + thread);
        let mut before = vec![begin];
        let mut since: Vec<usize> = Vec::new();
        for step in &run.steps {
            match step {
                Step::Event(event) => {
                    for &b in &before {
                        po[b][next] |= event.write_order != Order::Init || event.write.is_empty();
                    }
                    for &t in &since {
                        po[n + threads + t][next] |= event.write_order != Order::Init || event.write.is_empty();
                    }
                    before.push(next);
                    next += 1;
                }
                Step::Spawn(t) => {
                    before.iter().for_each(|&b| po[b][n + t] = true);
                    since.iter().for_each(|&s| po[n + threads + s][n + t] = true);
                }
                Step::Join(t) => since.push(*t),
            }
        }
        before.iter().for_each(|&b| po[b][end] = true);
        since.iter().for_each(|&t| po[n + threads + t][end] = true);
    }
    close(&mut po);
    let mut base: Matrix = (0..n).map(|i| po[i][..n].to_vec()).collect();
    for i in 1..n {
        base[0][i] = true;
        for j in 1..n {
            let init = !events[i].write.is_empty() && events[i].write_order == Order::Init;
            let other = !events[j].write.is_empty() && events[j].write_order == Order::Init;
            base[i][j] |= init && !other && events[i].range.iter().any(|k| events[j].range.contains(k));
        }
    }
    // Who each cell of each read may be from.
    let writes = |w: usize, cell: Cell| {
        if w == 0 {
            return initial.get(&cell).copied().flatten();
        }
        events[w].range.iter().zip(&events[w].write).find(|&(&k, _)| k == cell).map(|(_, &piece)| piece)
    };
    let mut slots = Vec::new();
    let mut sources: Vec<Vec<usize>> = Vec::new();
    for (r, event) in events.iter().enumerate() {
        for (i, &piece) in event.read.iter().enumerate() {
            slots.push((r, event.range[i]));
            sources.push((0..n).filter(|&w| w != r && writes(w, event.range[i]) == Some(piece)).collect());
        }
    }
    if sources.iter().any(Vec::is_empty) {
        return false;
    }
    let mut found = false;
    each(&sources, &mut Vec::new(), &mut |rf: &[&usize]| {
        if !found {
            let rf: Vec<(usize, Cell, usize)> = slots.iter().zip(rf).map(|(&(r, k), &&w)| (r, k, w)).collect();
            found = not_hopeless(&events, &base, &rf) && some_order(&events, &base, &rf, &mut vec![0]);
        }
    });
    found
}

/// What no total order can mend: program order alone already forbids that a read sees this write.
fn not_hopeless(events: &[&Event], po: &Matrix, rf: &[(usize, Cell, usize)]) -> bool {
    rf.iter().all(|&(r, k, w)| {
        let hides = |v: usize| po[w][v] && po[v][r] && !events[v].write.is_empty() && events[v].range.contains(&k);
        !po[r][w] && !(1..events.len()).any(|v| v != r && hides(v))
    })
}

/// Whether some total order of the events, which begins so, makes a consistent execution.
fn some_order(events: &[&Event], po: &Matrix, rf: &[(usize, Cell, usize)], tot: &mut Vec<usize>) -> bool {
    if tot.len() == events.len() {
        return release_orders(events).iter().any(|mo| is_consistent(events, po, rf, tot, mo));
    }
    (0..events.len()).any(|next| {
        if tot.contains(&next) || (0..events.len()).any(|before| po[before][next] && !tot.contains(&before)) {
            return false;
        }
        tot.push(next);
        let found = some_order(events, po, rf, tot);
        tot.pop();
        found
    })
}

fn is_atomic_write(e: &Event) -> bool {
    !e.write.is_empty() && e.write_order >= Order::AcqRel
}

/// All ways to order the atomic writes of each range, one range after the other. One way if none is acquire-release.
fn release_orders(events: &[&Event]) -> Vec<Vec<usize>> {
    let writes: Vec<usize> = (0..events.len()).filter(|&e| is_atomic_write(events[e])).collect();
    if writes.iter().all(|&w| events[w].write_order == Order::SeqCst) {
        return vec![Vec::new()];
    }
    let mut ranges: Vec<&[Cell]> = writes.iter().map(|&w| &events[w].range[..]).collect();
    ranges.sort();
    let mut orders = vec![Vec::new()];
    for range in ranges {
        let longer = |order: &Vec<usize>| {
            let left = writes.iter().filter(|&&w| events[w].range == range && !order.contains(&w));
            left.map(|&w| [&order[..], &[w]].concat()).collect::<Vec<_>>()
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    orders
}

fn is_consistent(events: &[&Event], po: &Matrix, rf: &[(usize, Cell, usize)], tot: &[usize], mo: &[usize]) -> bool {
    let n = events.len();
    let at = |e: usize| tot.iter().position(|&f| f == e);
    let before = |a: usize, b: usize| at(a) < at(b);
    let same = |a: usize, b: usize| a != 0 && b != 0 && events[a].range == events[b].range;
    let synchronizes = |w: usize, r: usize| {
        w != 0 && is_atomic_write(events[w]) && events[r].read_order >= Order::AcqRel && same(w, r)
    };
    // Happens-before.
    let mut hb = po.clone();
    for &(r, _, w) in rf {
        hb[w][r] |= synchronizes(w, r);
    }
    let suspends = |e: usize| match events[e].action {
        _ if e == 0 => None,
        Action::Woken(_) | Action::TimedOut(_) | Action::Notify { .. } => events[e].action.location(),
        _ => events[e].wait.map(|w| Location::Bytes(w.mem, w.offset)),
    };
    for a in 1..n {
        for b in 1..n {
            let fences = matches!((events[a].action, events[b].action), (Action::Fence, Action::Fence));
            let queue = suspends(a).is_some() && suspends(a) == suspends(b);
            hb[a][b] |= (fences || queue) && before(a, b);
        }
    }
    close(&mut hb);
    if (0..n).any(|a| (0..n).any(|b| hb[a][b] && !before(a, b))) {
        return false;
    }
    // The queues.
    let mut queues: FxHashMap<Location, Vec<usize>> = FxHashMap::default();
    let mut waking: Vec<usize> = Vec::new();
    for &e in tot {
        let Some(place) = suspends(e) else { continue };
        // Wake-ups of one queue come right after their notification; those of other queues may be between.
        let queue = queues.entry(place).or_default();
        let here = waking.iter().position(|&t| t == events[e].thread && matches!(events[e].action, Action::Woken(_)));
        match events[e].action {
            Action::Woken(_) => match here {
                Some(i) => _ = waking.remove(i),
                None => return false,
            },
            Action::TimedOut(_) => match queue.iter().position(|&t| t == events[e].thread) {
                Some(i) => _ = queue.remove(i),
                None => return false,
            },
            Action::Notify { woken, asked, .. } => {
                let n = woken as usize;
                if woken > asked || n > queue.len() || woken < asked && n < queue.len() {
                    return false;
                }
                waking.extend(queue.drain(..n));
            }
            _ => queue.push(events[e].thread),
        }
    }
    if !waking.is_empty() {
        return false;
    }
    // The reads.
    let seq = |order: Order| order == Order::SeqCst;
    let sync = |w: usize, r: usize| same(w, r) && seq(events[w].write_order) && seq(events[r].read_order);
    let sync_writes = |w: usize, v: usize| same(w, v) && seq(events[w].write_order) && seq(events[v].write_order);
    let writes: Vec<usize> = (1..n).filter(|&w| !events[w].write.is_empty()).collect();
    let mo_before = |a: usize, b: usize| {
        let (a_at, b_at) = (mo.iter().position(|&w| w == a), mo.iter().position(|&w| w == b));
        same(a, b) && a_at.is_some() && b_at.is_some() && a_at < b_at
    };
    for &a in &writes {
        for &b in &writes {
            let both = is_atomic_write(events[a]) && is_atomic_write(events[b]) && same(a, b) && !mo.is_empty();
            let backwards = mo_before(b, a) && (hb[a][b] || sync_writes(a, b) && before(a, b));
            if both && backwards {
                return false;
            }
        }
    }
    for &(r, k, w) in rf {
        if hb[r][w] || synchronizes(w, r) && !hb[w][r] {
            return false;
        }
        for &v in writes.iter().filter(|&&v| v != w && v != r) {
            if hb[w][v] && hb[v][r] && events[v].range.contains(&k) {
                return false;
            }
            if hb[w][r] {
                let between = before(w, v) && before(v, r) && sync(w, r) && sync(v, r);
                let overwritten = hb[w][v] && before(v, r) && sync(v, r);
                let older = before(w, v) && hb[v][r] && w != 0 && sync_writes(w, v);
                let incoherent = mo_before(w, v) && hb[v][r];
                let not_atomic = events[r].rmw && (mo_before(w, v) || hb[w][v]) && mo_before(v, r);
                if between || overwritten || older || incoherent || not_atomic {
                    return false;
                }
            }
        }
        // No tear: two different tear-free writes of the range of a tear-free read.
        let whole = |w: usize| w == 0 || same(w, r) && events[w].whole;
        let other = |&(r1, _, w1): &(usize, Cell, usize)| r1 == r && w1 != w && whole(w1);
        if events[r].whole && whole(w) && rf.iter().any(other) {
            return false;
        }
    }
    true
}
