//! The derivation of a function body as a tree to look at.
//!
//! In the rules a sequence is cut in two again and again, and an instruction meets its stack by `Instrs_ok/frame`. That is
//! what the checker sees. People see a list: each instruction with the whole stack of its sequence before and after, and
//! below it what its rule rests on.

use super::Input;
use super::body::{Below, Closed, show};
use super::tree::Tree;
use lockstep_semantics::derivation::Judgement;
use lockstep_semantics::derivation::body::{Body, InstrType, Node, Typing};
use lockstep_semantics::syntax::{BlockType, Catch, Notation as _, ValType};
use lockstep_semantics::validation::Definition;
use lockstep_spec::RuleId;

pub(super) fn tree(input: &Input, definition: Definition, body: &Body, closed: &Closed<'_>) -> Tree {
    let reader = Reader { input, definition, nodes: &body.nodes, closed };
    let root = body.nodes.len() - 1;
    let node = &body.nodes[root];
    let conclusion = format!("{} : ok", super::invalid::name(&input.module, definition));
    let exprs = node.premises.iter().map(|&expr| {
        let ts = match &body.nodes[expr].conclusion {
            Typing::Expr(_, ts) => reader.stack(ts),
            _ => String::new(),
        };
        let steps = body.nodes[expr].premises.iter().flat_map(|&seq| reader.sequence(seq)).collect();
        Tree::node(body.nodes[expr].rule, format!("expr : {ts}"), steps)
    });
    Tree::node(node.rule, conclusion, exprs.collect())
}

struct Reader<'a> {
    input: &'a Input,
    definition: Definition,
    nodes: &'a [Node],
    closed: &'a Closed<'a>,
}

impl Reader<'_> {
    fn stack(&self, ts: &[ValType]) -> String {
        self.closed.stack(ts, Below::Nothing)
    }

    fn it(&self, it: &InstrType) -> String {
        let xs = it.x.iter().map(|&x| self.local(x)).collect::<Vec<_>>().join(",");
        let set = if xs.is_empty() { String::new() } else { format!("_{xs}") };
        format!("{} →{set} {}", self.stack(&it.t_1), self.stack(&it.t_2))
    }

    fn local(&self, x: u32) -> String {
        let Definition::Func(func) = self.definition else { return x.to_string() };
        let names = &self.input.module.names.locals;
        names.get(&func).and_then(|names| names.get(&x)).map_or_else(|| x.to_string(), |name| format!("${name}"))
    }

    /// The instructions of a sequence, and its end where it is of a smaller type than the one asked for.
    fn sequence(&self, seq: usize) -> Vec<Tree> {
        let mut seq = seq;
        let mut steps = Vec::new();
        let node = &self.nodes[seq];
        if let ("Instrs_ok/sub", Typing::Instrs(range, it)) = (node.rule.as_str(), &node.conclusion)
            && (range.len() != 1 || self.nodes[node.premises[0]].rule.as_str() != "Instrs_ok/instr")
        {
            let conclusion = format!("the end of the sequence : {}", self.stack(&it.t_2));
            steps.push(Tree::node(node.rule, conclusion, self.subsumption(node.premises[1])));
            seq = node.premises[0];
        }
        while self.nodes[seq].rule.as_str() == "Instrs_ok/seq" {
            let premises = &self.nodes[seq].premises;
            steps.push(self.step(premises[1]));
            seq = premises[0];
        }
        steps.push(self.step(seq));
        steps.reverse();
        steps
    }

    /// One instruction, or none.
    fn step(&self, index: usize) -> Tree {
        let Typing::Instrs(_, whole) = &self.nodes[index].conclusion else { return Tree::default() };
        let (mut node, mut below) = (&self.nodes[index], None);
        loop {
            match node.rule.as_str() {
                "Instrs_ok/sub" => below = below.or(Some(node.premises[1])),
                "Instrs_ok/frame" => {}
                "Instrs_ok/instr" => break,
                _ => return Tree::node(node.rule, format!("ε : {}", self.it(whole)), vec![]),
            }
            node = &self.nodes[node.premises[0]];
        }
        let node = &self.nodes[node.premises[0]];
        let Typing::Instr(at, it) = &node.conclusion else { return Tree::default() };
        let code = &self.input.module.code;
        let text = show(&self.input.module, self.definition, code.instrs()[*at as usize]);
        let mut premises: Vec<Tree> = node.premises.iter().filter_map(|&premise| self.premise(premise)).collect();
        premises.extend(node.types.iter().map(|d| Tree::derivation(d, &self.input.module.names, &self.closed.labels)));
        let Some(sub) = below else {
            return Tree::node(node.rule, format!("{text} : {}", self.it(whole)), premises);
        };
        let subsumption = self.subsumption(sub);
        if subsumption.is_empty() {
            return Tree::node(node.rule, format!("{text} : {}", self.it(whole)), premises);
        }
        let mut inner = vec![Tree::node(node.rule, format!("{text} : {}", self.it(it)), premises)];
        inner.extend(subsumption);
        Tree::node(const { RuleId::of("Instrs_ok/sub") }, format!("{text} : {}", self.it(whole)), inner)
    }

    /// The premises of `Instrtype_sub` that say something.
    fn subsumption(&self, index: usize) -> Vec<Tree> {
        let telling = |judgement: &Judgement| !matches!(judgement, Judgement::ResulttypeSub(l, r) if l == r);
        let telling = self.nodes[index].types.iter().filter(|d| telling(&d.conclusion));
        let telling: Vec<Tree> =
            telling.map(|d| Tree::derivation(d, &self.input.module.names, &self.closed.labels)).collect();
        match &self.nodes[index].conclusion {
            Typing::InstrtypeSub(l, r) if !telling.is_empty() => {
                vec![Tree::node(self.nodes[index].rule, format!("{} <: {}", self.it(l), self.it(r)), telling)]
            }
            _ => vec![],
        }
    }

    /// A premise of the rule of a block.
    fn premise(&self, index: usize) -> Option<Tree> {
        let node = &self.nodes[index];
        let names = &self.input.module.names;
        Some(match &node.conclusion {
            Typing::Instrs(_, it) => {
                let steps = match node.rule.as_str() {
                    "Instrs_ok/empty" => vec![],
                    _ => self.sequence(index),
                };
                Tree::node(node.rule, format!("C, labels (…) ⊢ instr* : {}", self.it(it)), steps)
            }
            Typing::Blocktype(bt, it) => {
                let bt = match bt {
                    BlockType::Result(None) => "ε".to_owned(),
                    BlockType::Result(Some(t)) => t.display(names).to_string(),
                    BlockType::Idx(x) => lockstep_semantics::syntax::TypeUse::Idx(*x).display(names).to_string(),
                };
                Tree::node(node.rule, format!("{bt} : {}", self.it(it)), vec![])
            }
            Typing::Catch(catch) => {
                let tag = |x: &u32| names.tags.get(x).map_or_else(|| x.to_string(), |name| format!("${name}"));
                let text = match catch {
                    Catch::Catch(x, l) => format!("catch {} {l}", tag(x)),
                    Catch::CatchRef(x, l) => format!("catch_ref {} {l}", tag(x)),
                    Catch::CatchAll(l) => format!("catch_all {l}"),
                    Catch::CatchAllRef(l) => format!("catch_all_ref {l}"),
                };
                let types = node.types.iter().map(|d| Tree::derivation(d, names, &self.closed.labels)).collect();
                Tree::node(node.rule, format!("{text} : ok"), types)
            }
            _ => return None,
        })
    }
}
