//! The elaboration: the explicit form of each construct, errors with their places, and the texts of the standard.

use std::fmt::Write;

use lockstep_spectec::elab::elaborate;
use lockstep_spectec::eval::{Limits, Machine, NoBuiltins, Value};
use lockstep_spectec::il::{FunId, RelId, Script};
use lockstep_spectec::lint::lint;
use lockstep_spectec::parse::parse;
use lockstep_spectec::print::Printer;
use lockstep_spectec::source::{Diagnostic, Severity, Sources};
use proptest::prelude::*;

const STACK: &str = include_str!("texts/stack.spectec");

fn read(text: &str) -> (Script, Vec<String>) {
    let mut sources = Sources::new();
    sources.add("test.spectec", text);
    let (defs, errors) = parse(&sources);
    let (script, more) = elaborate(&defs);
    (script, errors.iter().chain(&more).map(|error| error.render(&sources).to_string()).collect())
}

fn show(script: &Script) -> String {
    let mut text = String::new();
    script.typs.iter().for_each(|def| text.push_str(&Printer::typ_def(script, def)));
    script.funs.iter().for_each(|def| text.push_str(&Printer::fun(script, def)));
    for rel in &script.rels {
        _ = writeln!(text, "relation {}: {}", rel.name, script.mixops[rel.mixop.index()]);
        rel.rules.iter().for_each(|rule| text.push_str(&Printer::rule(script, rel, rule)));
    }
    text
}

#[test]
fn the_explicit_form() {
    let (script, errors) = read(STACK);
    assert_eq!(errors, [""; 0]);
    insta::assert_snapshot!(show(&script));
}

#[test]
fn errors() {
    let texts = [
        "def $f(nat) : text\ndef $f(n) = n",
        "def $f : nat\ndef $f = $g(1)",
        "def $f(nat) : nat\ndef $f(1, 2) = 3",
        "syntax a = A | B\nrelation R: a |- nat\nrule R: C |- 1",
        "syntax a = A nat | B\ndef $f : a\ndef $f = A",
        "syntax a = A nat\ndef $f : a\ndef $f = A 1 2",
        "rule R: 1",
        "syntax r = {F nat}\ndef $f(r) : nat\ndef $f(r) = r.G",
        "syntax r = {F nat}\ndef $f : r\ndef $f = {}",
        "syntax r = {F nat}\ndef $f : r\ndef $f = {F 1, F 2}",
        "def $f(nat*) : nat\ndef $f(n*) = n",
        "def $f : bool\ndef $f = x = y",
        "syntax a = foo",
        "syntax a = A | ...\nsyntax b = ... | B",
        "syntax a = A\nsyntax a = B",
        "syntax a = A | B | A",
        "def $f : nat\ndef $f : nat",
        "relation R: nat\nrule R: 1\nrule R: 2",
        "syntax p(nat)\nsyntax p(0) = A\nsyntax p(1) = B\ndef $f : p(1)\ndef $f = A",
        "syntax p = A nat* nat* nat*\ndef $f(p) : nat\ndef $f(A n n') = 1",
    ];
    let said: Vec<String> = texts.iter().map(|text| read(text).1.concat()).collect();
    assert!(said.iter().all(|errors| !errors.is_empty()), "{said:#?}");
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_definition_with_an_error_does_not_hide_others() {
    let (script, errors) = read("def $f : nat\ndef $f = $h\ndef $g : nat\ndef $g = 1\nsyntax a = b\nsyntax c = C");
    assert_eq!(errors.len(), 2);
    assert_eq!(script.fun("g").unwrap().clauses.len(), 1);
    assert_eq!(script.typ("c").unwrap().insts.len(), 1);
}

#[test]
fn circles_come_to_an_end() {
    for text in [
        "syntax a = b\nsyntax b = a\ndef $f(a) : b\ndef $f(a) = a",
        "syntax a = a*\ndef $f : a\ndef $f = 1 2 (3 4)",
        "syntax a = a | B\ndef $f(a) : a\ndef $f(B) = B",
        "syntax a = b | A\nsyntax b = a | B\ndef $f(a) : b\ndef $f(a) = A",
        "syntax a(nat)\nsyntax a(n) = a($(n + 1))\ndef $f : a(0)\ndef $f = 1",
        "def $g(nat) : nat\ndef $g(n) = $g($(n + 1))\nsyntax a(nat)\nsyntax a(0) = A\ndef $f : a($g(0))\ndef $f = A",
        "syntax r = {A r}\ndef $f : r\ndef $f = {}",
        "syntax a = a -- if true\ndef $f : a\ndef $f = 1",
        "syntax a = nat a\ndef $f : a\ndef $f = 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20",
        "syntax a = a* a* a* a*\ndef $f : a\ndef $f = 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20",
    ] {
        read(text);
    }
}

/// Calls all functions and looks for all relations with few values.
fn evaluate(script: &Script) {
    let mut machine = Machine::new(script, &NoBuiltins);
    let limits = Limits { steps: 2_000, depth: 40, memory: 1 << 16 };
    let (one, record) = (machine.terms.nat(1), machine.terms.record(&[]));
    let pair = machine.terms.seq(&[one, one]);
    for (i, fun) in script.funs.iter().enumerate() {
        for value in [one, pair, record] {
            machine.limit(limits);
            _ = machine.call(FunId(i as u32), vec![Value::Term(value); fun.params.len()]);
        }
    }
    for (i, rel) in script.rels.iter().enumerate() {
        for value in [None, Some(one), Some(pair)] {
            machine.limit(limits);
            _ = machine.solve(RelId(i as u32), &vec![value; rel.typs.len()], &mut |_, _| Ok(false));
            machine.limit(limits);
            _ = machine.check_instance(RelId(i as u32), 0, &vec![one; rel.typs.len()], &[]);
        }
    }
}

proptest! {
    /// Lines of a real text, some left out, some exchanged. What is left of it is evaluated.
    #[test]
    fn no_text_is_too_much(picks in prop::collection::vec((0usize..200, any::<bool>()), 0..40)) {
        let mut lines: Vec<&str> = STACK.lines().collect();
        for (i, remove) in picks {
            let (i, j) = (i % lines.len(), (i * 7 + 3) % lines.len());
            if remove { lines[i] = ""; } else { lines.swap(i, j); }
        }
        evaluate(&read(&lines.join("\n")).0);
    }

    #[test]
    fn no_expression_is_too_much(exp in "[a-zA-Z0-9 ()*?.,:;|$+<>=-]{0,60}") {
        read(&format!("{STACK}\nrule Step/x: {exp}\ndef $sum(n) = {exp}\n"));
    }
}

#[test]
fn slips() {
    let slips = |text: &str| {
        let mut sources = Sources::new();
        sources.add("test.spectec", text);
        let (script, more) = elaborate(&parse(&sources).0);
        let all = more.into_iter().chain(lint(&script));
        all.map(|slip| format!("{}: {}", sources.position(slip.span).0, slip.message)).collect::<Vec<_>>()
    };
    let text = "
def $a : nat
def $b : nat hint(builtin)
def $f(nat) : bool hint(inverse $g)
def $f(n) = true
def $f(0) = false
def $f(m) = false
def $g(nat) : text hint(inverse $h)
def $g(n) = \"\"  -- if n = 0
def $g(n) = \"1\"
def $h(text) : nat
def $h(x) = 1
def $i(syntax X, X*) : nat
def $i(syntax X, X*) = 0
syntax N = nat
def $j(N) : nat
def $j(N) = $i(N, 1)
def $k(nat) : nat
def $k(n) = |n*|
";
    insta::assert_snapshot!(slips(text).join("\n"));
}

#[test]
fn the_standard_elaborates() {
    let Some(folder) = lockstep_testing::sources() else { return };
    let figures =
        [("wasm-1.0", 130, 195), ("wasm-2.0", 257, 355), ("wasm-3.0", 564, 804), ("custom-descriptors", 505, 789)];
    let mut slips = String::new();
    for (name, rules, clauses) in figures {
        let mut sources = Sources::new();
        let mut files: Vec<_> =
            std::fs::read_dir(folder.join("text").join(name)).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        for file in files {
            sources.add(file.file_name().unwrap().to_string_lossy(), std::fs::read_to_string(&file).unwrap());
        }
        let (defs, errors) = parse(&sources);
        let (script, more) = elaborate(&defs);
        let all: Vec<Diagnostic> = errors.into_iter().chain(more).chain(lint(&script)).collect();
        if let Some(error) = all.iter().find(|diagnostic| diagnostic.severity == Severity::Error) {
            panic!("{name}: {}", error.render(&sources));
        }
        _ = writeln!(slips, "{name}");
        all.iter().for_each(|slip| _ = writeln!(slips, "  {}: {}", sources.place(slip.span), slip.message));
        let found: usize = script.rels.iter().map(|rel| rel.rules.len()).sum();
        assert_eq!(found, rules, "{name}");
        let found: usize = script.funs.iter().map(|fun| fun.clauses.len()).sum();
        assert_eq!(found, clauses, "{name}");
    }
    insta::assert_snapshot!(slips);
}
