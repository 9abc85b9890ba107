//! Runs one thread of a plan in isolation; its reads of shared state are answered from a list.
//!
//! Each thread runs on a store of its own, so it sees the writes of other threads through answers only. Objects that
//! threads allocate have global names ([`Objects`]): the allocating thread, the number of its earlier allocations, and
//! the type. When an answer refers to an object of another thread, the thread's own store has a stand-in for that
//! object.

use super::machine::{Begun, begin};
use super::objects::{NAMED, struct_type};
use super::{Op, Plan};
use lockstep_engines::semantics::end;
use lockstep_engines::{Failure, Resource};
use lockstep_semantics::choice::Deterministic;
use lockstep_semantics::execution::{
    Action, Addr, Datum, FieldVal, Internal, Location, ModuleInst, Order, Progress, Ref, Store, Thread, ThreadId,
    Value, Waiting,
};
use lockstep_semantics::memory::Memory;
use lockstep_semantics::observe::Observer;
use lockstep_semantics::relaxed::{Answer, Ended, Item, Program, Question, Run};
use lockstep_semantics::syntax::{Atomic, DefType, Instr};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::hash::{Hash, Hasher};

/// The threads of a plan, each to be run in isolation.
pub(super) struct IsolatedThreads<'p, 'd> {
    plan: &'p Plan<'d>,
    max_steps: u64,
    objects: RefCell<Objects>,
    /// Whether some function has a wait instruction, so that a thread may never end.
    waits: bool,
    /// Whether some function grows a shared memory or table; otherwise lengths are constant.
    grows: bool,
}

/// The results of the calls of a thread, with the numbers of the calls.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Calls(pub(super) Vec<(usize, lockstep_engines::Answer)>);

impl Eq for Calls {}

impl Hash for Calls {
    fn hash<H: Hasher>(&self, h: &mut H) {
        for (call, got) in &self.0 {
            (call, got.as_ref().ok(), got.as_ref().err().map(Failure::to_string)).hash(h);
        }
    }
}

/// An object that a thread allocates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Object {
    thread: usize,
    /// How many structures, or arrays, the thread had allocated before.
    nth: usize,
    is_array: bool,
    ty: DefType,
    len: u32,
}

/// The objects that threads allocate, indexed by name minus [`NAMED`].
#[derive(Debug, Default)]
struct Objects {
    all: Vec<Object>,
    names: FxHashMap<Object, Addr>,
}

impl Objects {
    fn name(&mut self, object: Object) -> Addr {
        *self.names.entry(object).or_insert_with(|| {
            self.all.push(object);
            NAMED + self.all.len() as Addr - 1
        })
    }
}

impl<'p, 'd> IsolatedThreads<'p, 'd> {
    pub(super) fn new(plan: &'p Plan<'d>, max_steps: u64) -> Self {
        let is_wait = |instr: &Instr| matches!(instr, Instr::Atomic(Atomic::Wait(..)));
        let waits = plan.store.modules.iter().any(|mi| mi.module.code.instrs().iter().any(is_wait));
        let grows =
            plan.store.modules.iter().any(|mi| mi.module.code.instrs().iter().any(|instr| grows(plan, mi, instr)));
        IsolatedThreads { plan, max_steps, objects: RefCell::default(), waits, grows }
    }

    /// The type of a structure, by its address or name in the actions of threads.
    pub(super) fn struct_type(&self, a: Addr) -> Option<DefType> {
        match a.checked_sub(NAMED) {
            None => struct_type(&self.plan.store, a),
            Some(made) => Some(self.objects.borrow().all.get(made as usize)?.ty),
        }
    }
}

/// Whether an instruction grows a shared memory or table.
fn grows(plan: &Plan<'_>, mi: &ModuleInst, instr: &Instr) -> bool {
    let loc = match *instr {
        Instr::MemoryGrow(x) => mi.mems.get(x as usize).map(|&a| Location::MemSize(a)),
        Instr::TableGrow(x) => mi.tables.get(x as usize).map(|&a| Location::TableSize(a)),
        _ => None,
    };
    loc.is_some_and(|loc| plan.store.is_shared(loc))
}

impl Program for IsolatedThreads<'_, '_> {
    type End = Calls;

    fn threads(&self) -> usize {
        self.plan.threads.len()
    }

    fn run(&self, thread: usize, answers: &[Answer]) -> Run<Calls> {
        let mut one = ThreadRun::new(self, thread, answers);
        let end = one.run();
        let end = match end {
            Halt::End => Ended::End(Calls(one.calls)),
            Halt::Never => Ended::Suspended(Calls(one.calls)),
            Halt::Asks(question) => Ended::Asks(question),
            Halt::Bound => Ended::Bound,
        };
        Run { trace: one.trace, end }
    }

    fn initial(&self, loc: Location, like: Datum) -> Option<Datum> {
        let s = &self.plan.store;
        let field = |slot: &lockstep_semantics::execution::Slot| slot.fieldval().map(Datum::Val);
        match (loc, like) {
            (Location::Bytes(a, ea), Datum::Bytes(n, _)) => {
                // A memory grows by zeros.
                let bytes = s.mems.get(a as usize)?.bytes.iter().skip(usize::try_from(ea).ok()?).take(n.into());
                let bytes: Vec<u8> = bytes.copied().collect();
                Some(Datum::Bytes(n, bytes.iter().rev().fold(0, |value, &byte| value << 8 | u128::from(byte))))
            }
            (Location::Global(a), _) => Some(Datum::Val(FieldVal::Val(s.global_value(a)))),
            (Location::TableElem(a, i), _) => {
                let r = s.tables.get(a as usize)?.refs.get(usize::try_from(i).ok()?)?;
                Some(Datum::Val(FieldVal::Val(Value::Ref(*r))))
            }
            (Location::Field(a, i), _) if (a as usize) < s.structs.len() => field(s.structs.fields(a).get(i as usize)?),
            (Location::ArrayElem(a, i), _) if (a as usize) < s.arrays.len() => {
                field(s.arrays.fields(a).get(i as usize)?)
            }
            (Location::MemSize(a), _) => Some(Datum::Length(s.mems.get(a as usize)?.bytes.len() as u64)),
            (Location::TableSize(a), _) => Some(Datum::Length(s.tables.get(a as usize)?.refs.len() as u64)),
            _ => None,
        }
    }
}

/// Why a run stops.
enum Halt {
    End,
    Never,
    Asks(Question),
    Bound,
}

/// One run of one thread.
struct ThreadRun<'a, 'p, 'd> {
    program: &'a IsolatedThreads<'p, 'd>,
    thread: usize,
    store: Store,
    calls: Vec<(usize, lockstep_engines::Answer)>,
    trace: Vec<Item>,
    step: StepActions,
    answering: Answering<'a>,
}

/// The actions of the current step.
#[derive(Default)]
struct StepActions(Vec<Action>);

/// Answers the reads of a thread from a list.
struct Answering<'a> {
    answers: std::slice::Iter<'a, Answer>,
    names: Names<'a>,
    /// The first question of the current step without an answer.
    asked: Option<Question>,
    /// Whether reads of lengths are questions.
    lengths: bool,
    /// Whether an answer refers to an object that the thread itself has yet to allocate.
    foresees: bool,
}

/// The objects of the thread's store and their names.
struct Names<'a> {
    objects: &'a RefCell<Objects>,
    thread: usize,
    /// For structures and for arrays: the number of objects in the initial store, and the names of the stand-ins for
    /// objects of other threads, which follow them. The thread's own objects come last.
    before: [usize; 2],
    foreign: [Vec<Addr>; 2],
    /// The names of the thread's own objects.
    own: [Vec<Addr>; 2],
}

impl Names<'_> {
    /// The name of an object of the store.
    fn name(&self, is_array: bool, a: Addr) -> Addr {
        let which = usize::from(is_array);
        let Some(a) = (a as usize).checked_sub(self.before[which]).map(|a| a as Addr) else { return a };
        let foreign = &self.foreign[which];
        let own = &self.own[which];
        foreign.get(a as usize).or_else(|| own.get(a as usize - foreign.len())).copied().unwrap_or(a)
    }

    /// The object of a name, if it is in the store.
    fn object(&self, is_array: bool, name: Addr) -> Option<Addr> {
        if name < NAMED {
            return Some(name);
        }
        let which = usize::from(is_array);
        let at = self.foreign[which].iter().chain(&self.own[which]).position(|&known| known == name)?;
        Some((self.before[which] + at) as Addr)
    }

    /// Names the objects that the thread has allocated since the last call.
    fn made(&mut self, s: &Store) {
        for (which, heap) in [&s.structs, &s.arrays].into_iter().enumerate() {
            let known = self.before[which] + self.foreign[which].len();
            while known + self.own[which].len() < heap.len() {
                let nth = self.own[which].len();
                let a = (known + nth) as Addr;
                let (ty, len) = (heap.ty(a), heap.fields(a).len() as u32);
                let object = Object { thread: self.thread, nth, is_array: which == 1, ty, len };
                self.own[which].push(self.objects.borrow_mut().name(object));
            }
        }
    }

    fn named(&self, datum: Datum) -> Datum {
        map(datum, |is_array, a| Some(self.name(is_array, a))).unwrap_or(datum)
    }

    fn named_action(&self, action: Action) -> Action {
        match action {
            Action::Read { order, loc, value, whole } => {
                Action::Read { order, loc: self.named_loc(loc), value: self.named(value), whole }
            }
            Action::Write { order, loc, value, whole } => {
                Action::Write { order, loc: self.named_loc(loc), value: self.named(value), whole }
            }
            Action::Rmw { orders, loc, read, written } => {
                let (read, written) = (self.named(read), self.named(written));
                Action::Rmw { orders, loc: self.named_loc(loc), read, written }
            }
            other => other,
        }
    }

    fn named_loc(&self, loc: Location) -> Location {
        match loc {
            Location::Field(a, i) => Location::Field(self.name(false, a), i),
            Location::ArrayElem(a, i) => Location::ArrayElem(self.name(true, a), i),
            _ => loc,
        }
    }
}

/// Maps the addresses of structures and arrays in a value; `None` if `f` gives none.
fn map(datum: Datum, mut f: impl FnMut(bool, Addr) -> Option<Addr>) -> Option<Datum> {
    let Datum::Val(FieldVal::Val(Value::Ref(r))) = datum else { return Some(datum) };
    let r = match r {
        Ref::Struct(a) => Ref::Struct(f(false, a)?),
        Ref::Array(a) => Ref::Array(f(true, a)?),
        Ref::Extern(Internal::Struct(a)) => Ref::Extern(Internal::Struct(f(false, a)?)),
        Ref::Extern(Internal::Array(a)) => Ref::Extern(Internal::Array(f(true, a)?)),
        _ => r,
    };
    Some(Datum::Val(FieldVal::Val(Value::Ref(r))))
}

impl<'a, 'p, 'd> ThreadRun<'a, 'p, 'd> {
    fn new(program: &'a IsolatedThreads<'p, 'd>, thread: usize, answers: &'a [Answer]) -> Self {
        let mut store = program.plan.store.clone();
        let before = [store.structs.len(), store.arrays.len()];
        let mut foreign = [Vec::new(), Vec::new()];
        let values = answers.iter().filter_map(|answer| match answer {
            Answer::Value(value) => Some(*value),
            _ => None,
        });
        for value in values {
            let _ = map(value, |_, name| {
                let object = *program.objects.borrow().all.get(name.checked_sub(NAMED)? as usize)?;
                let names: &mut Vec<Addr> = &mut foreign[usize::from(object.is_array)];
                if object.thread != thread && !names.contains(&name) {
                    names.push(name);
                    store.alloc_foreign(object.ty, object.len);
                }
                None
            });
        }
        let names = Names { objects: &program.objects, thread, before, foreign, own: Default::default() };
        let answers = answers.iter();
        let answering = Answering { answers, names, asked: None, lengths: program.grows, foresees: false };
        let (calls, trace, step) = (Vec::new(), Vec::new(), StepActions::default());
        ThreadRun { program, thread, store, calls, trace, step, answering }
    }

    fn run(&mut self) -> Halt {
        let plan = self.program.plan;
        for &op in &plan.threads[self.thread].ops {
            match op {
                Op::Spawn(new) => self.trace.push(Item::Spawn(new)),
                Op::Join(other) => {
                    if self.program.waits {
                        match self.answering.answers.next() {
                            None => return Halt::Asks(Question::Join(other)),
                            Some(Answer::Never) => return Halt::Never,
                            Some(_) => {}
                        }
                    }
                    self.trace.push(Item::Join(other));
                }
                Op::Call(call) => {
                    let got = match self.call(call) {
                        Ok(got) => got,
                        Err(halt) => return halt,
                    };
                    self.calls.push((call, got));
                }
            }
        }
        Halt::End
    }

    fn call(&mut self, call: usize) -> Result<lockstep_engines::Answer, Halt> {
        let plan = self.program.plan;
        let id = ThreadId(self.thread as u32);
        let calls = &self.calls;
        let got = |init: usize| calls.iter().find(|(call, _)| *call == init).map(|(_, got)| got);
        let (o, memory) = (&mut self.step, &mut self.answering);
        let mut callee = match begin(plan, call, &mut self.store, id, o, memory, got) {
            Begun::Call(callee) => *callee,
            Begun::Ended(got) => {
                self.halted()?;
                return Ok(got);
            }
        };
        for _ in 0..self.program.max_steps {
            let (o, memory) = (&mut self.step, &mut self.answering);
            let came = callee.run_on(&mut self.store, o, memory, &mut Deterministic, 1);
            self.halted()?;
            match came {
                Progress::Ready => {}
                Progress::Ended(ended) => return Ok(end(&self.store, &plan.instances, ended)),
                Progress::Suspended(at) => self.suspended(call, &mut callee, at)?,
            }
        }
        Ok(Err(Failure::Exhausted(Resource::Steps)))
    }

    fn suspended(&mut self, call: usize, callee: &mut Thread, at: Waiting) -> Result<(), Halt> {
        match self.answering.answers.next() {
            None => return Err(Halt::Asks(Question::Wait(at))),
            Some(Answer::Never) => {
                self.calls.push((call, Err(Failure::Deadlock)));
                return Err(Halt::Never);
            }
            Some(Answer::TimedOut) => {
                callee.time_out(&mut self.store, &mut self.step, &mut Deterministic);
                self.halted()?;
            }
            Some(_) => self.store.wake(callee.id()),
        }
        Ok(())
    }

    /// Records the last step. Fails if the step asked a question without an answer, or if an answer names an object
    /// that does not exist yet.
    fn halted(&mut self) -> Result<(), Halt> {
        self.answering.names.made(&self.store);
        let step = std::mem::take(&mut self.step.0);
        if let Some(question) = self.answering.asked.take() {
            // A step whose question has no answer has not happened.
            return Err(Halt::Asks(question));
        }
        let names = &self.answering.names;
        self.trace.extend(step.into_iter().map(|action| Item::Action(names.named_action(action))));
        if self.answering.foresees { Err(Halt::Bound) } else { Ok(()) }
    }
}

impl Observer for StepActions {
    const WATCHES_RULES: bool = false;
    const WATCHES_ACTIONS: bool = true;

    fn action(&mut self, action: &Action) {
        self.0.push(*action);
    }
}

impl Memory for Answering<'_> {
    const ANSWERS: bool = true;

    fn read(&mut self, order: Order, loc: Location, whole: bool, stored: Datum) -> Datum {
        // Only the first question of a step can be answered next.
        if self.asked.is_some() {
            return stored;
        }
        let Some(&Answer::Value(answer)) = self.answers.next() else {
            let (loc, like) = (self.names.named_loc(loc), self.names.named(stored));
            self.asked = Some(Question::Read { order, loc, like, whole });
            return stored;
        };
        map(answer, |is_array, name| self.names.object(is_array, name)).unwrap_or_else(|| {
            self.foresees = true;
            stored
        })
    }

    fn len(&mut self, order: Order, loc: Location, stored: u64) -> u64 {
        if !self.lengths {
            return stored;
        }
        match self.read(order, loc, true, Datum::Length(stored)) {
            Datum::Length(len) => len,
            _ => stored,
        }
    }

    fn wakes(&mut self, mem: Addr, offset: u64, asked: u32, woken: u32) -> u32 {
        match self.answers.next() {
            Some(Answer::Woke(n)) => (*n).min(asked),
            _ => {
                self.asked = Some(Question::Notify { mem, offset, asked });
                woken
            }
        }
    }
}
