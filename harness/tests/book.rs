//! `lockstep book`: the files, and how they do in a browser.

use lockstep_spec::{Chapter, Code, RuleId, rule};
use lockstep_testing::browser::Browser;
use lockstep_views::book::Links;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;
use tempfile::TempDir;

fn lockstep(dir: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lockstep")).arg("book").arg(dir).output().unwrap()
}

/// One book for all tests.
fn book() -> &'static Path {
    static BOOK: OnceLock<TempDir> = OnceLock::new();
    BOOK.get_or_init(|| {
        let dir = TempDir::new().unwrap();
        let output = lockstep(dir.path());
        assert!(output.status.success(), "{output:?}");
        dir
    })
    .path()
}

fn pages() -> BTreeMap<String, String> {
    let names = fs::read_dir(book()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| name.ends_with(".html"))
        .map(|name| (name.clone(), fs::read_to_string(book().join(name)).unwrap()))
        .collect()
}

/// The values of an attribute.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let begin = format!(" {name}=\"");
    page.split(&begin as &str).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// The part of a page that is about a rule.
fn section(page: &str, rule: RuleId) -> &str {
    let begin = format!("<section class=\"rule\" id=\"{}\">", rule.anchor());
    let rest = page.split_once(&begin).unwrap_or_else(|| panic!("no {rule}")).1;
    rest.split_once("</section>").unwrap().0
}

#[test]
fn every_rule_is_there() {
    let pages = pages();
    assert_eq!(pages.len(), Chapter::all().len() + 1);
    for chapter in Chapter::all() {
        let page = &pages[&format!("{}.html", chapter.title.split(' ').next().unwrap())];
        for rule in chapter.rules() {
            let section = section(page, rule);
            assert!(section.contains("<pre class=\"statement\">"), "{rule}");
            assert!(section.contains("<div class=\"note\">"), "{rule}");
            assert!(section.contains(rule.rule().section), "{rule}");
            if rule.rule().code == Code::Fired {
                assert!(section.contains("<details class=\"rust\">"), "{rule}");
            }
        }
    }
}

#[test]
fn a_rule_has_all_that_belongs_to_it() {
    let pages = pages();
    let get = section(&pages["4.3.html"], rule!("Step_read/struct.get-null"));
    for part in [
        "z; (ref.null) (struct.get sx? x i)  ~&#62;  trap",
        "Reads a field.",
        "semantics/src/execution/instructions/structure.rs:",
        "<mark>        Ref::Null =&#62; <b>self</b>.trap(rule!(<a href=\"4.3.html#Step_read-struct.get-null\">",
        "core/gc/struct.wast:155",
        "<code>(ref.null) (struct.get $t 1)</code> <span class=\"arrow\">↪</span> <code>trap</code>",
        // The short trace after it.
        "<a href=\"4.3.html#Step_pure-trap-",
        ", and what came next",
        "#exec-struct-get\">",
        "/specification/wasm-3.0/4.3-execution.instructions.spectec#L",
    ] {
        assert!(get.contains(part), "{part}\nin\n{get}");
    }
    let add = section(&pages["4.3.html"], rule!("Step_pure/binop-val"));
    assert!(add.contains("<code>i32.add</code>") && add.contains("<code>f64.copysign</code>"), "{add}");
    let block = section(&pages["2.3.html"], rule!("Instr_ok/block"));
    assert!(block.contains("Premises by <a href=\"2.3.html#"), "{block}");
    let come = section(&pages["7.1.html"], rule!("Instr_ok2/plain"));
    assert!(come.contains("To come: configuration typing."), "{come}");
    let other = section(&pages["4.3.html"], rule!("Steps/trans"));
    assert!(other.contains("Stands in: <code>Machine::run</code>"), "{other}");
}

#[test]
fn links_lead_somewhere() {
    let pages = pages();
    let mut ids: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, page) in &pages {
        let all = attributes(page, "id");
        let unique: BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(all.len(), unique.len(), "an id twice in {name}");
        ids.insert(name, unique);
    }
    let mut count = 0;
    for (name, page) in &pages {
        for href in attributes(page, "href") {
            if href.starts_with("https://") || href.starts_with("data:") || href.ends_with(".css") {
                continue;
            }
            let (to, id) = href.split_once('#').unwrap_or((href, ""));
            let to = if to.is_empty() { name } else { to };
            let ids = ids.get(to).unwrap_or_else(|| panic!("{name}: {href}"));
            assert!(id.is_empty() || ids.contains(id), "{name}: {href}");
            count += 1;
        }
    }
    assert!(count > 2 * RuleId::COUNT);
    let links = Links::new();
    for rule in RuleId::ALL {
        let place = links.rule(rule);
        let (page, id) = place.split_once('#').unwrap();
        assert!(ids[page].contains(id), "{rule}");
    }
}

/// Nothing is fetched from elsewhere: other sites are linked to and no more.
#[test]
fn no_network_is_needed() {
    for (name, page) in pages() {
        assert!(attributes(&page, "src").iter().all(|src| !src.contains(':')), "{name}");
        assert!(page.matches("<link ").count() == 2 && !page.contains("@import"), "{name}");
        assert!(page.contains("<meta name=\"viewport\""), "{name}");
    }
    let css = fs::read_to_string(book().join("book.css")).unwrap();
    assert!(!css.contains("url(") && !css.contains("@import"));
    let js = fs::read_to_string(book().join("book.js")).unwrap();
    assert!(!js.contains("fetch(") && !js.contains("XMLHttpRequest") && !js.contains("import"));
}

#[test]
fn a_folder_with_something_else_is_left_alone() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("index.html"), "mine").unwrap();
    let output = lockstep(dir.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("not empty, and not a book that lockstep wrote"));
    assert_eq!(fs::read_to_string(dir.path().join("index.html")).unwrap(), "mine");
}

/// The same book again, over the first one.
#[test]
fn written_again_it_is_the_same() {
    let dir = TempDir::new().unwrap();
    for name in fs::read_dir(book()).unwrap().map(|entry| entry.unwrap().file_name()) {
        fs::copy(book().join(&name), dir.path().join(&name)).unwrap();
    }
    let output = lockstep(dir.path());
    assert!(output.status.success(), "{output:?}");
    for (name, page) in pages() {
        assert!(page == fs::read_to_string(dir.path().join(&name)).unwrap(), "{name} differs");
    }
}

/// What a browser makes of a page. Fails when it has something to say on its console, or asks for anything that is not
/// in the folder.
fn visit(browser: &mut Browser, address: &str, size: (u32, u32)) -> String {
    let mut page = browser.visit(&format!("file://{}/{address}", book().display()), size).unwrap();
    assert_eq!(page.console(), [""; 0], "{address}");
    assert_eq!(page.outside(book()), [""; 0], "{address}");
    page.html().unwrap()
}

/// The results of a search, by their links.
fn results(page: &str) -> Vec<&str> {
    let list = page.split_once("id=\"results\"").unwrap().1.split_once("</ol>").unwrap().0;
    attributes(list, "href")
}

#[test]
fn in_a_browser() {
    let Some(mut browser) = Browser::start() else { return };

    // By identifier, and by an instruction that no rule is named after.
    let page = visit(&mut browser, "index.html?q=struct.get", (1280, 900));
    let want =
        ["2.3.html#Instr_ok-struct.get", "4.3.html#Step_read-struct.get-null", "4.3.html#Step_read-struct.get-struct"];
    assert_eq!(results(&page), want);
    let page = visit(&mut browser, "4.3.html?q=i32.add", (390, 844));
    assert!(results(&page).contains(&"4.3.html#Step_pure-binop-val"), "{:?}", results(&page));
    assert!(results(&page).contains(&"2.3.html#Instr_ok-binop"), "{:?}", results(&page));
    let page = visit(&mut browser, "index.html?q=no-such-thing", (1280, 900));
    assert_eq!(results(&page), [""; 0]);
    assert!(page.contains("No rule or instruction of this name."));

    // An address of a rule: its code is shown, and that of no other rule.
    for size in [(1280, 900), (390, 844)] {
        let page = visit(&mut browser, "4.3.html#Step_read-struct.get-null", size);
        let get = section(&page, rule!("Step_read/struct.get-null"));
        assert!(get.contains("<details class=\"rust\" open=\"\">"), "{get}");
        assert_eq!(page.matches("<details class=\"rust\" open=\"\">").count(), 1);
        assert!(page.contains("href=\"#Step_read-struct.get-null\" title=\"used by the suite\" aria-current=\"true\""));
    }
}
