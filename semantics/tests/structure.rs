//! The files of a folder do not import each other in a circle. What stands in the `mod.rs` of a folder, and the contents of
//! folders inside, are nobody's files here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Of each file of a folder, by its name, the files that it imports.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// The names that follow `super::` in a source, alone or in braces.
fn named(source: &str) -> BTreeSet<String> {
    let word = |text: &str| text.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("").to_owned();
    let mut names = BTreeSet::new();
    for (at, prefix) in source.match_indices("super::") {
        // `super::super::x` is in the folder above.
        if source[..at].ends_with("::") {
            continue;
        }
        let path = &source[at + prefix.len()..];
        let Some(group) = path.strip_prefix('{') else {
            names.insert(word(path));
            continue;
        };
        let mut depth = 0;
        let mut item = true;
        for (i, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => item = true,
                c if c.is_whitespace() => {}
                _ if item && depth == 0 => {
                    names.insert(word(&group[i..]));
                    item = false;
                }
                _ => {}
            }
        }
    }
    names
}

/// The files that import themselves through others, of sources by their names; `module` is the path of their folder.
fn circles(module: &str, sources: &BTreeMap<String, String>) -> Vec<String> {
    let imports: Imports = sources
        .iter()
        .map(|(name, source)| {
            let code: Vec<&str> = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            let code = code.join("\n").replace(&format!("crate::{module}::"), "super::");
            let files = named(&code).into_iter().filter(|other| other != name && sources.contains_key(other));
            (name.clone(), files.collect())
        })
        .collect();
    let reaches_itself = |name: &&String| {
        let (mut todo, mut seen) = (vec![*name], BTreeSet::new());
        while let Some(file) = todo.pop() {
            todo.extend(imports[file].iter().filter(|next| seen.insert(*next)));
        }
        seen.contains(name)
    };
    imports.keys().filter(reaches_itself).map(|name| format!("{module}::{name} imports {:?}", imports[name])).collect()
}

/// The folders below one, with the paths of their modules.
fn folders(folder: &Path, module: &str, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        let name = entry.file_name().into_string().expect("UTF-8");
        if entry.path().is_dir() {
            let module = if module.is_empty() { name } else { format!("{module}::{name}") };
            folders(&entry.path(), &module, found);
            found.push((entry.path(), module));
        }
    }
}

#[test]
fn no_files_import_each_other() {
    let mut all = Vec::new();
    folders(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut all);
    let mut found = Vec::new();
    let mut files = 0;
    for (folder, module) in &all {
        let mut sources = BTreeMap::new();
        for path in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
            if path.extension().is_some_and(|e| e == "rs") && name != "mod" {
                sources.insert(name.to_owned(), fs::read_to_string(&path).expect("a source file"));
            }
        }
        files += sources.len();
        found.extend(circles(module, &sources));
    }
    assert!(files > 100, "{files} files: are these the sources?");
    assert!(found.is_empty(), "circles of files:\n{}", found.join("\n"));
}

#[test]
fn circles_are_found() {
    let circle = |files: [(&str, &str); 3]| {
        circles("m", &files.map(|(name, source)| (name.to_owned(), source.to_owned())).into())
            .iter()
            .map(|line| line.split_once(' ').map_or("", |(name, _)| name).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(circle([("a", "use super::b::X;"), ("b", "use super::c;"), ("c", "// super::a")]), [""; 0]);
    assert_eq!(circle([("a", "use super::b::X;"), ("b", "fn f() { super::a::g() }"), ("c", "")]), ["m::a", "m::b"]);
    let three = [("a", "use super::{Y, b::{X, c}};"), ("b", "use super::{Y,\n    c::Z};"), ("c", "use crate::m::a;")];
    assert_eq!(circle(three), ["m::a", "m::b", "m::c"]);
    assert_eq!(
        circle([("a", "use super::b;"), ("b", "use super::super::a; use super::{x::a, y::{a}};"), ("c", "")]),
        [""; 0]
    );
}
