//! Completes a candidate whose threads have their runs: orders fences and queues, chooses the writes that atomic reads
//! synchronize with and the sources of all reads, and looks for a total order.

use super::bounds::Limit;
use super::candidate::{Found, INITIAL, Leaf, Node, Sync};
use super::conditions::{self, Rejected};
use super::execution::{Event, Execution, joined};
use super::indexed::Suspends;
use super::order::{Constraints, linear, solve};
use super::relation::{Relation, bits};
use super::runs::Runs;
use super::search::{Explained, Query, Search};
use crate::execution::{Action, Location, Order};
use lockstep_spec::{RuleId, rule};

/// Cells of a read whose sources are chosen together: the first of them, and the choices of sources.
type Group = (usize, Vec<Vec<usize>>);

/// The most choices of sources that are tried for one read.
const WAYS: usize = 1024;

impl<End> Search<'_, End> {
    /// Puts the fences in each order that happens-before allows.
    pub(crate) fn fences(&mut self, leaf: &Leaf) {
        let all = (1..=self.nodes.len()).filter(|&node| self.ev(node).fence);
        let left: Vec<usize> = all.filter(|node| !leaf.fences.contains(node)).collect();
        if left.is_empty() {
            return self.queues(leaf);
        }
        for &next in &left {
            if self.over || left.iter().any(|&other| leaf.hb.has(other, next)) {
                continue;
            }
            let mut leaf = leaf.clone();
            if leaf.fences.last().is_none_or(|&last| leaf.hb.order(last, next)) {
                leaf.fences.push(next);
                self.fences(&leaf);
            }
        }
    }

    /// Puts waits and notifications in each order that is consistent with the queues.
    fn queues(&mut self, leaf: &Leaf) {
        let places = self.nodes.iter().filter_map(|node| node.ev.suspends.map(|(place, _)| place));
        match places.filter(|place| !leaf.queues.contains_key(place)).min() {
            Some(place) => self.queue(leaf, place, &mut Vec::new(), &[]),
            None => {
                let mut leaf = leaf.clone();
                match self.cut(self.chosen.len(), &mut leaf.hb, &mut leaf.sync) {
                    Ok(()) => self.syncs(&leaf),
                    Err(rule) => self.reject(&leaf, rule),
                }
            }
        }
    }

    fn queue(&mut self, leaf: &Leaf, place: Location, done: &mut Vec<usize>, waiters: &[usize]) {
        let here = |node: usize| self.ev(node).suspends.filter(|&(p, _)| p == place).map(|(_, how)| how);
        let left: Vec<(usize, Suspends)> = (1..=self.nodes.len())
            .filter(|node| !done.contains(node))
            .filter_map(|node| Some((node, here(node)?)))
            .collect();
        if left.is_empty() {
            let mut leaf = leaf.clone();
            let ordered = done.windows(2).all(|pair| leaf.hb.order(pair[0], pair[1]));
            leaf.queues.insert(place, done.clone());
            return if ordered { self.queues(&leaf) } else { self.reject(&leaf, rule!("Suspensions_consistent")) };
        }
        let length = done.len();
        let mut went_on = false;
        for &(next, how) in &left {
            if self.over || left.iter().any(|&(other, _)| leaf.hb.has(other, next)) {
                continue;
            }
            let Node { thread, .. } = self.nodes[next - 1];
            let of_thread = |waiter: &usize| self.nodes[*waiter - 1].thread;
            let mut waiters = waiters.to_vec();
            done.push(next);
            let works = match how {
                Suspends::Wait => {
                    waiters.push(next);
                    true
                }
                Suspends::TimedOut => match waiters.iter().position(|w| of_thread(w) == thread) {
                    Some(at) => {
                        waiters.remove(at);
                        true
                    }
                    None => false,
                },
                // Only a notification makes one.
                Suspends::Woken => false,
                Suspends::Notify { woken, asked } => {
                    let fits = woken <= asked && woken <= waiters.len() && (woken == asked || woken == waiters.len());
                    fits && waiters.drain(..woken).rev().all(|waiter| {
                        let first = left.iter().find(|&&(node, _)| of_thread(&node) == of_thread(&waiter));
                        first.is_some_and(|&(node, how)| {
                            done.push(node);
                            how == Suspends::Woken
                        })
                    })
                }
            };
            if works {
                went_on = true;
                self.queue(leaf, place, done, &waiters);
            }
            done.truncate(length);
        }
        if !went_on && !self.over {
            self.reject(leaf, rule!("Suspensions_consistent_with/notify"));
        }
    }

    /// Chooses the writes that the atomic reads synchronize with.
    fn syncs(&mut self, leaf: &Leaf) {
        let Some(r) = self.reads.iter().copied().find(|&r| leaf.sync[r] == Sync::Open) else {
            return self.settle(leaf);
        };
        let ev = self.ev(r);
        let seen: Vec<u128> = (0..ev.cells.len()).map(|i| self.visible(&leaf.hb, &leaf.sync, r, i)).collect();
        let atomic = self.atomic[ev.range];
        let with = seen.iter().fold(0, |all, seen| all | seen & atomic);
        let nobody = seen.iter().all(|seen| seen & !atomic != 0);
        for choice in nobody.then_some(Sync::Nobody).into_iter().chain(bits(with).map(Sync::From)) {
            if self.over {
                return;
            }
            let mut leaf = leaf.clone();
            leaf.sync[r] = choice;
            let verdict = match choice {
                Sync::From(w) if !leaf.hb.order(w, r) => Err(rule!("Hb_consistent/sync")),
                _ => self.cut(self.chosen.len(), &mut leaf.hb, &mut leaf.sync),
            };
            match verdict {
                Ok(()) => self.syncs(&leaf),
                Err(rule) => self.reject(&leaf, rule),
            }
        }
    }

    /// Chooses the sources of reads, once happens-before is complete, and looks for a total order.
    fn settle(&mut self, leaf: &Leaf) {
        let nodes = self.nodes.len() + 1;
        let mut sources: Vec<Vec<usize>> = vec![Vec::new(); nodes];
        let shadow = self.shadows();
        let mut choices: Vec<Vec<Constraints>> = Vec::new();
        // Of which cells of which read each choice is, and what each alternative has there.
        let mut meanings: Vec<(usize, usize, Vec<Vec<usize>>)> = Vec::new();
        for &r in &self.reads.clone() {
            let ev = self.ev(r);
            let seen: Vec<u128> = (0..ev.cells.len()).map(|i| self.visible(&leaf.hb, &leaf.sync, r, i)).collect();
            let groups = match self.groups(leaf, r, &seen) {
                Ok(groups) => groups,
                Err(rule) => return self.reject(leaf, rule),
            };
            sources[r] = vec![INITIAL; ev.cells.len()];
            for (at, ways) in groups {
                let constraints: Vec<Constraints> = ways
                    .iter()
                    .map(|way| {
                        let mut all = Constraints::default();
                        for (n, &w) in way.iter().enumerate() {
                            if !way[..n].contains(&w) {
                                self.constrain(leaf, &shadow, r, w, &mut all);
                            }
                        }
                        all
                    })
                    .collect();
                match constraints.iter().position(Constraints::is_empty) {
                    Some(free) => sources[r][at..at + ways[free].len()].copy_from_slice(&ways[free]),
                    None => {
                        choices.push(constraints);
                        meanings.push((r, at, ways));
                    }
                }
            }
        }
        let mut order = leaf.hb.clone();
        let shadows = shadow.iter().enumerate().filter(|&(node, &s)| s != node).count();
        order.grow(nodes + shadows);
        for atomic in if shadows > 0 { &self.atomic[..] } else { &[] } {
            for a in bits(*atomic) {
                for b in bits(atomic & leaf.hb.after(a)) {
                    if !order.order(shadow[a], shadow[b]) {
                        return self.reject(leaf, rule!("Coherent/order"));
                    }
                }
            }
        }
        // What leaves no choice goes first.
        let mut by_size: Vec<usize> = (0..choices.len()).collect();
        by_size.sort_by_key(|&i| choices[i].len());
        let sorted: Vec<Vec<Constraints>> = by_size.iter().map(|&i| choices[i].clone()).collect();
        match solve(order, &sorted) {
            Ok((order, taken)) => {
                for (&i, taken) in by_size.iter().zip(taken) {
                    let (r, at, ways) = &meanings[i];
                    sources[*r][*at..at + ways[taken].len()].copy_from_slice(&ways[taken]);
                }
                self.found(leaf, Found { order, shadow, sources });
            }
            Err(rule) => self.reject(leaf, rule),
        }
    }

    /// The choices of sources for the cells of a read.
    fn groups(&mut self, leaf: &Leaf, r: usize, seen: &[u128]) -> Result<Vec<Group>, RuleId> {
        let ev = self.ev(r);
        if let Some(i) = seen.iter().position(|&seen| seen == 0) {
            return Err(self.unseen(r, i));
        }
        if !ev.tear_free {
            let single = |(i, &seen): (usize, &u128)| (i, bits(seen).map(|w| vec![w]).collect());
            return Ok(seen.iter().enumerate().map(single).collect());
        }
        // The tear-free writes of its range, of which it sees at most one.
        let all = seen.iter().fold(0, |all, seen| all | seen);
        let whole = bits(all).filter(|&w| w == INITIAL || self.ev(w).range == ev.range && self.ev(w).tear_free);
        let whole: u128 = whole.fold(0, |set, w| set | 1 << w);
        let mut ways: Vec<Vec<usize>> = Vec::new();
        let mut product = |allowed: &[u128]| {
            let mut partial: Vec<Vec<usize>> = vec![Vec::new()];
            for &set in allowed {
                partial = partial.iter().flat_map(|way| bits(set).map(move |w| [&way[..], &[w]].concat())).collect();
                if partial.len() > WAYS {
                    partial.truncate(WAYS);
                    self.limit(Limit::Tearing);
                }
            }
            for way in partial {
                if !ways.contains(&way) {
                    ways.push(way);
                }
            }
        };
        match leaf.sync[r] {
            Sync::From(w) => {
                // At least one cell is from the write that it synchronizes with.
                for at in (0..seen.len()).filter(|&i| seen[i] >> w & 1 == 1) {
                    let of = |(i, seen): (usize, &u128)| if i == at { 1 << w } else { seen & (!whole | 1 << w) };
                    product(&seen.iter().enumerate().map(of).collect::<Vec<_>>());
                }
            }
            _ => {
                product(&seen.iter().map(|seen| seen & !whole).collect::<Vec<_>>());
                for w in bits(whole) {
                    product(&seen.iter().map(|seen| seen & (!whole | 1 << w)).collect::<Vec<_>>());
                }
            }
        }
        if ways.is_empty() { Err(rule!("No_tear")) } else { Ok(vec![(0, ways)]) }
    }

    /// For each event, its node in the order of the atomic writes of its range: the event itself, or for a release write, which
    /// the total order leaves alone, a node of its own.
    fn shadows(&self) -> Vec<usize> {
        let mut next = self.nodes.len() + 1;
        let mut shadow = vec![INITIAL];
        for (i, node) in self.nodes.iter().enumerate() {
            let acqrel = !node.ev.write.is_empty() && node.ev.write_order == Order::AcqRel;
            shadow.push(if acqrel { next } else { i + 1 });
            next += usize::from(acqrel);
        }
        shadow
    }

    /// Adds the constraints under which `r` may read from `w`: `Sc_last_visible` and `Coherent`.
    fn constrain(&self, leaf: &Leaf, mo: &[usize], r: usize, w: usize, all: &mut Constraints) {
        let hb = &leaf.hb;
        if !hb.has(w, r) {
            return;
        }
        let er = self.ev(r);
        let but = !(1 << w | 1 << r);
        let same = w != INITIAL && self.ev(w).range == er.range;
        let of_w = |sets: &[u128]| if w == INITIAL { 0 } else { sets[self.ev(w).range] };
        let is = |sets: &[u128]| of_w(sets) >> w & 1 == 1;
        if er.read_order == Order::SeqCst {
            for w1 in bits(self.seqcst[er.range] & but) {
                if same && is(&self.seqcst) {
                    let rule = rule!("Sc_last_visible/between");
                    all.either.push([(w1, w, rule), (r, w1, rule)]);
                }
                if hb.has(w, w1) {
                    all.all.push((r, w1, rule!("Sc_last_visible/before")));
                }
            }
        }
        if is(&self.seqcst) {
            for w1 in bits(of_w(&self.seqcst) & hb.before(r) & but) {
                all.all.push((w1, w, rule!("Sc_last_visible/after")));
            }
        }
        if is(&self.atomic) {
            for w1 in bits(of_w(&self.atomic) & hb.before(r) & but) {
                all.all.push((mo[w1], mo[w], rule!("Coherent/last")));
            }
        }
        if er.rmw {
            let rule = rule!("Coherent/rmw");
            for w1 in bits(self.atomic[er.range] & but) {
                if same && is(&self.atomic) {
                    all.either.push([(mo[w1], mo[w], rule), (mo[r], mo[w1], rule)]);
                } else if hb.has(w, w1) {
                    all.all.push((mo[r], mo[w1], rule));
                }
            }
        }
    }

    /// Counts a candidate that is not consistent, and keeps it if it is the closest one so far.
    fn reject(&mut self, leaf: &Leaf, rule: RuleId) {
        self.decided(Err(rule));
        let Query::Reason(runs, ref best) = self.query else { return };
        let best = best.as_ref().map_or(0, |(rank, _)| *rank);
        // Where no write is visible, the source is any write of the value.
        let mut sources = vec![Vec::new(); self.nodes.len() + 1];
        for &r in &self.reads {
            let ev = self.ev(r);
            for (i, (&cell, &fact)) in ev.cells.iter().zip(&ev.read).enumerate() {
                let seen = bits(self.visible(&leaf.hb, &leaf.sync, r, i)).last();
                let initial = || (self.indexed.initial[cell] == Some(fact)).then_some(INITIAL);
                let written = || self.writers[cell].iter().find(|&&(w, f)| f == fact && w != r).map(|&(w, _)| w);
                match seen.or_else(initial).or_else(written) {
                    Some(w) => sources[r].push(w),
                    None => return,
                }
            }
        }
        let execution = self.execution(runs, leaf, None, &sources);
        if let Err(rejected) = conditions::consistent(&execution) {
            let rank = rank(&rejected);
            if let (true, Query::Reason(_, best)) = (rank > best, &mut self.query) {
                *best = Some((rank, Box::new(Explained { execution, rejected })));
            }
        }
    }

    /// The candidate as a graph.
    pub(crate) fn execution(
        &self,
        runs: &Runs<End>,
        leaf: &Leaf,
        found: Option<&Found>,
        sources: &[Vec<usize>],
    ) -> Execution {
        let of = |node: usize| {
            let Node { thread, index, .. } = self.nodes[node - 1];
            self.chosen[thread].map(|(run, _)| &runs.whole[thread][run].events[index])
        };
        let mut events: Vec<Event> = Vec::new();
        for &r in self.reads.iter().filter(|&&r| sources[r].contains(&INITIAL)) {
            let Some(read) = of(r) else { continue };
            if !events.iter().any(|e| e.range == read.range) {
                events.extend(initial(runs, read));
            }
        }
        // The threads in their own order, not that of the search.
        let mut places = vec![0; self.nodes.len() + 1];
        let mut spawned = Vec::new();
        let chosen = self.chosen.iter().enumerate().filter_map(|(thread, chosen)| Some((thread, (*chosen)?)));
        for (thread, (run, base)) in chosen {
            for (index, event) in runs.whole[thread][run].events.iter().enumerate() {
                places[base + index] = events.len();
                spawned.push((base + index, thread, index));
                events.push(event.clone());
            }
        }
        let mut po = Relation::new(events.len());
        let mut spawn = Relation::new(events.len());
        for &(node, thread, index) in &spawned {
            for before in bits(self.known(thread, index)) {
                let same = self.nodes[before - 1].thread == thread;
                if same { &mut po } else { &mut spawn }.add(places[before], places[node]);
            }
        }
        let mut rf = vec![Vec::new(); events.len()];
        for &r in &self.reads {
            let event = &events[places[r]];
            let place = |&w: &usize| match w {
                INITIAL => events.iter().position(|e| e.thread.is_none() && e.range == event.range).unwrap_or_default(),
                w => places[w],
            };
            let mut each: Vec<usize> = sources[r].iter().map(place).collect();
            // What the search had as one cell.
            if let [one] = each[..] {
                each = vec![one; event.range.len()];
            }
            rf[places[r]] = each;
        }
        let list = |nodes: &Vec<usize>| nodes.iter().map(|&n| places[n]).collect::<Vec<_>>();
        let queues = leaf.queues.iter().map(|(&place, nodes)| (place, list(nodes))).collect();
        let mut x = Execution::new(events, po, spawn, rf, list(&leaf.fences), queues);
        let initial = (0..x.events.len()).filter(|&e| x.events[e].thread.is_none());
        x.tot = initial.collect();
        let (mut order, shadow) = match found {
            Some(found) => (found.order.clone(), found.shadow.clone()),
            None => (leaf.hb.clone(), (0..=self.nodes.len()).collect()),
        };
        // Where it makes no difference, a write goes before those who see it, and a shadow with its event.
        for &r in &self.reads {
            for &w in &sources[r] {
                order.order(w, r);
            }
        }
        let linear = linear(&order);
        x.tot.extend(linear.iter().filter(|&&n| n != INITIAL && n <= self.nodes.len()).map(|&n| places[n]));
        let position = |node: usize| linear.iter().position(|&n| n == shadow[node]);
        for atomic in self.atomic.iter().filter(|set| set.count_ones() > 1) {
            let mut order: Vec<usize> = bits(*atomic).collect();
            order.sort_by_key(|&w| position(w));
            x.mo.push(list(&order));
        }
        x
    }
}

/// The initial value that a read may see.
fn initial<End>(runs: &Runs<End>, read: &Event) -> Option<Event> {
    let (loc, like) = match read.action {
        Action::Read { loc, value, .. } => (loc, value),
        Action::Rmw { loc, read, .. } => (loc, read),
        _ => return None,
    };
    let piece = |(i, k)| runs.initial.get(k).copied().flatten().unwrap_or(read.read[i]);
    let pieces: Vec<_> = read.range.iter().enumerate().map(piece).collect();
    let value = joined(like, &pieces);
    Some(Event::new(None, 0, Action::Write { order: Order::Init, loc, value, whole: true }))
}

/// Ranks a rejected candidate by the condition that it fails: the later in the list, the closer to an execution.
fn rank(rejected: &Rejected) -> usize {
    const LADDER: [RuleId; 8] = [
        rule!("Consistent_with"),
        rule!("Suspensions_consistent_with/notify"),
        rule!("Hb_consistent/future"),
        rule!("Hb_consistent/sync"),
        rule!("Hb_consistent/hidden"),
        rule!("No_tear"),
        rule!("Consistent"),
        rule!("Suspensions_consistent"),
    ];
    match LADDER.iter().position(|&rule| rule == rejected.rule) {
        Some(at) => 1 + at,
        None => 1 + LADDER.len(),
    }
}
