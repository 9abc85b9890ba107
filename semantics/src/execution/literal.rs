//! The reduction rules read literally, as a check on the zipper.
//!
//! [`Zipper::plug`] turns the machine's stacks back into the configuration that the standard writes: a sequence of
//! values, instructions and contexts, which hold sequences themselves. [`Literally`] watches a run, plugs the zipper
//! before and after each step, and reduces the configuration before the step by a second reading of the rules, one
//! that descends into contexts by `Step/ctxt-*`. Both must reach the same configuration.
//!
//! This second reading knows all rules that look at contexts (blocks, branches, calls, exceptions, traps), and
//! `local.set`, which changes a frame. For the other rules, whose redex is an instruction with its operands, it takes
//! the contractum from the machine, and checks that nothing else has changed: not the values to the left, not the
//! instructions to the right, not the contexts around.

use super::*;
use crate::observe::{Observer, RuleCounts};
use crate::syntax::*;
use lockstep_spec::{RuleId, rule};

/// A part of a configuration.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// `val`
    Val(Value),
    /// `instr`
    Instr(Instr),
    /// `LABEL_n{instr'*} instr*`
    Label(u32, Option<(BlockType, Seq)>, Vec<Node>),
    /// `HANDLER_n{catch*} instr*`
    Handler(u32, List<Catch>, Vec<Node>),
    /// `FRAME_n{f} instr*`
    Frame(u32, Locals, Vec<Node>),
}

/// `f`: a frame with its locals in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Locals {
    /// `LOCALS`
    pub locals: Vec<Option<Value>>,
    /// `MODULE`
    pub module: ModuleAddr,
}

/// `f; instr*`: a configuration but for its store.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The outermost frame.
    pub f: Locals,
    /// The sequence.
    pub instrs: Vec<Node>,
}

impl From<Instr> for Node {
    fn from(instr: Instr) -> Node {
        match instr {
            Instr::Const(c) => Node::Val(Value::Num(c)),
            Instr::Vconst(c) => Node::Val(Value::Vec(c)),
            Instr::Ref(r) => Node::Val(Value::Ref(r)),
            instr => Node::Instr(instr),
        }
    }
}

impl Zipper {
    /// The configuration that the zipper stands for. `redex` is the instruction at the hole that has been taken out of
    /// the sequence already, if it has; [`Instr::End`] says that the sequence is empty but for values.
    pub fn plug(&self, s: &Store, redex: Option<Instr>) -> Config {
        let mut instrs: Vec<Node> = Vec::new();
        let mut frame = self.frame;
        let (mut values, mut pending, mut locals) = (self.values.len(), self.pending.len(), self.locals.len());
        let mut rest = if redex == Some(Instr::End) { Seq::EMPTY } else { Seq(self.pc) };
        let mut hole: Vec<Node> = redex.filter(|&redex| redex != Instr::End).map(Node::from).into_iter().collect();
        for layer in self.layers.iter().rev() {
            instrs.extend(self.values[layer.values as usize..values].iter().filter_map(|v| v.value()).map(Node::Val));
            instrs.append(&mut hole);
            instrs.extend(self.pending[layer.pending as usize..pending].iter().rev().map(|&instr| instr.into()));
            let code = &s.modules[frame.module.0 as usize].module.code;
            instrs.extend(code.seq(rest).map(|&instr| instr.into()));
            (values, pending, rest) = (layer.values as usize, layer.pending as usize, Seq(layer.resume));
            let body = std::mem::take(&mut instrs);
            let node = match layer.kind {
                LayerKind::Label { n, cont } => Node::Label(n, cont, body),
                LayerKind::Handler { n, catches } => Node::Handler(n, catches, body),
                LayerKind::Frame { n, outer } => {
                    let vals = self.locals[frame.locals as usize..locals].iter().map(|local| local.value());
                    let f = Locals { locals: vals.collect(), module: frame.module };
                    locals = frame.locals as usize;
                    frame = outer;
                    Node::Frame(n, f, body)
                }
                LayerKind::Top => {
                    let vals = self.locals[frame.locals as usize..locals].iter().map(|local| local.value());
                    let f = Locals { locals: vals.collect(), module: frame.module };
                    return Config { f, instrs: body };
                }
            };
            hole.push(node);
        }
        unreachable!("the outermost layer is the top")
    }
}

/// Watches a run and compares each step with the literal reading.
///
/// Each comparison takes time in proportion to the configuration. So configurations that are nested deeper than
/// [`Literally::DEPTH`] are not compared, nor is more than a given number of steps; the rest is counted as passed over.
#[derive(Debug)]
pub struct Literally {
    limit: u64,
    before: Option<Config>,
    redex: Option<Instr>,
    /// The rules that the literal reading used.
    pub rules: RuleCounts,
    /// Steps compared.
    pub compared: u64,
    /// Steps not compared, because of the depth of the configuration or because of the limit.
    pub passed_over: u64,
    /// The first difference.
    pub difference: Option<String>,
}

impl Literally {
    /// The greatest number of contexts around each other at which steps are compared.
    pub const DEPTH: usize = 64;

    /// Compares up to `limit` steps.
    pub fn new(limit: u64) -> Self {
        Literally {
            limit,
            before: None,
            redex: None,
            rules: RuleCounts::default(),
            compared: 0,
            passed_over: 0,
            difference: None,
        }
    }
}

impl Observer for Literally {
    const WATCHES_STEPS: bool = true;

    fn redex(&mut self, s: &Store, z: &Zipper, redex: Instr) {
        let compares = self.compared < self.limit && z.layers.len() <= Self::DEPTH;
        self.before = compares.then(|| z.plug(s, Some(redex)));
        self.redex = Some(redex);
    }

    fn contractum(&mut self, s: &Store, z: &Zipper, rule: Option<RuleId>) {
        let (Some(before), Some(redex)) = (self.before.take(), self.redex.take()) else {
            self.passed_over += 1;
            return;
        };
        self.compared += 1;
        if self.difference.is_some() {
            return;
        }
        let after = z.plug(s, None);
        let mut reader = Reader { s, rules: &mut self.rules, after: innermost(&after.instrs) };
        let mut f = before.f.clone();
        let read = reader.step(&mut f, &before.instrs).map(|instrs| Config { f, instrs });
        if read.as_ref() != Ok(&after) {
            self.difference = Some(format!(
                "{} at {redex:?}:\nbefore      {before:?}\nliterally   {read:?}\nthe machine {after:?}",
                rule.map_or("a host function", RuleId::as_str)
            ));
        }
    }
}

/// The sequence inside of all contexts around the next redex.
fn innermost(instrs: &[Node]) -> &[Node] {
    match instrs.iter().find(|node| !matches!(node, Node::Val(_))) {
        Some(Node::Label(_, _, body) | Node::Handler(_, _, body) | Node::Frame(_, _, body)) => innermost(body),
        _ => instrs,
    }
}

/// The values at the beginning of a sequence, the first node that is none, and what is to the right of it.
fn split(instrs: &[Node]) -> (&[Node], Option<&Node>, &[Node]) {
    let vals = instrs.iter().take_while(|node| matches!(node, Node::Val(_))).count();
    let (vals, rest) = instrs.split_at(vals);
    match rest.split_first() {
        Some((head, right)) => (vals, Some(head), right),
        None => (vals, None, &[]),
    }
}

/// One literal reading of one step.
struct Reader<'a> {
    s: &'a Store,
    rules: &'a mut RuleCounts,
    /// The innermost sequence after the machine's step.
    after: &'a [Node],
}

type Read = Result<Vec<Node>, String>;

impl Reader<'_> {
    /// `z; instr* ~> z'; instr'*`
    ///
    /// ```text
    /// Step/ctxt-instrs   z; val* instr* instr_1*  ~>  z'; val* instr'* instr_1*
    ///                    if z; instr* ~> z'; instr'* and (val* ≠ ε or instr_1* ≠ ε)
    /// Step/ctxt-label    z; (label_n {instr_0*} instr*)  ~>  z'; (label_n {instr_0*} instr'*)
    ///                    if z; instr* ~> z'; instr'*
    /// Step/ctxt-handler  z; (handler_n {catch*} instr*)  ~>  z'; (handler_n {catch*} instr'*)
    ///                    if z; instr* ~> z'; instr'*
    /// Step/ctxt-frame    s; f; (frame_n {f'} instr*)  ~>  s'; f; (frame_n {f''} instr'*)
    ///                    if s; f'; instr* ~> s'; f''; instr'*
    /// ```
    fn step(&mut self, f: &mut Locals, instrs: &[Node]) -> Read {
        let (vals, head, right) = split(instrs);
        let Some(head) = head else { return Err("nothing but values".into()) };
        // Rules whose redex is a sequence as a whole.
        match head {
            Node::Instr(Instr::Trap) if instrs.len() > 1 => return Ok(vec![Node::Instr(Instr::Trap)]),
            Node::Instr(Instr::ThrowRef) if vals.len() > 1 || !right.is_empty() => {
                if let Some(exn @ Node::Val(Value::Ref(Ref::Exn(_)))) = vals.last() {
                    return Ok(vec![exn.clone(), Node::Instr(Instr::ThrowRef)]);
                }
            }
            _ => {}
        }
        let (operands, contractum) = match head {
            Node::Instr(instr) => {
                let top = match vals.last() {
                    Some(Node::Val(Value::Ref(r))) => Some(*r),
                    _ => None,
                };
                let n = operands(self.s, f.module, instr, top).ok_or("an unknown type or tag")?;
                let Some(k) = vals.len().checked_sub(n) else { return Err(format!("{instr:?} lacks operands")) };
                (n, self.instr(f, instr, &vals[k..], vals, right)?)
            }
            Node::Label(n, cont, body) => match self.label(*n, *cont, body)? {
                Some(contractum) => (0, contractum),
                None => {
                    self.rules.rule(rule!("Step/ctxt-label"));
                    (0, vec![Node::Label(*n, *cont, self.step(f, body)?)])
                }
            },
            Node::Handler(n, catches, body) => match self.handler(f, *n, *catches, body)? {
                Some(contractum) => (0, contractum),
                None => {
                    self.rules.rule(rule!("Step/ctxt-handler"));
                    (0, vec![Node::Handler(*n, *catches, self.step(f, body)?)])
                }
            },
            Node::Frame(n, inner, body) => match self.frame(*n, body)? {
                Some(contractum) => (0, contractum),
                None => {
                    self.rules.rule(rule!("Step/ctxt-frame"));
                    let mut inner = inner.clone();
                    let body = self.step(&mut inner, body)?;
                    (0, vec![Node::Frame(*n, inner, body)])
                }
            },
            Node::Val(_) => unreachable!("the head is no value"),
        };
        let left = &vals[..vals.len() - operands];
        if !left.is_empty() || !right.is_empty() {
            self.rules.rule(rule!("Step/ctxt-instrs"));
        }
        Ok([left, &contractum, right].concat())
    }

    /// `(label_n {instr'*} …)`, but for `Step/ctxt-label`.
    fn label(&self, n: u32, cont: Option<(BlockType, Seq)>, body: &[Node]) -> Result<Option<Vec<Node>>, String> {
        let (vals, head, _) = split(body);
        Ok(Some(match head {
            None => vals.to_vec(),
            Some(Node::Instr(Instr::Br(0))) => {
                let mut contractum = last(vals, n as usize)?.to_vec();
                contractum.extend(cont.map(|(bt, instrs)| Node::Instr(Instr::Loop(bt, instrs))));
                contractum
            }
            Some(&Node::Instr(Instr::Br(l))) => [vals, &[Node::Instr(Instr::Br(l - 1))]].concat(),
            Some(jump @ Node::Instr(Instr::Return | Instr::ReturnCallRef(_))) => {
                [vals, std::slice::from_ref(jump)].concat()
            }
            _ if is_result(body) => body.to_vec(),
            _ => return Ok(None),
        }))
    }

    /// `(handler_n {catch*} …)`, but for `Step/ctxt-handler`.
    fn handler(&self, f: &Locals, n: u32, catches: List<Catch>, body: &[Node]) -> Result<Option<Vec<Node>>, String> {
        let (vals, head, _) = split(body);
        Ok(Some(match (head, vals) {
            (None, _) => vals.to_vec(),
            (Some(jump @ Node::Instr(Instr::Br(_) | Instr::Return | Instr::ReturnCallRef(_))), _) => {
                [vals, std::slice::from_ref(jump)].concat()
            }
            (Some(Node::Instr(Instr::ThrowRef)), [exn @ Node::Val(Value::Ref(Ref::Exn(a)))]) if is_result(body) => {
                let mm = &self.s.modules[f.module.0 as usize];
                let Some(&catch) = mm.module.code.catches(catches).first() else { return Ok(Some(body.to_vec())) };
                let (tag, fields) = self.s.exception(*a);
                let fields: Vec<Node> = fields.iter().map(|&v| Node::Val(v)).collect();
                let br = |l| Node::Instr(Instr::Br(l));
                match catch {
                    Catch::Catch(x, l) if mm.tags[x as usize] == tag => [fields, vec![br(l)]].concat(),
                    Catch::CatchRef(x, l) if mm.tags[x as usize] == tag => [fields, vec![exn.clone(), br(l)]].concat(),
                    Catch::CatchAll(l) => vec![br(l)],
                    Catch::CatchAllRef(l) => vec![exn.clone(), br(l)],
                    Catch::Catch(..) | Catch::CatchRef(..) => vec![Node::Handler(n, catches.rest(), body.to_vec())],
                }
            }
            _ if is_result(body) => body.to_vec(),
            _ => return Ok(None),
        }))
    }

    /// `(frame_n {f} …)`, but for `Step/ctxt-frame`.
    fn frame(&self, n: u32, body: &[Node]) -> Result<Option<Vec<Node>>, String> {
        let (vals, head, _) = split(body);
        Ok(Some(match head {
            None if vals.len() == n as usize => vals.to_vec(),
            None => return Err("a frame with too many or too few values".into()),
            Some(Node::Instr(Instr::Return)) => last(vals, n as usize)?.to_vec(),
            Some(Node::Instr(Instr::ReturnCallRef(yy))) => match vals.last() {
                Some(Node::Val(Value::Ref(Ref::Null))) => vec![Node::Instr(Instr::Trap)],
                Some(Node::Val(Value::Ref(Ref::Func(a)))) => {
                    let m = self.s.func_type(*a).params.len();
                    [last(vals, m + 1)?, &[Node::Instr(Instr::CallRef(*yy))]].concat()
                }
                _ => return Err("a tail call of no function".into()),
            },
            _ if is_result(body) => body.to_vec(),
            _ => return Ok(None),
        }))
    }

    /// The contractum of an instruction with its operands.
    fn instr(&self, f: &mut Locals, instr: &Instr, ops: &[Node], vals: &[Node], right: &[Node]) -> Read {
        let then = |instr| Ok(vec![Node::Instr(instr)]);
        match (*instr, ops) {
            (Instr::Block(bt, instrs), _) => {
                let (_, n) = self.blocktype(f, bt)?;
                Ok(vec![Node::Label(n as u32, None, [ops, &self.sequence(f.module, instrs)].concat())])
            }
            (Instr::Loop(bt, instrs), _) => {
                let body = [ops, &self.sequence(f.module, instrs)].concat();
                Ok(vec![Node::Label(ops.len() as u32, Some((bt, instrs)), body)])
            }
            (Instr::TryTable(bt, catches, instrs), _) => {
                let n = self.blocktype(f, bt)?.1 as u32;
                let label = Node::Label(n, None, [ops, &self.sequence(f.module, instrs)].concat());
                Ok(vec![Node::Handler(n, catches, vec![label])])
            }
            (Instr::If(bt, instrs_1, instrs_2), [Node::Val(Value::Num(Num::I32(c)))]) => {
                then(Instr::Block(bt, if *c != 0 { instrs_1 } else { instrs_2 }))
            }
            (Instr::BrIf(l), [Node::Val(Value::Num(Num::I32(c)))]) => {
                if *c != 0 {
                    then(Instr::Br(l))
                } else {
                    Ok(vec![])
                }
            }
            (Instr::CallRef(_), [.., Node::Val(Value::Ref(Ref::Null))]) => then(Instr::Trap),
            (Instr::CallRef(_), [args @ .., Node::Val(Value::Ref(Ref::Func(a)))]) => {
                let fi = &self.s.funcs[*a as usize];
                let FuncCode::Func(x) = fi.code else { return self.machines(vals, ops.len(), right) };
                let m = self.s.func_type(*a).results.len() as u32;
                let func = &self.s.modules[fi.module.0 as usize].module.funcs[x as usize];
                let mut locals: Vec<Option<Value>> = args
                    .iter()
                    .map(|arg| match arg {
                        Node::Val(v) => Some(*v),
                        _ => None,
                    })
                    .collect();
                locals.extend(func.locals.iter().map(|&t| default(t)));
                let label = Node::Label(m, None, self.sequence(fi.module, func.body));
                Ok(vec![Node::Frame(m, Locals { locals, module: fi.module }, vec![label])])
            }
            (Instr::ThrowRef, [Node::Val(Value::Ref(Ref::Null))]) => then(Instr::Trap),
            (Instr::LocalSet(x), [Node::Val(val)]) => {
                *f.locals.get_mut(x as usize).ok_or("an unknown local")? = Some(*val);
                Ok(vec![])
            }
            (Instr::Br(_) | Instr::Return | Instr::ReturnCallRef(_) | Instr::Trap | Instr::ThrowRef, _) => {
                Err(format!("{instr:?} without a context for it"))
            }
            _ => self.machines(vals, ops.len(), right),
        }
    }

    /// The machine's contractum, when nothing else in its sequence has changed.
    fn machines(&self, vals: &[Node], operands: usize, right: &[Node]) -> Read {
        let left = &vals[..vals.len() - operands];
        let inside = self.after.strip_prefix(left).and_then(|after| after.strip_suffix(right));
        inside.map(<[Node]>::to_vec).ok_or("a step changed more than its redex".into())
    }

    fn sequence(&self, module: ModuleAddr, instrs: Seq) -> Vec<Node> {
        self.s.modules[module.0 as usize].module.code.seq(instrs).map(|&instr| instr.into()).collect()
    }

    /// `blocktype(z, bt)`, as numbers of values.
    fn blocktype(&self, f: &Locals, bt: BlockType) -> Result<(usize, usize), String> {
        block_arity(self.s, f.module, bt).ok_or("a block of no function type".into())
    }
}

/// Whether a sequence is `(ref.exn a) throw_ref` or `trap`, which leave any context.
fn is_result(instrs: &[Node]) -> bool {
    matches!(instrs, [Node::Instr(Instr::Trap)] | [Node::Val(Value::Ref(Ref::Exn(_))), Node::Instr(Instr::ThrowRef)])
}

fn last(vals: &[Node], n: usize) -> Result<&[Node], String> {
    vals.len().checked_sub(n).map(|k| &vals[k..]).ok_or("too few values".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::Deterministic;
    use crate::decode::decode_text;
    use crate::validation::validate;
    use std::sync::Arc;

    /// Runs the module's export `f`, which takes nothing, and compares each step.
    fn literally(text: &str) -> Outcome {
        let (_, module) = decode_text(text).unwrap();
        validate(&module, &mut crate::observe::Unobserved).unwrap();
        let (mut s, mut o) = (Store::new(Bounds::default()), Literally::new(u64::MAX));
        let ma = instantiate(&mut s, &Arc::new(module), &[], &mut o, &mut Deterministic).unwrap();
        let Some(ExternAddr::Func(a)) = s.export(ma, "f") else { panic!("no function") };
        let outcome = invoke(&mut s, a, &[], &mut o, &mut Deterministic).unwrap();
        assert_eq!(o.difference, None);
        assert_eq!(o.passed_over, 0);
        outcome
    }

    /// `call_ref-null` takes the reference only; the arguments are lost with the rest of the context.
    #[test]
    fn call_of_null_with_arguments() {
        let outcome = literally(
            "(module (type $t (func (param i32)))
               (func (export \"f\") (call_ref $t (i32.const 1) (ref.null $t))))",
        );
        assert_eq!(
            outcome,
            Outcome::Trap(Trap { rule: Some(rule!("Step_read/call_ref-null")), class: TrapClass::NullReference })
        );
    }
}
