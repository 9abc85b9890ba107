//! The reader of the catalogue accepts the format that `README.md` describes, and says what is wrong with anything else.

#[path = "../parse.rs"]
mod parse;

use parse::{Chapter, Code, Kind, Malformed};

const GOOD: &str = "\
# 9.9 Nothing: at all

What this is about.

## Step_pure/nop

    nop  ~>  ε

    if premise

A note.

Its second paragraph.

- section: https://example.org/#nop
- code: fired

## Steps

    z ~>* z

- section: https://example.org/#steps
- code: stands in: `run` and `more` — a loop — of sorts
";

fn chapter(name: &str, text: &str) -> Result<Chapter, Malformed> {
    parse::chapter(name, text, Kind::Rules)
}

#[test]
fn a_good_chapter() {
    let good = chapter("9.9-nothing.at.all.md", GOOD).expect("well formed");
    assert_eq!(good.title, "9.9 Nothing: at all");
    assert_eq!(good.file(), "9.9-nothing.at.all.spectec");
    let [nop, steps] = &good.entries[..] else { panic!("two entries") };
    assert_eq!((nop.id.as_str(), nop.line), ("Step_pure/nop", 5));
    assert_eq!(nop.statement, "nop  ~>  ε\n\nif premise");
    assert_eq!(nop.note, "A note.\n\nIts second paragraph.");
    assert_eq!(nop.section, "https://example.org/#nop");
    assert_eq!(nop.code, Code::Fired);
    assert_eq!(nop.never, None);
    assert_eq!((good.proposal(), nop.ours.as_deref()), (None, None));
    let ours = GOOD.replacen("- code: fired", "- ours: nothing happens\n- code: fired", 1);
    let ours = chapter("nothing/1-at-all.md", &ours).expect("well formed");
    assert_eq!((ours.file().as_str(), ours.proposal()), ("nothing/1-at-all.md", Some("nothing")));
    assert_eq!(ours.entries[0].ours.as_deref(), Some("nothing happens"));
    let unused = GOOD.replacen("- code: fired", "- code: fired\n- never fires: it is a fiction", 1);
    let unused = chapter("9.9-nothing.at.all.md", &unused).expect("well formed");
    assert_eq!(unused.entries[0].never.as_deref(), Some("it is a fiction"));
    assert_eq!(steps.note, "");
    assert_eq!(
        steps.code,
        Code::StandsIn { by: "`run` and `more`".to_owned(), reason: "a loop — of sorts".to_owned() }
    );
}

#[test]
fn faults_are_named_with_their_line() {
    let cases = [
        ("# 9.9 Nothing: at all", "Nothing", 1, "begins with `# `"),
        ("What this is about.", "", 1, "paragraph of introduction"),
        ("## Step_pure/nop", "## step_pure/nop", 5, "not a rule identifier"),
        ("## Step_pure/nop", "## Step_pure/nop nop", 5, "not a rule identifier"),
        ("## Step_pure/nop", "### Step_pure/nop", 5, "only rules have headings"),
        ("    z ~>* z", "z ~>* z", 18, "no statement"),
        ("- section: https://example.org/#nop\n", "", 5, "no line `- section: "),
        ("- section: https://example.org/#nop", "- section: example", 15, "not a link"),
        ("- code: fired", "- code: tired", 16, "none of `fired`"),
        ("- code: fired", "", 16, "must follow the section"),
        ("- code: fired", "- code: fired\n- code: fired", 17, "nothing may follow"),
        (
            "- section: https://example.org/#nop\n- code: fired",
            "- code: fired\n- section: https://example.org/#nop",
            15,
            "after the section",
        ),
        ("- code: fired", "- code: fired\n- never fires: ", 17, "reason is empty"),
        ("- code: fired", "- code: fired\n- never fires: x\n- never fires: y", 18, "nothing may follow"),
        ("of sorts", "of sorts\n- never fires: x", 24, "only a rule that the code has"),
        ("`run` and `more` — a loop — of sorts", "`run`", 23, "has the form"),
        ("`run` and `more` — a loop — of sorts", "`run` — ", 23, "has the form"),
    ];
    for (old, new, line, message) in cases {
        let text = GOOD.replacen(old, new, 1);
        let fault: Malformed = chapter("x.md", &text).expect_err(new);
        assert!(fault.line == line && fault.message.contains(message), "{new:?}: {fault:?}");
    }
}

#[test]
fn a_production_is_read_and_not_fired() {
    let grammar = |text: &str| parse::chapter("5.9-binary.nothing.md", text, Kind::Productions);
    let fault = grammar(GOOD).expect_err("the word of rules");
    assert!(fault.line == 16 && fault.message.contains("none of `read`"), "{fault:?}");
    let good = GOOD.replacen("- code: fired", "- code: read", 1);
    assert_eq!(grammar(&good).expect("well formed").entries[0].code, Code::Fired);
    let never = good.replacen("- code: read", "- code: read\n- never fires: it is a fiction", 1);
    assert!(grammar(&never).expect_err("a line of rules").message.contains("nothing may follow"));
}
