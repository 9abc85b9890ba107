//! Runs a whole program in one exchange.

use super::info::{Export, Info};
use super::session::{Placed, ProcessSession, Registry, content, elements};
use super::shape::lower;
use super::wire::{self, Answer, Request, Wire};
use super::wrapper::{self, Access, Wrapper};
use crate::Failure;
use crate::program::{Observation, Program, State, StateKind};
use crate::value::Val;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// The requests after the modules are loaded, and how to read their answers.
#[derive(Default)]
struct Rest {
    /// The wrapper and the number of its instance.
    wrapper: Option<(usize, Wrapper)>,
    requests: Vec<Request>,
    /// How each call is answered; nothing for those whose instance is not there.
    calls: Vec<Option<How>>,
    state: Vec<(StateKind, How)>,
}

/// How an answer is read.
enum How {
    /// The values are as they are.
    Plain,
    Wrapped(Access),
    /// There was no request.
    Ended(Failure),
}

/// The answers of a batch, in order.
type Answers = VecDeque<Answer>;

impl ProcessSession<'_> {
    /// Runs a program in few exchanges. Fails when the process does, or when a wrapper is not taken; then nothing is
    /// known.
    pub(super) fn batch(&mut self, program: &Program) -> Result<Observation, Failure> {
        let mut infos = Vec::with_capacity(program.modules.len());
        for part in &program.modules {
            infos.push(Rc::new(Info::read(&part.bytes).map_err(Failure::Crash)?));
        }
        let mut requests = Vec::new();
        let mut places: Vec<Placed> = Vec::new();
        let mut sources = Vec::new();
        let mut registry = Registry::default();
        for (part, info) in program.modules.iter().zip(&infos) {
            let (module, instance) = (self.module_number(), self.instance_number());
            let from = self.sources(info, &registry)?;
            let imports = from.iter().map(|(name, placed)| (name.clone(), placed.number)).collect();
            requests.push(self.loading(module, &part.bytes, true));
            requests.push(Request::Instantiate { module, instance, imports, rethrow: None, must: true });
            let placed = self.placing(instance, info.clone());
            registry.insert(part.name.clone(), placed.clone());
            places.push(placed);
            sources.push(from);
        }
        let mut rest = self.rest(program, &places);
        requests.append(&mut rest.requests);
        let mut answers = self.answers(requests)?;

        let mut seen = Observation::default();
        for (i, part) in program.modules.iter().enumerate() {
            let end = match (answers.pop_front(), answers.front()) {
                (Some(Answer::Ok), Some(Answer::Ok)) => {
                    answers.pop_front();
                    seen.modules.push(Ok(()));
                    continue;
                }
                (Some(Answer::Ok), Some(_)) => {
                    let answer = answers.pop_front().ok_or_else(few)?;
                    match self.unlinkable(answer, &infos[i], &sources[i]) {
                        Failure::Exception(thrown) if thrown.tag.is_none() => {
                            Failure::Exception(self.thrown(&places[..i]))
                        }
                        end => end,
                    }
                }
                (Some(answer), _) => self.rejected(answer.end(), &part.bytes),
                (None, _) => return Err(few()),
            };
            let open = end.leaves_state_open();
            seen.modules.push(Err(end));
            if open {
                return Ok(seen);
            }
            places.truncate(i);
            rest = self.rest(program, &places);
            answers = match rest.requests.len() {
                0 => Answers::new(),
                _ => self.answers(std::mem::take(&mut rest.requests))?,
            };
            break;
        }
        rest.read(answers, &mut seen)?;
        Ok(seen)
    }

    fn answers(&mut self, requests: Vec<Request>) -> Result<Answers, Failure> {
        match self.ask(&Request::Batch { requests })? {
            Answer::Answers(answers) => Ok(answers.into()),
            other => Err(other.end()),
        }
    }

    /// The requests for the calls and the state of the instances that are there.
    fn rest(&mut self, program: &Program, places: &[Placed]) -> Rest {
        let mut rest = Rest::default();
        let numeric = self.engine().is_numeric();
        let tags = numeric && places.iter().any(|p| p.info.exports.iter().any(|(_, e)| matches!(e, Export::Tag(_))));
        let mut wanted: Vec<(wrapper::Instance<'_>, &str)> = Vec::new();
        if numeric {
            for call in &program.calls {
                let Some(placed) = places.get(call.module) else { continue };
                match placed.info.export(&call.function) {
                    Some(Export::Func(ty)) if tags || !wrapper::is_plain(&placed.info, ty) => {
                        wanted.push((placed.seen(), &call.function));
                    }
                    _ => {}
                }
            }
            for (part, placed) in program.modules.iter().zip(places) {
                wanted.extend(part.state.iter().map(|(name, _)| (placed.seen(), name.as_str())));
            }
        }
        if !wanted.is_empty() {
            let all: Vec<_> = places.iter().map(Placed::seen).collect();
            let wrapper = wrapper::make(wanted, &all, false);
            let (module, instance) = (self.module_number(), self.instance_number());
            rest.requests.push(self.loading(module, &wrapper.bytes, true));
            let imports: BTreeMap<String, usize> = wrapper.imports.clone();
            rest.requests.push(Request::Instantiate { module, instance, imports, rethrow: None, must: true });
            rest.wrapper = Some((instance, wrapper));
        }
        for call in &program.calls {
            let Some(placed) = places.get(call.module) else {
                rest.calls.push(None);
                continue;
            };
            let how = rest.call(placed, &call.function, &call.args, numeric, tags);
            rest.calls.push(Some(how));
        }
        for (part, placed) in program.modules.iter().zip(places) {
            for (name, kind) in &part.state {
                let how = rest.state_of(placed, name, *kind, numeric);
                rest.state.push((*kind, how));
            }
        }
        rest
    }
}

impl Rest {
    fn call(&mut self, placed: &Placed, function: &str, args: &[Val], numeric: bool, tags: bool) -> How {
        let ty = match placed.info.export(function) {
            Some(Export::Func(ty)) => ty,
            Some(_) => return How::Ended(Failure::Misuse(format!("the export {function:?} is not a function"))),
            None => return How::Ended(Failure::Misuse(format!("there is no export {function:?}"))),
        };
        let plain = |args| Request::Invoke { instance: placed.number, function: function.to_owned(), args };
        if !numeric {
            self.requests.push(plain(args.iter().copied().map(Wire::from).collect()));
            return How::Plain;
        }
        if !tags && wrapper::is_plain(&placed.info, ty) {
            return match lower(&wrapper::params(&placed.info, ty).unwrap_or_default(), args) {
                Ok(args) => {
                    self.requests.push(plain(args));
                    How::Plain
                }
                Err(end) => How::Ended(end),
            };
        }
        self.wrapped(placed, function, |access, number| access.call(number, args))
    }

    fn state_of(&mut self, placed: &Placed, name: &str, kind: StateKind, numeric: bool) -> How {
        let (instance, export) = (placed.number, name.to_owned());
        let request = match kind {
            StateKind::Memory => Request::Memory { instance, memory: export },
            StateKind::Global if !numeric => Request::Global { instance, global: export },
            StateKind::Table if !numeric => Request::Table { instance, table: export },
            StateKind::Global => return self.wrapped(placed, name, |access, number| access.call(number, &[])),
            StateKind::Table => {
                let each = |access: &Access, number| access.each(number);
                let none = || Failure::Misuse("not a table".into());
                return self.wrapped(placed, name, |access, number| each(access, number).ok_or_else(none));
            }
        };
        self.requests.push(request);
        How::Plain
    }

    fn wrapped(
        &mut self,
        placed: &Placed,
        name: &str,
        request: impl FnOnce(&Access, usize) -> Result<Request, Failure>,
    ) -> How {
        let access = self.wrapper.as_ref().and_then(|(number, wrapper)| {
            let access = wrapper.access(placed.number, name)?;
            Some((access.clone(), *number))
        });
        let Some((access, number)) = access else {
            return How::Ended(Failure::Unsupported(format!("values of the type of {name:?} at the boundary").into()));
        };
        match request(&access, number) {
            Ok(request) => {
                self.requests.push(request);
                How::Wrapped(access)
            }
            Err(end) => How::Ended(end),
        }
    }

    /// Reads the answers.
    fn read(self, mut answers: Answers, seen: &mut Observation) -> Result<(), Failure> {
        let wrapper = self.wrapper.map(|(_, wrapper)| wrapper);
        if wrapper.is_some() {
            for _ in 0..2 {
                match answers.pop_front().ok_or_else(few)? {
                    Answer::Ok => {}
                    other => return Err(other.end()),
                }
            }
        }
        let results = |answer: Answer, access: Option<&Access>| match (answer, access, &wrapper) {
            (Answer::Values(wires), Some(access), Some(wrapper)) => wrapper.results(access, &wires),
            (Answer::Values(wires), _, _) => wire::vals(&wires),
            (answer, _, _) => Err(answer.end()),
        };
        for how in self.calls {
            let end = match how {
                None => {
                    seen.calls.push(None);
                    continue;
                }
                Some(How::Ended(end)) => Err(end),
                Some(How::Plain) => results(answers.pop_front().ok_or_else(few)?, None),
                Some(How::Wrapped(access)) => results(answers.pop_front().ok_or_else(few)?, Some(&access)),
            };
            let open = end.as_ref().is_err_and(Failure::leaves_state_open);
            seen.calls.push(Some(end));
            if open {
                return Ok(());
            }
        }
        for (kind, how) in self.state {
            let (how, access) = match how {
                How::Ended(end) => (Err(end), None),
                How::Plain => (Ok(answers.pop_front().ok_or_else(few)?), None),
                How::Wrapped(access) => (Ok(answers.pop_front().ok_or_else(few)?), Some(access)),
            };
            seen.state.push(how.and_then(|answer| match (kind, &access, &wrapper) {
                (StateKind::Memory, _, _) => content(answer).map(State::Memory),
                (StateKind::Table, Some(access), Some(wrapper)) => elements(answer, wrapper, access).map(State::Table),
                (StateKind::Table, _, _) => results(answer, None).map(State::Table),
                (StateKind::Global, access, _) => match results(answer, access.as_ref())?.as_slice() {
                    [value] => Ok(State::Global(*value)),
                    values => Err(Failure::Crash(format!("{} values of a global", values.len()))),
                },
            }));
        }
        Ok(())
    }
}

fn few() -> Failure {
    Failure::Crash("fewer answers than requests".into())
}
