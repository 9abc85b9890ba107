//! The architecture page says what the repository has: the dependencies of the crates, in its table and in its drawing; files
//! and functions, in its walks; and that rules touch the store by accessors only.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Edges = BTreeMap<String, BTreeSet<String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The crates with their folders, and the crates of the workspace that they depend on, for themselves and for their tests.
struct Crates {
    folders: BTreeMap<String, String>,
    depends: Edges,
    tests: Edges,
}

fn crates() -> Crates {
    let workspace: toml::Table = read("Cargo.toml").parse().unwrap();
    let list = |key: &str| -> Vec<String> {
        let all = workspace["workspace"][key].as_array().unwrap();
        all.iter().map(|folder| folder.as_str().unwrap().to_owned()).collect()
    };
    let mut crates = Crates { folders: BTreeMap::new(), depends: Edges::new(), tests: Edges::new() };
    for folder in [list("members"), list("exclude")].concat() {
        let manifest: toml::Table = read(&format!("{folder}/Cargo.toml")).parse().unwrap();
        let name = manifest["package"]["name"].as_str().unwrap().to_owned();
        let of = |key: &str| -> BTreeSet<String> {
            let all = manifest.get(key).and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys);
            all.filter(|name| name.starts_with("lockstep")).cloned().collect()
        };
        assert!(!manifest.contains_key("target"), "{folder}: dependencies of some targets only are not looked at here");
        crates.depends.insert(name.clone(), &of("dependencies") | &of("build-dependencies"));
        crates.tests.insert(name.clone(), of("dev-dependencies"));
        crates.folders.insert(name, folder);
    }
    crates
}

/// All that a crate comes to.
fn reached<'a>(edges: &'a Edges, from: &'a str) -> BTreeSet<&'a str> {
    let (mut todo, mut seen) = (vec![from], BTreeSet::new());
    while let Some(name) = todo.pop() {
        todo.extend(edges.get(name).into_iter().flatten().map(String::as_str).filter(|next| seen.insert(*next)));
    }
    seen
}

/// The dependencies that do not follow from others.
fn reduced(edges: &Edges) -> Edges {
    let direct = |all: &BTreeSet<String>, to: &String| !all.iter().any(|by| reached(edges, by).contains(to.as_str()));
    edges.iter().map(|(from, all)| (from.clone(), all.iter().filter(|to| direct(all, to)).cloned().collect())).collect()
}

/// The cells of the rows of all tables of a page.
fn rows(page: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = page.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'));
    lines.map(|line| line.split('|').map(str::trim).collect())
}

/// What stands between backticks.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The targets of the links of a page that are in the repository.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
    targets.filter(|target| !target.contains("://"))
}

/// Dependencies by the table of the page: those in the column `column`.
fn listed(page: &str, column: usize) -> Edges {
    let rows = rows(page).filter(|cells| cells.len() == 5 && cells[0].starts_with("`lockstep"));
    rows.map(|cells| (code(cells[0]).collect(), code(cells[column]).map(str::to_owned).collect())).collect()
}

/// The values of an attribute in a drawing, in order.
fn attributes<'a>(drawing: &'a str, name: &str) -> Vec<&'a str> {
    let begin = format!(" {name}=\"");
    drawing.match_indices(&begin).filter_map(|(i, _)| drawing[i + begin.len()..].split('"').next()).collect()
}

/// The functions of a source that `rustfmt` has formatted: `f`, and `T::f` where `T` is in the head of its `impl` or `trait`.
fn functions(source: &str) -> BTreeSet<String> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let mut heads: Vec<&str> = Vec::new();
    let mut found = BTreeSet::new();
    for line in source.lines() {
        let text = line.trim_start();
        let outside = text.len() == line.len();
        if outside && ["impl", "trait", "pub trait", "pub(crate) trait"].iter().any(|head| line.starts_with(head)) {
            heads = line.split(|c| !word(c)).filter(|name| !name.is_empty()).collect();
        }
        let mut words = text.split(' ').skip_while(|word| word.starts_with("pub") || *word == "const");
        let Some(name) = words.next().filter(|word| *word == "fn").and_then(|_| words.next()) else { continue };
        let name = name.split(|c| !word(c)).next().unwrap_or_default();
        match outside {
            true => _ = found.insert(name.to_owned()),
            false => found.extend(heads.iter().map(|head| format!("{head}::{name}"))),
        }
    }
    found
}

/// What is wrong with the walks of a page: functions that are not in the file that the row links to.
fn astray(page: &str, read: impl Fn(&str) -> String) -> (usize, Vec<String>) {
    let (mut named, mut wrong) = (0, Vec::new());
    for cells in rows(page).filter(|cells| cells.len() == 4 && cells[0].parse::<u32>().is_ok()) {
        let path = links(cells[2]).next().unwrap_or_default();
        let functions = functions(&read(path));
        for function in code(cells[3]) {
            named += 1;
            if !functions.contains(function) {
                wrong.push(format!("{path} has no function {function}"));
            }
        }
    }
    (named, wrong)
}

#[test]
fn the_table_has_the_dependencies() {
    let (page, crates) = (read("docs/architecture.md"), crates());
    assert!(crates.folders.len() > 10, "{:?}: are these the crates?", crates.folders);
    assert_eq!(listed(&page, 3), crates.depends);
    assert_eq!(listed(&page, 4), crates.tests);
    for cells in rows(&page).filter(|cells| cells.len() == 5 && cells[0].starts_with("`lockstep")) {
        let folder = &crates.folders[cells[0].trim_matches('`')];
        assert_eq!(cells[1], format!("[`{folder}/`](../{folder})"));
    }
}

#[test]
fn the_drawing_has_the_dependencies_that_follow_from_no_others() {
    let (drawing, crates) = (read("docs/architecture.svg"), crates());
    let drawn: BTreeSet<&str> = attributes(&drawing, "data-crate").into_iter().collect();
    assert_eq!(drawn, crates.folders.keys().map(String::as_str).collect());
    let mut arrows: Edges = drawn.iter().map(|name| ((*name).to_owned(), BTreeSet::new())).collect();
    let (from, to) = (attributes(&drawing, "data-from"), attributes(&drawing, "data-to"));
    assert_eq!(from.len(), to.len());
    for (from, to) in from.into_iter().zip(to) {
        let is_new = arrows.get_mut(from).is_some_and(|all| all.insert(to.to_owned()));
        assert!(is_new, "the arrow from {from} to {to} is of no crate, or is there twice");
    }
    assert_eq!(arrows, reduced(&crates.depends));
    // Its boxes name folders that are there.
    for (group, name) in drawing.split("data-crate=\"").skip(1).map(|group| (group, group.split('"').next().unwrap())) {
        let group = group.split("</g>").next().unwrap();
        let texts: Vec<&str> =
            group.split("</text>").filter_map(|text| text.rsplit_once('>')).map(|(_, t)| t).collect();
        let folder = &crates.folders[name];
        assert_eq!(texts[..2], [name, &format!("{folder}/")]);
        for inner in texts[2..].iter().flat_map(|line| line.split([',', ' '])).filter(|inner| !inner.is_empty()) {
            let places = [format!("{folder}/src/{inner}"), format!("{folder}/{inner}")];
            let is_there = name == "lockstep-testing" || places.iter().any(|place| root().join(place).is_dir());
            assert!(is_there, "{name} has no folder {inner}");
        }
    }
}

#[test]
fn only_the_command_depends_on_wasmtime() {
    let depends = crates().depends;
    let with: Vec<&str> =
        depends.iter().filter(|(_, all)| all.contains("lockstep-wasmtime")).map(|(n, _)| &**n).collect();
    assert_eq!(with, ["lockstep"]);
    assert!(depends.keys().all(|name| !reached(&depends, name).contains(&**name)), "{depends:?} has a circle");
}

#[test]
fn the_walks_name_functions_that_are_there() {
    let page = read("docs/architecture.md");
    let (named, wrong) = astray(&page, |path| read(&format!("docs/{path}")));
    assert!(named > 80, "only {named} functions are named: are these the walks?");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn links_and_paths_lead_somewhere() {
    let page = read("docs/architecture.md");
    let mut checked = 0;
    for target in links(&page) {
        assert!(root().join("docs").join(target).exists(), "the link {target} leads nowhere");
        checked += 1;
    }
    let tops = ["harness/", "semantics/", "spec/", "reports/", "corpus/", "fuzz/", "docs/"];
    for path in page.lines().flat_map(code).filter(|path| tops.iter().any(|top| path.starts_with(top))) {
        assert!(root().join(path).exists(), "there is no {path}");
        checked += 1;
    }
    assert!(checked > 150, "{checked} links and paths");
}

/// The places in a source that touch what only accessors may touch.
fn touches(source: &str) -> Vec<&str> {
    let touches = |line: &&str| {
        let code = line.split("//").next().unwrap_or_default();
        ["globals", "mems", "tables", "structs", "arrays"].iter().any(|field| {
            code.match_indices(&format!(".{field}")).any(|(i, _)| {
                let store = code[..i].rsplit(|c: char| !c.is_alphanumeric() && c != '_').next();
                store == Some("s") || store == Some("store")
            })
        })
    };
    source.lines().filter(touches).map(str::trim).collect()
}

#[test]
fn rules_touch_the_store_by_accessors_only() {
    let folder = root().join("semantics/src/execution/instructions");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.push(root().join("semantics/src/execution/machine.rs"));
    assert!(files.len() > 10, "{files:?}: are these the rules?");
    for path in files {
        let source = fs::read_to_string(&path).unwrap();
        assert_eq!(touches(&source), [""; 0], "{}", path.display());
    }
    // The accessors do.
    assert!(touches(&read("semantics/src/execution/access.rs")).len() > 5);
}

#[test]
fn what_is_wrong_is_found() {
    let edges = |all: &[(&str, &[&str])]| -> Edges {
        all.iter().map(|(from, to)| ((*from).to_owned(), to.iter().map(|to| (*to).to_owned()).collect())).collect()
    };
    let all = edges(&[("a", &["b", "c", "d"]), ("b", &["c"]), ("c", &["d"]), ("d", &[])]);
    assert_eq!(reduced(&all), edges(&[("a", &["b"]), ("b", &["c"]), ("c", &["d"]), ("d", &[])]));

    let source = "impl<T> Sink for Printer<T> {\n    pub fn step(&self) {}\n}\npub(crate) const fn free<T>() {}\n";
    assert_eq!(
        functions(source).into_iter().filter(|f| !f.starts_with("impl")).collect::<Vec<_>>(),
        ["Printer::step", "Sink::step", "T::step", "for::step", "free"]
    );
    let page = "| 1 | what | [`x.rs`](../x.rs) | `Printer::step`, `step`, `Other::step`, `free` |\n| a | b |\n";
    let wrong = ["../x.rs has no function step", "../x.rs has no function Other::step"].map(str::to_owned);
    assert_eq!(astray(page, |_| source.to_owned()), (4, wrong.into()));

    assert_eq!(links("[a](../b) and ![c](d.svg), [e](https://f)").collect::<Vec<_>>(), ["../b", "d.svg"]);
    assert_eq!(listed("| `lockstep-a` | f | c | `lockstep-b`, `lockstep-c` | |\n", 3).len(), 1);
    let touching = "self.s.mems[0]\nself.module().mems.get(x)\n/// s.tables\nlet x = store.structs.fields(a);\n";
    assert_eq!(touches(touching), ["self.s.mems[0]", "let x = store.structs.fields(a);"]);
}
