//! Turns the chapters in `rules/` into the table that `src/lib.rs` includes.

mod parse;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use parse::{Chapter, Code};

/// The folders of the proposals, in the order of the catalogue. The same as in `src/lib.rs`.
const PROPOSALS: [&str; 2] = ["threads", "shared-everything-threads"];

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    for watched in ["rules", "build.rs", "parse.rs"] {
        println!("cargo:rerun-if-changed={watched}");
    }

    let rules = root.join("rules");
    let mut chapters = read_chapters(&rules, "");
    for proposal in PROPOSALS {
        chapters.extend(read_chapters(&rules.join(proposal), &format!("{proposal}/")));
    }
    if let Some(message) = duplicate(&chapters) {
        panic!("\n\n{message}\n");
    }
    fs::write(out.join("table.rs"), table(&chapters)).expect("OUT_DIR is writable");
}

fn read_chapters(folder: &Path, prefix: &str) -> Vec<Chapter> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            println!("cargo:rerun-if-changed={}", path.display());
            let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let name = path.file_name().and_then(|n| n.to_str()).expect("chapter file names are UTF-8");
            let name = format!("{prefix}{name}");
            parse::chapter(&name, &text)
                .unwrap_or_else(|e| panic!("\n\nthe rule catalogue: spec/rules/{name}:{}: {}\n", e.line, e.message))
        })
        .collect()
}

fn duplicate(chapters: &[Chapter]) -> Option<String> {
    let mut seen = std::collections::BTreeMap::new();
    for chapter in chapters {
        for entry in &chapter.entries {
            let here = format!("spec/rules/{}:{}", chapter.name, entry.line);
            if let Some(there) = seen.insert(entry.id.clone(), here.clone()) {
                return Some(format!("the rule catalogue: {here}: `{}` is already at {there}", entry.id));
            }
        }
    }
    None
}

/// The generated Rust: the rules in catalogue order, and their positions sorted by name.
fn table(chapters: &[Chapter]) -> String {
    let mut rules = String::new();
    let mut names = Vec::new();
    let mut heads = String::new();
    let mut standard = 0;
    for chapter in chapters {
        let proposal = match chapter.proposal() {
            None => "None".to_owned(),
            Some(folder) => {
                format!("Some(&PROPOSALS[{}])", PROPOSALS.iter().position(|&p| p == folder).expect("known"))
            }
        };
        let _ = writeln!(
            heads,
            "    Chapter {{ title: {:?}, proposal: {proposal}, file: {:?}, introduction: {:?}, first: {}, count: {} }},",
            chapter.title,
            chapter.file(),
            chapter.introduction,
            names.len(),
            chapter.entries.len(),
        );
        for entry in &chapter.entries {
            let code = match &entry.code {
                Code::Fired => "Code::Fired".to_owned(),
                Code::StandsIn { by, reason } => format!("Code::StandsIn {{ by: {by:?}, reason: {reason:?} }}"),
                Code::ToCome { reason } => format!("Code::ToCome {{ reason: {reason:?} }}"),
            };
            let _ = writeln!(
                rules,
                "    Rule {{ id: {:?}, chapter: {:?}, proposal: {proposal}, file: {:?}, statement: {:?}, note: {:?}, section: {:?}, ours: {:?}, code: {code}, never: {:?} }},",
                entry.id,
                chapter.title,
                chapter.file(),
                entry.statement,
                entry.note,
                entry.section,
                entry.ours,
                entry.never,
            );
            names.push(entry.id.as_str());
        }
        if chapter.proposal().is_none() {
            standard = names.len();
        }
    }
    assert!(u16::try_from(names.len()).is_ok(), "a RuleId is a u16");
    let mut sorted: Vec<usize> = (0..names.len()).collect();
    sorted.sort_by_key(|&i| names[i]);
    let count = names.len();
    format!(
        "const STANDARD_RULES: usize = {standard};\n\nstatic CHAPTERS: &[Chapter] = &[\n{heads}];\n\nstatic RULES: [Rule; {count}] = [\n{rules}];\n\nstatic NAMES: [&str; {count}] = {names:?};\n\nstatic SORTED: [u16; {count}] = {sorted:?};\n"
    )
}
