//! The reader: each construct, errors with their places, and no text that it cannot bear.

use lockstep_spectec::ast::{DefKind, ExpKind, PremKind};
use lockstep_spectec::parse::parse;
use lockstep_spectec::source::Sources;
use proptest::prelude::*;

fn sources(text: &str) -> Sources {
    let mut sources = Sources::new();
    sources.add("test.spectec", text);
    sources
}

fn errors(text: &str) -> Vec<String> {
    let sources = sources(text);
    parse(&sources).1.iter().map(|error| error.render(&sources).to_string()).collect()
}

fn defs(text: &str) -> Vec<DefKind> {
    assert_eq!(errors(text), [""; 0]);
    parse(&sources(text)).0.into_iter().map(|def| def.kind).collect()
}

const ALL: &str = r#"
;; every construct
syntax N hint(macro none) = nat
syntax uN(N) hint(show u#%) = 0 | ... | $nat$(2^N-1)
syntax sN(N) = -2^(N-1) | ... | -1 | 0 | +1 | ... | +2^(N-1)-1
syntax list(syntax X) = X*  -- if |X*| < $(2^32)
syntax instr hint(desc "instruction")
syntax instr/a =
  | NOP | BLOCK instr* \
  | LOCAL.GET N   hint(show (`[i] `| !%.FIELD)+) -- if N < 3
  | ...
syntax instr/b = ... | CONST numtype num_(numtype)
syntax limits = `[N .. N?]
syntax functype = list(N) ->_(N*) list(N)
syntax context = { TYPES N*, LABELS (N*)* hint(desc "label"), \
  RETURN N? }
syntax host = `...
var C : context
def $f(N, def $g(nat) : nat, syntax X) : nat hint(partial)
def $f(n, $g, syntax X) = $(n + 2 * -n^2)  -- if 0 < n <= 7 /\ ~(n <- 1 2 3)
def $f hint(builtin)
def $i(context, nat) : context
def $i(C, n) = C[.LABELS[n] = eps][.TYPES =++ n], RETURN n
relation Ok: context |- instr* : functype hint(name "T")
relation Eq: N ~~_context N
rule Ok/array.new-x:
  C |- (BLOCK instr^n) instr'*[i : 2] : eps ->_(x*) [n 1]
  ----
  -- otherwise
  -- (Ok: {LABELS (t_2*)} ++ C |- instr : C.TYPES[0] -> eps)*
  -- (if |x*| = n)^(i<n)
  -- Eq: n ~~_C m
rule Eq: n ~~_C m
grammar Ba(grammar BX : el) : el* hint(desc "a") =
  | n:Bu32 (el:BX)^n => el^n -- if n = ||BX||
  | "a" => 0 | ... | "f" => 5
  | (at,lim):Bb ("x" | "y")? == "z"
  | ...
grammar T_(I)/b : () = ... | U+09 $(2+3) eps
"#;

#[test]
fn every_construct_is_read() {
    let defs = defs(ALL);
    assert_eq!(defs.len(), 23);
    let rule = defs.iter().find_map(|def| match def {
        DefKind::Rule(rule) if &*rule.name == "array.new-x" => Some(rule),
        _ => None,
    });
    let rule = rule.expect("the rule has its name");
    assert_eq!(rule.prems.len(), 4);
    assert!(matches!(rule.prems[0].kind, PremKind::Otherwise));
    let ExpKind::Infix(turnstile) = &rule.conclusion.kind else { panic!("{:?}", rule.conclusion) };
    assert_eq!(turnstile.op, "|-");
    let Some(ExpKind::Infix(colon)) = turnstile.right.as_ref().map(|exp| &exp.kind) else { panic!("{turnstile:?}") };
    assert_eq!(colon.op, ":");
}

#[test]
fn a_capital_before_a_dot_is_a_variable_where_it_is_declared() {
    let kinds = |text: &str| match defs(text).pop() {
        Some(DefKind::Clause(_, _, exp, _)) => exp.kind,
        other => panic!("{other:?}"),
    };
    assert!(matches!(kinds("def $f = C_1'.A.B"), ExpKind::Id(id) if &*id.name == "C_1'.A.B"));
    assert!(matches!(kinds("var C : nat\ndef $f = C_1'.A.B"), ExpKind::Dot(_, id) if &*id.name == "B"));
}

#[test]
fn errors_have_a_place_and_do_not_hide_each_other() {
    let text = "var x nat\nrule R: a = \nsyntax t = { a nat }\ndef $f : nat\ndef $f(n = 2\nvar ok : nat\n";
    insta::assert_snapshot!(errors(text).join("\n"), @r"
    test.spectec:1:7: error: `:` should stand here, but there is `nat`
      | var x nat
      |       ^^^

    test.spectec:3:1: error: an expression should stand here, but there is `syntax`
      | syntax t = { a nat }
      | ^^^^^^

    test.spectec:3:14: error: the atom of a field or `}` should stand here, but there is `a`
      | syntax t = { a nat }
      |              ^

    test.spectec:6:1: error: `,` or `)` should stand here, but there is `var`
      | var ok : nat
      | ^^^
    ");
}

#[test]
fn depth_is_bounded() {
    for (open, close) in [("(", ")"), ("`[", "]"), ("$(", ")"), ("$f(", ")"), ("{A ", "}"), ("a[", "]"), ("~", "")] {
        let text = format!("def $f = {}a{}", open.repeat(100_000), close.repeat(100_000));
        assert!(errors(&text).concat().contains("nested too deeply"), "{open}");
    }
    for chain in ["a + ", "a; ", "a -> ", "a ++ ", "a /\\ "] {
        let text = format!("def $f = $({}a)", chain.repeat(100_000));
        assert!(!errors(&text).is_empty(), "{chain}");
    }
    let mut nested = "a".to_owned();
    for _ in 0..60 {
        nested = format!("(a = {nested} = a)");
    }
    assert!(errors(&format!("def $f = {nested}")).concat().contains("too large"));
    for after in ["*", "[0]", ".A", "?"] {
        assert!(errors(&format!("def $f = a{}", after.repeat(100_000))).concat().contains("nested too deeply"));
    }
    // What is long without being deep is read.
    assert_eq!(errors(&format!("def $f = {}", "a ".repeat(100_000))), [""; 0]);
}

/// Pieces of real text.
fn piece() -> impl Strategy<Value = String> {
    let lines: Vec<String> = ALL.lines().map(str::to_owned).collect();
    prop_oneof![
        4 => prop::sample::select(lines),
        2 => "[-|~>=:;.,(){}\\[\\]`$*+?^/\\\\ ]{0,8}",
        1 => "\\PC{0,6}",
    ]
}

proptest! {
    #[test]
    fn no_text_is_too_much(text in "(?s).{0,200}") {
        errors(&text);
    }

    #[test]
    fn real_text_cut_and_spliced(pieces in prop::collection::vec(piece(), 0..12), cut in 0usize..400) {
        let text = pieces.join("\n");
        let text: String = text.chars().take(cut).collect();
        errors(&text);
    }

    #[test]
    fn real_text_with_a_gap(from in 0usize..2500, len in 0usize..40) {
        let text: Vec<char> = ALL.chars().collect();
        let (from, to) = (from.min(text.len()), (from + len).min(text.len()));
        let text: String = text[..from].iter().chain(&text[to..]).collect();
        errors(&text);
    }
}

#[test]
fn the_standard_is_read() {
    let Some(folder) = lockstep_testing::sources() else { return };
    for (name, count) in [("wasm-1.0", 766), ("wasm-2.0", 1276), ("wasm-3.0", 2807), ("custom-descriptors", 2688)] {
        let mut sources = Sources::new();
        let mut files: Vec<_> =
            std::fs::read_dir(folder.join("text").join(name)).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        for file in files {
            sources.add(file.file_name().unwrap().to_string_lossy(), std::fs::read_to_string(&file).unwrap());
        }
        let (defs, errors) = parse(&sources);
        assert!(errors.is_empty(), "{}", errors[0].render(&sources));
        assert_eq!(defs.len(), count, "{name}");
    }
}

/// Found by the property above.
#[test]
fn a_backslash_ends_a_text_with_its_line() {
    assert_eq!(errors("\"\\\n¡\n").len(), 3);
}
