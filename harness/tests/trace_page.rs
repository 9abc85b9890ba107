//! The page that `lockstep trace --format html` writes, in a real headless Chromium.

use lockstep_testing::browser::Browser;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Writes a page.
fn page(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command.arg("trace").args(["--format", "html", "--output"]).arg(folder.join("page.html")).args(args);
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.is_empty());
    fs::read_to_string(folder.join("page.html")).unwrap()
}

/// Opens the page, runs a script in it that says what it finds by `check(…)`, and expects that nothing fails and that the
/// page asks for nothing but itself.
fn drive(mut browser: Browser, folder: &Path, script: &str) {
    let address = format!("file://{}/page.html", folder.display());
    let mut page = browser.visit(&address, (1400, 900)).unwrap();
    assert_eq!(page.check(script).unwrap(), [""; 0]);
    assert_eq!((page.requests(), page.console()), (&[address][..], &[][..]));
}

#[test]
fn a_page_steps_forwards_and_backwards() {
    let Some(browser) = Browser::start() else { return };
    let folder = TempDir::new().unwrap();
    let tour = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/traces/tour.wast");
    let text = fs::read_to_string(&tour).unwrap();
    let line = text.lines().position(|line| line.contains("(invoke \"sum\")")).unwrap() + 1;
    let page = page(folder.path(), &[&format!("{}:{line}", tour.display())]);
    for outside in ["<link", "src=", "@import", "fetch("] {
        assert!(!page.contains(outside), "the page is not self-contained: {outside}");
    }
    drive(
        browser,
        folder.path(),
        r##"
        check("ready", document.body.dataset.ready, "yes");
        check("start", document.getElementById("number").value, "0");
        check("steps", text("of"), "of 42");
        check("ending", text("ending"), "pass");
        // What was there before the trace is there.
        check("objects", document.querySelectorAll(".object").length, 1);
        // By keyboard and by buttons, forwards and backwards.
        for (let i = 0; i < 4; i++) key("ArrowRight");
        check("step 4", text("reduction"), "(i32.const 1) (ref.struct 1) (struct.new $list) ~> (ref.struct 2)");
        check("change", text("changes"), "structs[2] = $list {$head 1, $tail (ref.struct 1)}");
        check("new object", document.querySelectorAll(".object .box.new").length, 1);
        check("arrow", document.querySelectorAll('path.ref[data-to="structs/1"]').length, 1);
        check("hash", location.hash, "#4");
        document.getElementById("back").click();
        check("step 3", text("changes"), "structs[1] = $list {$head 2, $tail (ref.null)}");
        check("undone", document.querySelector('[data-key="structs/2"]'), null);
        // Each step looks the same from both sides.
        const look = () => ["now", "stack", "heap"].map((id) => document.getElementById(id).innerHTML).join();
        key("Home");
        const there = [look()];
        for (let n = 1; n <= 42; n++) { key("j"); there.push(look()); }
        check("the end", document.getElementById("number").value, "42");
        check("result", document.querySelector("#stack .val.new").textContent, "(i32.const 3)");
        for (let n = 41; n >= 0; n--) { key("k"); check("back at " + n, look(), there[n]); }
        key("End");
        check("End", look(), there[42]);
        // Frames and locals.
        const number = document.getElementById("number");
        number.value = "6";
        number.dispatchEvent(new Event("change"));
        check("frame", [...document.querySelectorAll(".frame > .head")].at(-1).textContent, "frame_1 $sum");
        check("local", document.querySelector(".frame .local").textContent, "$l = (ref.struct 2)");
        // To a rule.
        key("Home");
        key("/");
        const jump = document.getElementById("jump");
        check("focus", document.activeElement, jump);
        jump.value = "Step_pure/br_on_null-null";
        key("Enter", jump);
        check("jumped", text("rulelink"), "Step_pure/br_on_null-null");
        check("book", document.getElementById("rulelink").getAttribute("href"), "book/4.3.html#Step_pure-br_on_null-null");
        check("listed", document.querySelector(".row.here").dataset.step, number.value);
        key("Enter", jump);
        check("no more", text("found"), "no such step that way");
        jump.blur();
        key("Home"); key("j"); key("n");
        check("same rule", text("rulelink"), "Step_read/call_ref-func");
        check("the second", number.value, "6");
        document.querySelector('.row[data-step="3"]').click();
        check("clicked", number.value, "3");
        "##,
    );
}

#[test]
fn a_large_page_stays_usable() {
    let Some(browser) = Browser::start() else { return };
    let folder = TempDir::new().unwrap();
    let module = r#"(module
      (type $list (struct (field $n i32) (field $tail (ref null $list))))
      (func (export "f") (result i32) (local $i i32) (local $l (ref null $list))
        (loop $again
          (local.set $l (struct.new $list (local.get $i) (local.get $l)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $again))
        (unreachable)))"#;
    fs::write(folder.path().join("m.wat"), module).unwrap();
    let file = folder.path().join("m.wat").display().to_string();
    let page = page(folder.path(), &[&file, "--first", "100000", "--invoke", "f"]);
    println!("the page has {} bytes", page.len());
    assert!(page.len() < 30 << 20, "{} bytes", page.len());
    drive(
        browser,
        folder.path(),
        r##"
        check("steps", text("of"), "of 100000");
        check("ending", text("ending"), "stopped after 100000 steps");
        const timed = (what, limit, f) => { const t = performance.now(); f(); const ms = performance.now() - t; if (ms > limit) failures.push(`${what} took ${ms} ms`); };
        timed("End", 5000, () => key("End"));
        check("the end", document.getElementById("number").value, "100000");
        timed("a hundred steps", 10000, () => { for (let i = 0; i < 100; i++) key("ArrowLeft"); });
        check("back", document.getElementById("number").value, "99900");
        check("rows", document.querySelectorAll(".row").length < 100, true);
        check("objects", document.querySelectorAll(".object").length <= 60, true);
        timed("Home", 5000, () => key("Home"));
        check("nothing", text("heap"), "no objects");
        "##,
    );
}

#[test]
fn a_page_has_the_stack_of_each_thread() {
    let Some(browser) = Browser::start() else { return };
    let folder = TempDir::new().unwrap();
    // $A is in the middle of its call when the trace begins.
    let turns = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/traces/turns.wast");
    let text = fs::read_to_string(&turns).unwrap();
    let line = text.lines().position(|line| line.contains("(invoke \"add\")")).unwrap() + 1;
    page(folder.path(), &[&format!("{}:{line}", turns.display())]);
    drive(
        browser,
        folder.path(),
        r##"
        const look = () => ["now", "stack", "heap"].map((id) => document.getElementById(id).innerHTML).join();
        key("Home");
        const there = [look()], seen = { $A: 0, $B: 0 };
        for (let n = 1; n <= steps.length; n++) {
          key("j");
          there.push(look());
          const turn = turns[n - 1];
          seen[turn]++;
          check("told", text("now").includes(`of the thread ${turn}`), true);
          const frames = [...document.querySelectorAll(".frame > .head")].map((head) => head.textContent);
          const depth = rows[steps[n - 1]][DEPTH];
          // Two frames without a name, or one with: whoever makes the step, it is that thread's stack.
          if (turn === "$A" && depth >= 4) check("frames of $A", frames.join(), "frame_0 ,frame_0 ");
          if (turn === "$B" && depth >= 2) check("frames of $B", frames.join(), "frame_1 $add");
        }
        check("both threads", seen.$A > 4 && seen.$B > 4, true);
        for (let n = steps.length - 1; n >= 0; n--) { key("k"); check("back at " + n, look(), there[n]); }
        "##,
    );
}
