//! Evaluation: functions, relations in their modes, and what has no answer.

use lockstep_spectec::elab::elaborate;
use lockstep_spectec::eval::{Builtins, Eval, Limit, Limits, Machine, NoBuiltins, Stop, Value};
use lockstep_spectec::il::{FunId, RelId, Script};
use lockstep_spectec::parse::parse;
use lockstep_spectec::print::show_term;
use lockstep_spectec::source::{Severity, Sources};
use lockstep_spectec::term::{Term, Terms, View};

const STACK: &str = include_str!("texts/stack.spectec");

fn script(texts: &[&str]) -> Script {
    let mut sources = Sources::new();
    texts.iter().for_each(|text| sources.add("test.spectec", *text));
    let (defs, errors) = parse(&sources);
    let (script, more) = elaborate(&defs);
    let wrong = errors.iter().chain(&more).filter(|diagnostic| diagnostic.severity == Severity::Error);
    let said: String = wrong.map(|error| error.render(&sources).to_string()).collect();
    assert_eq!(said, "");
    script
}

fn fun(script: &Script, name: &str) -> FunId {
    FunId(script.funs.iter().position(|fun| &*fun.name == name).unwrap() as u32)
}

fn rel(script: &Script, name: &str) -> RelId {
    RelId(script.rels.iter().position(|rel| &*rel.name == name).unwrap() as u32)
}

/// The values of expressions, each given as `type = expression`, after some text.
fn values(text: &str, exps: &[&str]) -> Vec<String> {
    let defs = exps.iter().enumerate().map(|(i, exp)| {
        let (typ, exp) = exp.split_once(" = ").unwrap();
        format!("def $v{i} : {typ}\ndef $v{i} = {exp}\n")
    });
    let script = script(&[text, &defs.collect::<String>()]);
    let mut machine = Machine::new(&script, &NoBuiltins);
    (0..exps.len())
        .map(|i| match machine.call(fun(&script, &format!("v{i}")), Vec::new()) {
            Ok(term) => show_term(&script, &machine.terms, term),
            Err(stop) => format!("{stop:?}"),
        })
        .collect()
}

#[test]
fn expressions_have_values() {
    let text = "
        syntax r = {A nat*, B nat, C (nat*)*}
        syntax s = {R r*}
        def $r : r
        def $r = {A 1 2 3, B 4, C (1 2) (3)}
        def $even(nat) : bool
        def $even(n) = $(n \\ 2) = 0
    ";
    let cases = [
        ("nat = $(2 + 3 * 4 ^ 2)", "50"),
        ("int = $(2 - 3)", "-1"),
        ("int = $(-7 \\ 2)", "-1"),
        ("nat = $(2 - 3)", "Undefined"),
        ("nat = $(7 / 2)", "Undefined"),
        ("rat = $(7 / 2)", "7/2"),
        ("rat = $(1 / 0)", "Undefined"),
        ("nat = $(2 ^ 100)", "1267650600228229401496703205376"),
        ("bool = $(2 ^ 100 < 2 ^ 101 /\\ 1/3 < 1/2)", "true"),
        ("nat = $nat$(6 / 3)", "2"),
        ("nat* = $r.A[1 : 2]", "[2, 3]"),
        ("nat* = $r.A[2 : 2]", "Undefined"),
        ("nat = $r.A[3]", "Undefined"),
        ("nat = $r.C[1][0]", "3"),
        ("r = $r[.A[1] = 9]", "{[1, 9, 3], 4, [[1, 2], [3]]}"),
        ("r = $r[.A[1 : 2] = 9 8 7]", "{[1, 9, 8, 7], 4, [[1, 2], [3]]}"),
        ("r = $r[.C[0] =++ 5]", "{[1, 2, 3], 4, [[1, 2, 5], [3]]}"),
        ("r = $r[.A[7] = 9]", "Undefined"),
        ("s = {R $r} ++ {R $r[.B = 0]}", "{[{[1, 2, 3], 4, [[1, 2], [3]]}, {[1, 2, 3], 0, [[1, 2], [3]]}]}"),
        ("nat = |$r.A ++ $r.A|", "6"),
        ("bool = 2 <- $r.A", "true"),
        ("bool = 5 <- $r.A", "false"),
        ("bool = ~ true \\/ false ==> true <=> true", "true"),
        ("nat* = (7)^3", "[7, 7, 7]"),
        ("nat* = $(i * i)^(i<4)", "[0, 1, 4, 9]"),
        ("bool* = $even(i)^(i<3)", "[true, false, true]"),
        ("(nat, text?) = (1, \"x\")", "(1, [\"x\"])"),
    ];
    let exps: Vec<&str> = cases.iter().map(|(exp, _)| *exp).collect();
    for ((exp, expected), found) in cases.iter().zip(values(text, &exps)) {
        assert_eq!(found, *expected, "{exp}");
    }
}

#[test]
fn functions_match_in_order() {
    let cases = [
        ("nat = $sum(1 2 3 4)", "10"),
        ("nat* = $map(nat, nat, $halves, 4 6)", "[2, 3]"),
        ("nat = $halves(3)", "Undefined"),
        ("nat = $abs($(2 - 5))", "3"),
        ("nat = $abs($(5 - 2))", "3"),
        ("bool = $isint(I16)", "true"),
        ("bool = $isint(F8)", "false"),
        ("(nat*, nat*) = $unzip((1, 2) (3, 4))", "([1, 3], [2, 4])"),
        ("frame = $set({VALUES (CONST I8 1) (CONST I8 2)}, 1, (CONST I8 3))", "{[(CONST I8 1), (CONST I8 3)], []}"),
        ("frame = $set({}, 1, (CONST I8 3))", "Undefined"),
    ];
    let exps: Vec<&str> = cases.iter().map(|(exp, _)| *exp).collect();
    for ((exp, expected), found) in cases.iter().zip(values(STACK, &exps)) {
        assert_eq!(found, *expected, "{exp}");
    }
}

/// The results of `Step`, with the names of the rules.
fn steps(script: &Script, machine: &mut Machine, config: Term) -> Eval<Vec<String>> {
    let id = rel(script, "Step");
    let mut found = Vec::new();
    let answer = machine.solve(id, &[Some(config), None], &mut |machine, solution| {
        let name = &script.rels[id.index()].rules[solution.rule].name;
        found.push(format!("{name}: {}", show_term(script, &machine.terms, solution.components[1])));
        Ok(false)
    });
    answer.map(|_| found)
}

struct Wrap;

impl Builtins for Wrap {
    fn call(&self, name: &str, args: &[Value], terms: &mut Terms) -> Option<Eval<Term>> {
        let ("wrap", [_, Value::Term(n)]) = (name, args) else { return None };
        let View::Nat(n) = terms.view(*n) else { return Some(Err(Stop::Undefined)) };
        Some(Ok(terms.nat(u64::from(n) % 256)))
    }
}

const CONFIGS: &str = "
    def $drop : config
    def $drop = {}; (CONST I8 1) DROP
    def $add : config
    def $add = {}; (CONST I8 200) (CONST I8 100) (ADD I8)
    def $addf : config
    def $addf = {}; (CONST F8 (POS 1)) (CONST F8 (POS 1)) (ADD F8)
    def $label : config
    def $label = {}; (LABEL_ 2 `{NOP} (CONST I8 1) (CONST I8 2))
    def $full : config
    def $full = {}; (LABEL_ 2 `{NOP} (CONST I8 1) DROP)
    def $trap : config
    def $trap = {}; (CONST I8 1) TRAP DROP
    def $alone : config
    def $alone = {}; TRAP
    def $if : config
    def $if = {}; (CONST I8 0) (IF DROP ELSE NOP TRAP)
    def $block : config
    def $block = {}; (BLOCK DROP)
";

#[test]
fn rules_are_executed() {
    let script = script(&[STACK, CONFIGS]);
    let mut machine = Machine::new(&script, &Wrap);
    let mut run = |name: &str| {
        let config = machine.call(fun(&script, name), Vec::new()).unwrap();
        steps(&script, &mut machine, config).unwrap()
    };
    assert_eq!(run("drop"), ["drop: ({[], []} ; [])"]);
    assert_eq!(run("add"), ["add: ({[], []} ; [(CONST I8 44)])"]);
    // `inttype` is no name for other types.
    assert_eq!(run("addf"), [""; 0]);
    assert_eq!(run("label"), ["label: ({[], []} ; [(CONST I8 1), (CONST I8 2)])"]);
    assert_eq!(run("full"), [""; 0]);
    assert_eq!(run("trap"), ["trap: ({[], []} ; [TRAP])"]);
    assert_eq!(run("alone"), [""; 0]);
    assert_eq!(run("if"), ["if: ({[], []} ; [NOP, TRAP])"]);
    assert_eq!(run("block"), ["block: ({[], []} ; [(LABEL_ 0 { [] } [DROP])])"]);
}

#[test]
fn a_function_that_nobody_defines_is_not_a_rule_that_does_not_apply() {
    let script = script(&[STACK, CONFIGS]);
    let mut machine = Machine::new(&script, &NoBuiltins);
    let config = machine.call(fun(&script, "add"), Vec::new()).unwrap();
    assert_eq!(steps(&script, &mut machine, config), Err(Stop::Missing(fun(&script, "wrap"))));
}

#[test]
fn rules_are_decided_and_checked() {
    let script = script(&[
        "
        syntax t = A | B | C | D nat
        relation Sub: t <: t
        rule Sub/ab: A <: B
        rule Sub/bc: B <: C
        rule Sub/d: D n <: D m
          -- if n < m
          -- otherwise
        relation Via: nat |- t : t
        rule Via/zero: 0 |- t : t
        rule Via/step: n |- t_1 : t_3
          -- if n > 0
          -- Sub: t_1 <: t_2
          -- Via: $(n - 1) |- t_2 : t_3
        relation All: |- t* : t*
        rule All: |- t_1* : t_2*
          -- (Sub: t_1 <: t_2)*
        relation Any: |- nat* : nat
        rule Any: |- n* : m
          -- if n*[i] = $(m + m)
        ",
        "def $a : t\ndef $a = A\ndef $c : t\ndef $c = C\ndef $two : nat\ndef $two = 2
         def $ab : t*\ndef $ab = A B A\ndef $l : nat*\ndef $l = 3 5 8\ndef $four : nat\ndef $four = 4
         def $one : nat\ndef $one = 1\ndef $b : t\ndef $b = B
         def $d1 : t\ndef $d1 = D 1\ndef $d2 : t\ndef $d2 = D 2",
    ]);
    let mut machine = Machine::new(&script, &NoBuiltins);
    let mut v = |name: &str| machine.call(fun(&script, name), Vec::new()).unwrap();
    let (a, c, two, ab, l, four, d1, d2) = (v("a"), v("c"), v("two"), v("ab"), v("l"), v("four"), v("d1"), v("d2"));
    let (one, b) = (v("one"), v("b"));
    let (sub, via, all, any) = (rel(&script, "Sub"), rel(&script, "Via"), rel(&script, "All"), rel(&script, "Any"));
    assert_eq!(machine.decide(sub, &[a, c]), Ok(false));
    assert_eq!(machine.decide(sub, &[d1, d2]), Ok(true));
    assert_eq!(machine.decide(sub, &[d2, d1]), Ok(false));
    assert_eq!(machine.decide(via, &[two, a, c]), Ok(true));
    assert_eq!(machine.decide(via, &[two, c, a]), Ok(false));
    assert_eq!(machine.check(via, 0, &[two, a, c]), Ok(false));
    assert_eq!(machine.check(via, 1, &[two, a, c]), Ok(true));
    assert_eq!(machine.check(via, 7, &[two, a, c]), Ok(false));
    // An instance is checked with the premises that are given, whether they hold or not.
    let premises = [(sub, vec![a, b]), (via, vec![one, b, c])];
    assert_eq!(machine.check_instance(via, 1, &[two, a, c], &premises), Ok(true));
    assert_eq!(machine.check_instance(via, 1, &[two, a, c], &premises[..1]), Ok(false));
    assert_eq!(machine.check_instance(via, 1, &[two, a, c], &[(sub, vec![a, c]), (via, vec![one, c, c])]), Ok(true));
    assert_eq!(machine.check_instance(via, 1, &[one, a, c], &premises), Ok(false));
    // The elements of the other list are found.
    let mut found = Vec::new();
    machine
        .solve(all, &[Some(ab), None], &mut |machine, s| {
            found.push(show_term(&script, &machine.terms, s.components[1]));
            Ok(false)
        })
        .unwrap();
    assert_eq!(found, ["[B, C, B]"]);
    assert_eq!(machine.decide(any, &[l, four]), Ok(true));
    assert_eq!(machine.decide(any, &[l, two]), Ok(false));
}

#[test]
fn what_is_not_determined_is_no_answer() {
    let script = script(&["
        syntax t = A | B
        relation R: |- nat : t
        rule R: |- n : t
        relation Q: |- nat
        rule Q: |- n
          -- if m > n
        def $one : nat
        def $one = 1
        def $f(nat) : nat
        def $f(n) = m -- if m > n
    "]);
    let mut machine = Machine::new(&script, &NoBuiltins);
    let one = machine.call(fun(&script, "one"), Vec::new()).unwrap();
    assert_eq!(machine.solve(rel(&script, "R"), &[Some(one), None], &mut |_, _| Ok(true)), Err(Stop::Unbound));
    assert_eq!(machine.decide(rel(&script, "Q"), &[one]), Err(Stop::Unbound));
    assert_eq!(machine.call(fun(&script, "f"), vec![Value::Term(one)]), Err(Stop::Unbound));
    assert_eq!(machine.undetermined(rel(&script, "R"), &[true, false]), [0]);
    assert_eq!(machine.undetermined(rel(&script, "R"), &[true, true]), [0; 0]);
    assert_eq!(machine.undetermined_clauses(fun(&script, "f")), [0]);
}

#[test]
fn nothing_goes_on_for_ever() {
    let script = script(&["
        def $f(nat) : nat
        def $f(n) = $f($(n + 1))
        def $g(nat*) : nat*
        def $g(n*) = $g(n* n*)
        def $h : nat
        def $h = $f(0)
        def $k : nat*
        def $k = $g(1 2)
        def $m : nat
        def $m = |(0)^(2^100)|
        relation R: |- nat
        rule R: |- n -- R: |- $(n + 1)
        relation S: |- nat
        rule S/a: |- n -- S: |- n
        rule S/b: |- 5
        def $five : nat
        def $five = 5
        def $six : nat
        def $six = 6
    "]);
    let mut machine = Machine::new(&script, &NoBuiltins);
    let limits = Limits { steps: 10_000, depth: 100, memory: 1 << 20 };
    machine.limit(limits);
    assert_eq!(machine.call(fun(&script, "h"), Vec::new()), Err(Stop::Limit(Limit::Depth)));
    machine.limit(Limits { depth: 50, ..limits });
    let stop = machine.call(fun(&script, "k"), Vec::new());
    assert!(matches!(stop, Err(Stop::Limit(_))), "{stop:?}");
    machine.limit(limits);
    assert!(machine.call(fun(&script, "m"), Vec::new()).is_err());
    let (five, six) = (
        machine.call(fun(&script, "five"), Vec::new()).unwrap(),
        machine.call(fun(&script, "six"), Vec::new()).unwrap(),
    );
    assert_eq!(machine.decide(rel(&script, "R"), &[five]), Err(Stop::Limit(Limit::Depth)));
    // A judgement that needs itself is not one that holds.
    assert_eq!(machine.decide(rel(&script, "S"), &[five]), Ok(true));
    assert_eq!(machine.decide(rel(&script, "S"), &[six]), Ok(false));
}

#[test]
fn the_standard_is_evaluated() {
    let Some(folder) = lockstep_testing::sources() else { return };
    let mut files: Vec<_> =
        std::fs::read_dir(folder.join("text/wasm-3.0")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let texts: Vec<String> = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let more = "
        def $v_a : instr*
        def $v_a = (CONST I32 4294967295) (CONST I32 2) (BINOP I32 ADD)
        def $v_b : instr*
        def $v_b = (LABEL_ 1 `{NOP} (CONST I32 1) (CONST I32 2) (BR 0) NOP)
        def $v_C : context
        def $v_C = {}
        def $v_d : heaptype
        def $v_d = _DEF (REC (SUB (STRUCT (I32)))) 0
        def $v_any : heaptype
        def $v_any = ANY
        def $v_func : heaptype
        def $v_func = FUNC
        def $v_i31 : heaptype
        def $v_i31 = I31
        def $v_eq : heaptype
        def $v_eq = EQ
        def $v_i : instr
        def $v_i = BINOP I32 ADD
    ";
    let mut all: Vec<&str> = texts.iter().map(String::as_str).collect();
    all.push(more);
    let script = script(&all);
    let mut machine = Machine::new(&script, &NoBuiltins);
    // All but what has no inverse is determined.
    let clauses: usize = (0..script.funs.len()).map(|i| machine.undetermined_clauses(FunId(i as u32)).len()).sum();
    assert_eq!(clauses, 3, "of $utf8");
    let mut stuck = Vec::new();
    for (i, rel) in script.rels.iter().enumerate() {
        let of = machine.undetermined(RelId(i as u32), &vec![true; rel.typs.len()]);
        stuck.extend(of.iter().map(|_| rel.name.to_string()));
    }
    assert_eq!(stuck, ["Module_ok", "NotationTypingScheme"]);

    let mut v = |name: &str| machine.call(fun(&script, name), Vec::new()).unwrap();
    let (a, b, context, d, any, func, i) = (v("v_a"), v("v_b"), v("v_C"), v("v_d"), v("v_any"), v("v_func"), v("v_i"));
    let (i31, eq) = (v("v_i31"), v("v_eq"));
    let mut run = |name: &str, inputs: &[Option<Term>]| {
        let id = rel(&script, name);
        let mut found = Vec::new();
        machine
            .solve(id, inputs, &mut |machine, solution| {
                let name = &script.rels[id.index()].rules[solution.rule].name;
                let last = show_term(&script, &machine.terms, *solution.components.last().unwrap());
                found.push(format!("{name}: {last}"));
                Ok(false)
            })
            .unwrap();
        found
    };
    assert_eq!(run("Step_pure", &[Some(a), None]), ["binop-val: [(CONST I32 1)]"]);
    assert_eq!(run("Step_pure", &[Some(b), None]), ["br-label-zero: [(CONST I32 2), NOP]"]);
    assert_eq!(run("Instr_ok", &[Some(context), Some(i), None]), ["binop: ([I32, I32] ->_ [] [I32])"]);
    assert_eq!(machine.decide(rel(&script, "Heaptype_sub"), &[context, d, any]), Ok(true));
    assert_eq!(machine.decide(rel(&script, "Heaptype_sub"), &[context, d, func]), Ok(false));
    // Transitivity needs no strategy where its premises are given.
    let (sub, ok) = (rel(&script, "Heaptype_sub"), rel(&script, "Heaptype_ok"));
    let trans = script.rels[sub.index()].rules.iter().position(|rule| &*rule.name == "trans").unwrap();
    let premises =
        |middle| [(ok, vec![context, middle]), (sub, vec![context, i31, middle]), (sub, vec![context, middle, any])];
    assert_eq!(machine.check_instance(sub, trans, &[context, i31, any], &premises(eq)), Ok(true));
    assert_eq!(machine.check_instance(sub, trans, &[context, i31, func], &premises(eq)), Ok(false));
    assert_eq!(machine.check_instance(sub, trans, &[context, i31, any], &premises(eq)[1..]), Ok(false));
    assert!((0..script.rels.len()).all(|i| machine.uncheckable(RelId(i as u32)).is_empty()));
}

#[test]
fn a_program_runs_on_the_standard() {
    let Some(folder) = lockstep_testing::sources() else { return };
    let program = "
        def $v_dt : deftype
        def $v_dt = _DEF (REC (SUB FINAL (FUNC I32 -> I32))) 0
        def $v_mm : moduleinst
        def $v_mm = {TYPES $v_dt, FUNCS 0}
        def $v_fib : func
        def $v_fib = FUNC 0 eps ((LOCAL.GET 0) (CONST I32 2) (RELOP I32 (LT U)) (IF (_RESULT I32)
            (LOCAL.GET 0)
          ELSE
            (LOCAL.GET 0) (CONST I32 1) (BINOP I32 SUB) (CALL 0)
            (LOCAL.GET 0) (CONST I32 2) (BINOP I32 SUB) (CALL 0)
            (BINOP I32 ADD)))
        def $v_config : config
        def $v_config =
          ({FUNCS {TYPE $v_dt, MODULE $v_mm, CODE $v_fib}}; {MODULE $v_mm}); (CONST I32 7) (CALL 0)
        def $v_result : instr*
        def $v_result = (CONST I32 13)
    ";
    for name in ["wasm-3.0", "custom-descriptors"] {
        let mut files: Vec<_> =
            std::fs::read_dir(folder.join("text").join(name)).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        let mut texts: Vec<String> = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
        texts.push(program.to_owned());
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let script = script(&texts);
        let mut machine = Machine::new(&script, &NoBuiltins);
        let mut config = machine.call(fun(&script, "v_config"), Vec::new()).unwrap();
        let step = rel(&script, "Step");
        let mut count = 0;
        loop {
            machine.limit(Limits::default());
            let Some(solution) = machine.first(step, &[Some(config), None]).unwrap() else { break };
            config = solution.components[1];
            count += 1;
            if count % 50 == 0 {
                let mut roots = [config];
                machine.collect(&mut roots);
                [config] = roots;
            }
        }
        let result = machine.call(fun(&script, "v_result"), Vec::new()).unwrap();
        let View::Case(_, parts) = machine.terms.view(config) else { panic!("{name}") };
        assert_eq!((parts[1], count), (result, 490), "{name}");
    }
}
