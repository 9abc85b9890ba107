//! The page that `lockstep explain --format html` writes, in a real headless Chromium.

use lockstep_testing::browser::Browser;
use std::fs;
use std::process::{Command, Stdio};

const MODULE: &str = r#"(module
  (type $point (sub (struct (field $x i32) (field $y i32))))
  (type $colour (sub $point (struct (field $x i32) (field $y i32) (field $c i32))))
  (func $x_of (param $p (ref $point)) (result i32) (struct.get $point $x (local.get $p)))
  (func $f (param $c (ref $colour)) (result i32)
    (if (result i32) (i32.const 1)
      (then (call $x_of (local.get $c)))
      (else (i32.const 0)))))"#;

#[test]
fn derivations_fold_and_unfold() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("m.wat"), MODULE).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command.args(["explain", "m.wat", "--derivation", "--format", "html", "--depth", "3", "--output", "page.html"]);
    let output = command.current_dir(folder.path()).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.is_empty());
    let page = fs::read_to_string(folder.path().join("page.html")).unwrap();
    for outside in ["<link", "src=", "@import", "fetch("] {
        assert!(!page.contains(outside), "the page is not self-contained: {outside}");
    }
    let address = format!("file://{}/page.html", folder.path().display());
    let mut page = browser.visit(&address, (500, 900)).unwrap();
    let failures = page.check(
        r##"
        const shown = () => [...document.querySelectorAll("main code")].filter((node) => node.checkVisibility()).length;
        const count = document.querySelectorAll("main code").length;
        check("functions", document.querySelectorAll("section").length, 2);
        check("checked", document.querySelectorAll("section .note").length, 2);
        const call = [...document.querySelectorAll("details")].find((node) => node.querySelector("summary").textContent.includes("call $x_of"));
        // By depth first: what is in the branches of the `if` is folded.
        check("folded at first", call.querySelector("summary").checkVisibility(), false);
        const first = shown();
        check("less than all", first < count, true);
        document.getElementById("unfold").click();
        check("all", shown(), count);
        check("why a $colour will do", call.textContent.includes("⟨$colour⟩ <: ⟨$point⟩"), true);
        // One by one.
        call.querySelector("summary").click();
        check("one folded", call.open, false);
        check("what it hides", call.querySelector(".more").textContent, `${call.querySelectorAll("code").length - 1} more`);
        document.getElementById("fold").click();
        check("fold all", shown(), 2 + document.querySelectorAll("section > details > .premises > *").length);
        const rule = [...document.querySelectorAll("a")].find((node) => node.textContent === "Instr_ok/call");
        check("book", rule.getAttribute("href"), "book/2.3.html#Instr_ok-call");
        check("statement", rule.title.includes("C ⊢ call x"), true);
        document.getElementById("unfold").click();
        check("no scrolling sideways", document.documentElement.scrollWidth <= innerWidth, true);
        "##,
    );
    assert_eq!(failures, Ok(vec![]));
    assert_eq!((page.requests(), page.console()), (&[address][..], &[][..]));
}
