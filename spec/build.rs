//! Turns the chapters in `rules/` and `grammar/` into the tables that `src/lib.rs` and `src/grammar.rs` include.

mod parse;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use parse::{Chapter, Code, Kind};

/// The folders of the proposals, in the order of the catalogue. The same as in `src/lib.rs`.
const PROPOSALS: [&str; 2] = ["threads", "shared-everything-threads"];

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    for watched in ["rules", "grammar", "build.rs", "parse.rs"] {
        println!("cargo:rerun-if-changed={watched}");
    }

    let mut rules = read_chapters(&root, "rules", "", Kind::Rules);
    for proposal in PROPOSALS {
        rules.extend(read_chapters(&root, &format!("rules/{proposal}"), &format!("{proposal}/"), Kind::Rules));
    }
    let grammar = read_chapters(&root, "grammar", "", Kind::Productions);
    for (folder, chapters) in [("rules", &rules), ("grammar", &grammar)] {
        if let Some(message) = duplicate(folder, chapters) {
            panic!("\n\n{message}\n");
        }
    }
    fs::write(out.join("rules.rs"), rule_table(&rules)).expect("OUT_DIR is writable");
    fs::write(out.join("grammar.rs"), grammar_table(&grammar)).expect("OUT_DIR is writable");
}

fn read_chapters(root: &Path, folder: &str, prefix: &str, kind: Kind) -> Vec<Chapter> {
    let mut paths: Vec<PathBuf> = fs::read_dir(root.join(folder))
        .unwrap_or_else(|e| panic!("{folder}: {e}"))
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            println!("cargo:rerun-if-changed={}", path.display());
            let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let file = path.file_name().and_then(|n| n.to_str()).expect("chapter file names are UTF-8");
            parse::chapter(&format!("{prefix}{file}"), &text, kind)
                .unwrap_or_else(|e| panic!("\n\nthe catalogue: spec/{folder}/{file}:{}: {}\n", e.line, e.message))
        })
        .collect()
}

fn duplicate(folder: &str, chapters: &[Chapter]) -> Option<String> {
    let mut seen = std::collections::BTreeMap::new();
    for chapter in chapters {
        for entry in &chapter.entries {
            let here = format!("spec/{folder}/{}:{}", chapter.name, entry.line);
            if let Some(there) = seen.insert(entry.id.clone(), here.clone()) {
                return Some(format!("the catalogue: {here}: `{}` is already at {there}", entry.id));
            }
        }
    }
    None
}

/// The generated Rust for the rules.
fn rule_table(chapters: &[Chapter]) -> String {
    let mut rules = String::new();
    let mut names: Vec<&str> = Vec::new();
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
            let code = code(&entry.code);
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
    format!(
        "pub(super) const STANDARD: usize = {standard};\n\n{}",
        tables("Chapter", &heads, "RULES: [Rule", &rules, &names)
    )
}

/// The generated Rust for the productions.
fn grammar_table(chapters: &[Chapter]) -> String {
    let mut productions = String::new();
    let mut names: Vec<&str> = Vec::new();
    let mut heads = String::new();
    for chapter in chapters {
        let (title, file) = (&chapter.title, chapter.file());
        let _ = writeln!(
            heads,
            "    GrammarChapter {{ title: {title:?}, file: {file:?}, introduction: {:?}, first: {}, count: {} }},",
            chapter.introduction,
            names.len(),
            chapter.entries.len(),
        );
        for entry in &chapter.entries {
            let _ = writeln!(
                productions,
                "    Production {{ id: {:?}, chapter: {title:?}, file: {file:?}, statement: {:?}, note: {:?}, section: {:?}, code: {} }},",
                entry.id,
                entry.statement,
                entry.note,
                entry.section,
                code(&entry.code),
            );
            names.push(entry.id.as_str());
        }
    }
    tables("GrammarChapter", &heads, "PRODUCTIONS: [Production", &productions, &names)
}

fn code(code: &Code) -> String {
    match code {
        Code::Fired => "Code::Fired".to_owned(),
        Code::StandsIn { by, reason } => format!("Code::StandsIn {{ by: {by:?}, reason: {reason:?} }}"),
        Code::ToCome { reason } => format!("Code::ToCome {{ reason: {reason:?} }}"),
    }
}

/// The chapters, the entries and their names in catalogue order, and their positions sorted by name.
fn tables(chapter: &str, heads: &str, entry: &str, entries: &str, names: &[&str]) -> String {
    assert!(u16::try_from(names.len()).is_ok(), "an identifier is a u16");
    let mut sorted: Vec<usize> = (0..names.len()).collect();
    sorted.sort_by_key(|&i| names[i]);
    let count = names.len();
    format!(
        "pub(super) static CHAPTERS: &[{chapter}] = &[\n{heads}];\n\npub(super) static {entry}; {count}] = [\n{entries}];\n\npub(super) static NAMES: [&str; {count}] = {names:?};\n\npub(super) static SORTED: [u16; {count}] = {sorted:?};\n"
    )
}
