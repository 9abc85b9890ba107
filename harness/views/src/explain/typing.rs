//! Renders the derivation of a function body as a tree.
//!
//! The rules split a sequence in two again and again, and `Instrs_ok/frame` adds the rest of the stack to the type of
//! an instruction. The checker works on that form. People see a list instead: each instruction with the whole stack of
//! its sequence before and after, and below it the premises of its rule.

use super::Input;
use super::labels::name;
use super::stack::{Below, Closed, show};
use super::tree::{Conclusion, Tree};
use lockstep_semantics::derivation::body::{Body, InstrType, Named, Node, Typing};
use lockstep_semantics::derivation::{Derivation, Judgement};
use lockstep_semantics::syntax::{BlockType, Catch, Notation as _, ValType};
use lockstep_semantics::validation::Definition;
use lockstep_spec::RuleId;
use rustc_hash::FxHashSet;

pub(super) fn tree(input: &Input, definition: Definition, body: &Body, closed: &Closed<'_>) -> Tree {
    let reader = Reader { input, definition, nodes: &body.nodes, closed };
    let mut node = &body.nodes[body.nodes.len() - 1];
    let shared = node;
    if let [premise] = *node.premises
        && matches!(body.nodes[premise].conclusion, Typing::Func(_))
    {
        node = &body.nodes[premise];
    }
    let conclusion = Conclusion::typed(name(&input.module, definition), "ok");
    let exprs = node.premises.iter().map(|&expr| {
        let ts = match &body.nodes[expr].conclusion {
            Typing::Expr(_, ts) => reader.stack(ts),
            _ => String::new(),
        };
        let steps = body.nodes[expr].premises.iter().flat_map(|&seq| reader.sequence(seq)).collect();
        Tree::node(body.nodes[expr].rule, Conclusion::typed("expr", ts), steps)
    });
    let tree = Tree::node(node.rule, conclusion.clone(), exprs.collect());
    if shared.rule == node.rule {
        return tree;
    }
    // Of a shared function.
    let mut premises = vec![tree];
    premises.extend(reader.shared_types(&shared.types));
    Tree::node(shared.rule, conclusion, premises)
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
            let conclusion = Conclusion::typed("the end of the sequence", self.stack(&it.t_2));
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
                _ => return Tree::node(node.rule, Conclusion::typed("ε", self.it(whole)), vec![]),
            }
            node = &self.nodes[node.premises[0]];
        }
        let node = &self.nodes[node.premises[0]];
        let (Typing::Instr(at, it) | Typing::InstrShared(at, it)) = &node.conclusion else { return Tree::default() };
        let code = &self.input.module.code;
        let text = show(&self.input.module, self.definition, code.instrs()[*at as usize]);
        let subsumption = below.map(|sub| self.subsumption(sub)).unwrap_or_default();
        if subsumption.is_empty() {
            return self.instr(node, &text, whole);
        }
        let mut inner = vec![self.instr(node, &text, it)];
        inner.extend(subsumption);
        Tree::node(const { RuleId::of("Instrs_ok/sub") }, Conclusion::typed(text, self.it(whole)), inner)
    }

    /// An instruction, with its type as it is to be shown; in shared code with what must be shared.
    fn instr(&self, node: &Node, text: &str, it: &InstrType) -> Tree {
        let names = &self.input.module.names;
        if let Typing::InstrShared(..) = node.conclusion {
            let tree = self.instr(&self.nodes[node.premises[0]], text, it);
            let named = node.premises.iter().filter_map(|&premise| self.named(premise));
            let shared: Vec<Tree> = named.chain(self.shared_types(&node.types)).collect();
            if shared.is_empty() {
                return tree;
            }
            let premises = std::iter::once(tree).chain(shared).collect();
            return Tree::node(node.rule, Conclusion::typed(text, format!("{} shared", self.it(it))), premises);
        }
        let mut premises: Vec<Tree> = node.premises.iter().filter_map(|&premise| self.premise(premise)).collect();
        premises.extend(node.types.iter().map(|d| Tree::derivation(d, names, &self.closed.labels)));
        Tree::node(node.rule, Conclusion::typed(text, self.it(it)), premises)
    }

    /// The definitions that an instruction in shared code names.
    fn named(&self, index: usize) -> Option<Tree> {
        let Typing::NamedShared(named) = self.nodes[index].conclusion else { return None };
        let names = &self.input.module.names;
        let (what, space, x) = match named {
            Named::Type(tu) => {
                let text = Conclusion::typed(format!("type {}", tu.display(names)), "shared");
                return Some(Tree::node(self.nodes[index].rule, text, vec![]));
            }
            Named::Func(x) => ("func", &names.funcs, x),
            Named::Global(x) => ("global", &names.globals, x),
            Named::Table(x) => ("table", &names.tables, x),
            Named::Mem(x) => ("memory", &names.mems, x),
            Named::Elem(x) => ("elem", &names.elems, x),
            Named::Data(x) => ("data", &names.datas, x),
            Named::Tag(x) => ("tag", &names.tags, x),
        };
        let name = space.get(&x).map_or_else(|| x.to_string(), |name| format!("${name}"));
        Some(Tree::node(self.nodes[index].rule, Conclusion::typed(format!("{what} {name}"), "shared"), vec![]))
    }

    /// That types are valid as shared, of those of which it is not obvious, once each.
    fn shared_types(&self, types: &[Derivation]) -> Vec<Tree> {
        let mut told = FxHashSet::default();
        let telling = types.iter().filter(|d| {
            matches!(d.conclusion, Judgement::ValtypeOkShared(ValType::Ref(_))) && told.insert(&d.conclusion)
        });
        telling.map(|d| Tree::derivation(d, &self.input.module.names, &self.closed.labels)).collect()
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
                Tree::node(node.rule, Conclusion::typed("C, labels (…) ⊢ instr*", self.it(it)), steps)
            }
            Typing::Blocktype(bt, it) => {
                let bt = match bt {
                    BlockType::Result(None) => "ε".to_owned(),
                    BlockType::Result(Some(t)) => t.display(names).to_string(),
                    BlockType::Idx(x) => lockstep_semantics::syntax::TypeUse::Idx(*x).display(names).to_string(),
                };
                Tree::node(node.rule, Conclusion::typed(bt, self.it(it)), vec![])
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
                Tree::node(node.rule, Conclusion::typed(text, "ok"), types)
            }
            _ => return None,
        })
    }
}
