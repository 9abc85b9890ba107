//! `lockstep coverage`: exit codes, forms of the report, pages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

const PASSING: &str =
    "(module (func (export \"f\") (result i32) (i32.const 1)))\n(assert_return (invoke \"f\") (i32.const 1))\n";
const FAILING: &str =
    "(module (func (export \"f\") (result i32) (i32.const 1)))\n(assert_return (invoke \"f\") (i32.const 2))\n";

/// Runs the command in a folder: exit code, standard output, standard error.
fn run(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    let output = command.arg("coverage").args(args).current_dir(folder).stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("pass.wast"), PASSING).unwrap();
    fs::write(folder.path().join("fail.wast"), FAILING).unwrap();
    folder
}

#[test]
fn text() {
    let folder = folder();
    let (code, out, err) = run(folder.path(), &["pass.wast"]);
    assert_eq!((code, err.as_str()), (0, ""));
    for part in [
        "2 directives in 1 file, 1 of them assertions.\n",
        "\n4.3 Execution: instructions      219  ",
        "\n    Step/throw\n",
        "\n    Step_pure/unop-trap\n        every unary operator of 3.0 has a result",
        "\n    Steps/refl\n        `Machine::run`: the closure",
        "rules that can fire were fired.\n",
        "\n6.4 Text format: modules ",
        "\n    Tchar\n        `Tokens::new`: it takes a `str`",
        "productions that can be used were used. Malformed modules fail in 0 productions.\n",
    ] {
        assert!(out.contains(part), "{part:?}\n{out}");
    }
}

#[test]
fn exit_codes() {
    let folder = folder();
    let (code, out, err) = run(folder.path(), &["."]);
    assert_eq!(code, 1);
    assert!(out.contains("1 of them did not pass."), "{out}");
    assert_eq!(err, "fail: ./fail.wast:2:1: assert_return\n");
    for (args, message) in [
        (&["missing"][..], "missing: "),
        (&["pass.wast", "--filter", "fail"], "no script matches the filter"),
        (&["pass.wast", "--rule", "Step_pure/none"], "the standard has no rule of this name"),
        (&["pass.wast", "--unfired", "--format", "json"], "cannot be used with"),
        (&["pass.wast", "--out", "no/report"], "cannot write no/report"),
        (&["pass.wast", "--html", "fail.wast"], "cannot write fail.wast"),
    ] {
        let (code, out, err) = run(folder.path(), args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(err.starts_with("error: ") && err.contains(message), "{args:?}: {err}");
    }
}

#[test]
fn json_to_a_file() {
    let folder = folder();
    let (code, out, err) = run(folder.path(), &["pass.wast", "--format", "json", "--out", "report.json"]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "", ""));
    let text = fs::read_to_string(folder.path().join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&report["schema"], &report["version"]), (&"lockstep-coverage".into(), &1.into()));
    assert_eq!(report["totals"]["rules"], 559);
    let chapters = report["chapters"].as_array().unwrap();
    let rules = || chapters.iter().flat_map(|chapter| chapter["rules"].as_array().unwrap());
    let rule = |id: &str| rules().find(|rule| rule["id"] == id).unwrap();
    let frame = rule("Step_pure/frame-vals");
    assert_eq!((&frame["status"], &frame["uses"], &frame["directives"]), (&"fired".into(), &1.into(), &1.into()));
    assert_eq!(frame["examples"][0]["file"], "pass.wast");
    assert_eq!(
        (&frame["examples"][0]["line"], &frame["examples"][0]["directive"]),
        (&2.into(), &"assert_return".into())
    );
    assert_eq!(rule("Step_pure/nop")["status"], "unfired");
    assert_eq!(rule("Step_pure/vunop-trap")["status"], "never");
}

#[test]
fn single_rules_and_unfired_rules() {
    let folder = folder();
    let (_, out, _) = run(folder.path(), &["pass.wast", "--rule", "Step_pure/frame-vals", "--rule", "Step_pure/nop"]);
    let want = "Step_pure/frame-vals: used 1 times\n    pass.wast:2:1: assert_return\nStep_pure/nop: used 0 times\n";
    assert_eq!(out, want);
    let (_, out, _) = run(folder.path(), &["pass.wast", "--unfired"]);
    let names: BTreeSet<&str> = out.lines().collect();
    assert!(names.contains("Step_pure/nop") && !names.contains("Step_pure/frame-vals"), "{out}");
    assert!(!names.contains("Step_pure/unop-trap") && !names.contains("Steps/refl"), "{out}");
}

#[test]
fn markdown() {
    let folder = folder();
    let (_, out, _) = run(folder.path(), &["pass.wast", "--format", "markdown"]);
    assert!(out.starts_with("## ⚠️ Rules of WebAssembly 3.0 fired by a suite\n"), "{out}");
    assert!(out.contains("\n| 4.3 Execution: instructions | 219 | "), "{out}");
    assert_eq!(out.matches("<details").count(), out.matches("</details>").count());
}

#[test]
fn productions_beside_rules() {
    let folder = folder();
    let script = r#"
        (module (memory 1))
        (module binary "\00asm" "\01\00\00\00")
        (assert_malformed (module quote "(memory +1)") "unexpected token")
        (assert_malformed (module quote "(@a") "unclosed annotation")
        (assert_malformed (module binary "\00asn") "magic header not detected")
        (assert_invalid (module (start 0)) "unknown function")
    "#;
    fs::write(folder.path().join("modules.wast"), script).unwrap();
    let (code, out, err) = run(folder.path(), &["modules.wast", "--format", "json"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let grammar = &report["grammar"];
    assert_eq!((&grammar["totals"]["productions"], &report["totals"]["rules"]), (&428.into(), &559.into()));
    let chapters = grammar["chapters"].as_array().unwrap();
    let productions = || chapters.iter().flat_map(|chapter| chapter["productions"].as_array().unwrap());
    for (id, status, modules, malformed) in [
        ("Bmodule", "used", 1, 0),
        ("Bmagic", "used", 1, 1),
        ("Btypesec", "unused", 0, 0),
        ("Tchar", "stands_in", 0, 0),
        ("Tannot", "malformed_only", 0, 1),
        ("Tmodule/plain", "used", 2, 0),
        ("Tmem_", "used", 1, 0),
        ("Tstart_", "used", 1, 0),
        ("Tdata_", "unused", 0, 0),
    ] {
        let found = productions().find(|production| production["id"] == id).unwrap();
        let got = (&found["status"], &found["modules"], &found["malformed"]);
        assert_eq!(got, (&status.into(), &modules.into(), &malformed.into()), "{id}");
    }
    let failed = productions().filter_map(|production| production["malformed"].as_u64()).sum::<u64>();
    assert_eq!(failed, 3);
    let magic = productions().find(|production| production["id"] == "Bmagic").unwrap();
    assert_eq!((&magic["examples"][0]["line"], &magic["malformed_examples"][0]["line"]), (&3.into(), &6.into()));
    let (_, out, _) = run(folder.path(), &["modules.wast", "--unused-productions"]);
    let names: BTreeSet<&str> = out.lines().collect();
    assert!(names.contains("Tannot") && names.contains("Btypesec") && !names.contains("Tchar"), "{out}");
    assert!(!names.contains("Tmodule/plain"), "{out}");
}

/// The pages need nothing but each other, and no link between them is broken.
#[test]
fn pages() {
    let folder = folder();
    let (code, _, _) = run(folder.path(), &["pass.wast", "--html", "pages/coverage", "--unfired"]);
    assert_eq!(code, 0);
    let pages: BTreeMap<String, String> = fs::read_dir(folder.path().join("pages/coverage"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap()))
        .collect();
    assert_eq!(pages.len(), 1 + 9 + 9, "{:?}", pages.keys());
    let ids = |page: &str| -> BTreeSet<&str> {
        pages[page].split(" id=\"").skip(1).filter_map(|s| s.split('"').next()).collect()
    };
    let mut rules = 0;
    for (name, text) in &pages {
        for foreign in ["<script", "<link", " src=", "@import", "url("] {
            assert!(!text.contains(foreign), "{name}: {foreign}");
        }
        assert!(text.contains("<meta name=viewport content=\"width=device-width"), "{name}");
        rules += text.matches("<section ").count();
        for link in text.split(" href=\"").skip(1).filter_map(|s| s.split('"').next()) {
            if let Some(page) = link.strip_prefix("https://") {
                assert!(page.starts_with("webassembly.github.io/spec/core/"), "{name}: {link}");
                continue;
            }
            let (page, id) = link.split_once('#').unwrap_or((link, ""));
            let page = if page.is_empty() { name } else { page };
            assert!(pages.contains_key(page), "{name}: {link}");
            assert!(id.is_empty() || ids(page).contains(id), "{name}: {link}");
        }
    }
    assert_eq!(rules, 559 + 428);
    let values = &pages["4.3-execution.instructions.html"];
    assert!(values.contains("1 use by 1 directive (1 assertion) in 1 file"), "{values}");
}
