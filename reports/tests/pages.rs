//! The page of reports and the site, in a real headless Chromium: nothing bars people from them, they fit a phone, their
//! filters work, and they ask for nothing but their own files.

mod support;

#[path = "support/days.rs"]
mod days;

use days::HOSTILE;
use lockstep_reports::*;
use lockstep_testing::browser::{Browser, Page};
use std::path::Path;
use std::time::Instant;
use support::synthetic;
use tempfile::TempDir;

const PHONE: (u32, u32) = (390, 844);
const DESK: (u32, u32) = (1280, 900);

/// Looks at a page in both widths and colours.
fn look(page: &mut Page, name: &str) {
    let axe = lockstep_testing::axe();
    for (size, dark) in [(PHONE, false), (PHONE, true), (DESK, true), (DESK, false)] {
        page.look(size, dark).unwrap();
        let wide = page.evaluate("document.scrollingElement.scrollWidth - innerWidth").unwrap();
        assert!(wide.as_i64().unwrap() <= 0, "{name} is {wide} pixels too wide for {size:?}");
        if let Some(axe) = &axe {
            assert_eq!(page.violations(axe).unwrap(), [""; 0], "{name} {size:?} dark: {dark}");
        }
        // To be looked at by people.
        if let Ok(folder) = std::env::var("LOCKSTEP_PICTURES") {
            let picture = page.picture().unwrap();
            std::fs::write(Path::new(&folder).join(format!("{name}-{}-{dark}.base64", size.0)), picture).unwrap();
        }
    }
}

/// Two engines, one with a baseline and expectations.
fn two() -> [Report; 2] {
    let mut before = days::day(0, 1, 4);
    before.engine.version = "0.9".into();
    let mut report = days::day(0, 0, 4);
    compare("last.json", &[before], &mut report);
    let text = "[[expect]]\nfile = \"core/gc/struct.wast\"\nverdict = \"timeout\"\nreason = \"slow\"\nlink = \
                \"https://example.org/1\"\n[[expect]]\nfile = \"none.wast\"\nverdict = \"fail\"\nreason = \"gone\"\n";
    Expectations::read(text).unwrap().apply("lockstep.toml", &mut report);
    [report, days::day(1, 2, 4)]
}

fn links() -> Links {
    Links {
        source: Some("https://example.org/blob/1/".into()),
        book: Some("https://example.org/book".into()),
        ..Links::default()
    }
}

#[test]
fn a_page_of_reports() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = TempDir::new().unwrap();
    let html = page::render(&two(), &links());
    for text in
        ["https://example.org/blob/1/core/gc/struct.wast#L2", "https://example.org/book/2.3.html#Instr_ok-binop"]
    {
        assert!(html.contains(text), "{text}");
    }
    assert!(!html.contains("javascript:") && !html.contains("<img"));
    std::fs::write(folder.path().join("page.html"), html).unwrap();
    let address = format!("file://{}/page.html", folder.path().display());
    let mut page = browser.visit(&address, DESK).unwrap();
    look(&mut page, "page");
    let failures = page
        .check(
            r##"
        check("title", document.title, "Conformance: WebAssembly 3.0");
        const shown = () => document.querySelectorAll("[data-e]:not([hidden])").length;
        const form = document.getElementById("filters");
        const all = shown();
        const set = (name, value) => { form.reset(); form.elements[name].value = value; form.dispatchEvent(new Event("input")); };
        window.results = [];
        const wait = (ms) => new Promise((done) => setTimeout(done, ms));
        window.finished = (async () => {
          for (const [name, value] of [["verdict", "fail"], ["engine", "1"], ["feature", "0"], ["text", "step LIMIT"], ["text", "nowhere"], ["file", "0"]]) {
            set(name, value);
            await wait(150);
            results.push([name, value, shown(), text("shown")]);
          }
          form.reset();
          await wait(50);
          results.push(["reset", "", shown() === all, text("shown")]);
          return JSON.stringify(results);
        })();
        "##,
        )
        .unwrap();
    assert_eq!(failures, [""; 0]);
    let results = page.evaluate("finished").unwrap();
    insta::assert_snapshot!(results.as_str().unwrap().replace("],[", "],\n["));
    assert_eq!((page.outside(folder.path()), page.console()), (vec![], &[][..]));
}

#[test]
fn a_page_of_five_thousand_failures() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = TempDir::new().unwrap();
    let mut file = FileReport::new("core/many.wast", "core");
    for line in 1..=5000 {
        let id = DirectiveId { content: line.into(), ordinal: 1 };
        file.push(Case { line, column: 1, kind: Kind::AssertReturn, verdict: Verdict::Fail, id });
    }
    let findings = (1..=5000).map(|line| support::finding(&file, line, Kind::AssertReturn, Verdict::Fail)).collect();
    let html = page::render(&[support::report([(file.clone(), findings)])], &Links::default());
    assert!(html.len() < 3 << 20, "{}", html.len());
    std::fs::write(folder.path().join("page.html"), html).unwrap();
    let mut page = browser.visit(&format!("file://{}/page.html", folder.path().display()), PHONE).unwrap();
    let milliseconds = page
        .evaluate(
            "(async () => { const begin = performance.now(); const form = document.getElementById('filters');
            form.elements.text.value = ':4999:'; form.dispatchEvent(new Event('input'));
            await new Promise((done) => setTimeout(done, 100));
            if (document.querySelectorAll('[data-e]:not([hidden])').length !== 1) throw new Error('not filtered');
            return performance.now() - begin; })()",
        )
        .unwrap();
    assert!(milliseconds.as_f64().unwrap() < 3000.0, "{milliseconds}");
}

/// Makes a folder of reports, reads it, and writes the site.
fn site(folder: &Path, engines: usize, days: usize) {
    let begin = Instant::now();
    let names = site::Names::default();
    let mut runs = Vec::new();
    for day in 0..days {
        let reports: Vec<Report> = (0..engines).map(|engine| days::day(engine, day, days)).collect();
        let date = site::date_of_seconds(1_767_225_600 + 86_400 * day as u64);
        let json = if day % 2 == 0 { json::render_all(&reports) } else { json::render_all(&json::brief(&reports)) };
        runs.extend(site::read(&format!("{date}.json"), &date, &json, &names).unwrap());
    }
    let no_reports = [("<b>.json".to_owned(), "not a report".to_owned())];
    let mut bytes = 0;
    let mut write = |name: &str, text: &str| {
        assert!(!name.starts_with('/') && !name.contains(".."), "{name}");
        bytes += text.len();
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap())?;
        std::fs::write(path, text)
    };
    site::render(runs, &names, &no_reports, &links(), &mut write).unwrap();
    println!("{engines} engines on {days} days: {:?}, {bytes} bytes", begin.elapsed());
}

#[test]
fn a_site() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = TempDir::new().unwrap();
    let days = lockstep_testing::number("LOCKSTEP_DAYS", 12);
    site(folder.path(), 3, days);
    let hostile = std::fs::read_dir(folder.path().join("scripts")).unwrap();
    let hostile = hostile.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let hostile = hostile.into_iter().find(|name| name.contains("onerror")).unwrap();
    for (name, file) in [
        ("index", "index.html"),
        ("scripts", "scripts.html"),
        ("engine", "engines/engine-0.html"),
        ("script", "scripts/core.gc.struct.wast.html"),
        ("hostile", format!("scripts/{hostile}").as_str()),
        ("changes", "changes.html#engine=engine-0&from=2026-01-01&to=2026-01-12"),
    ] {
        let mut page = browser.visit(&format!("file://{}/{file}", folder.path().display()), DESK).unwrap();
        look(&mut page, name);
        assert_eq!((page.outside(folder.path()), page.console()), (vec![], &[][..]), "{name}");
        let broken = page.evaluate("[...document.querySelectorAll('a[href]')].filter((a) => /^(\\/|file:)/.test(a.getAttribute('href'))).length");
        assert_eq!(broken.unwrap(), 0, "{name}: links are relative");
        assert_ne!(page.evaluate("document.title").unwrap(), "x", "{name}");
        match name {
            "hostile" => assert_eq!(page.evaluate("document.querySelector('h1').textContent").unwrap(), HOSTILE),
            "index" => {
                let text = page.evaluate("document.body.innerText").unwrap();
                assert!(text.as_str().unwrap().contains("<b>.json"));
            }
            "changes" if days == 12 => {
                let text = page.evaluate("document.querySelector('main').innerText").unwrap();
                let text = text.as_str().unwrap();
                assert!(text.contains("2 directives have changed"), "{text}");
                assert!(text.contains("fail → pass") && text.contains("crash → pass"), "{text}");
                // The other way round and a day on: nothing of the first run is left but what differs between the two.
                page.evaluate("location.hash = '#engine=engine-0&from=2026-01-02&to=2026-01-04'").unwrap();
                let wait = "new Promise((done) => {
                    const look = (left) => {
                        const text = document.querySelector('main').innerText;
                        if (text.includes('pass → fail') || left === 0) done(text);
                        else setTimeout(() => look(left - 1), 50);
                    };
                    look(200);
                })";
                let text = page.evaluate(wait).unwrap();
                assert!(text.as_str().unwrap().contains("pass → fail"), "{text}");
            }
            _ => {}
        }
    }
}

/// The links of a site lead to files that are there.
#[test]
fn links_within_a_site() {
    let folder = TempDir::new().unwrap();
    site(folder.path(), 2, 4);
    let mut links = 0;
    for file in ["index.html", "scripts.html", "changes.html", "engines/engine-1.html", "scripts/core.i32.wast.html"] {
        let text = std::fs::read_to_string(folder.path().join(file)).unwrap();
        for part in text.split("href=\"").chain(text.split("src=\"")).skip(1) {
            let Some((href, _)) = part.split_once('"') else { continue };
            let href = href.split('#').next().unwrap();
            if href.is_empty() || href.starts_with("https:") || href.starts_with("data:") || href.contains('<') {
                continue;
            }
            let path = folder.path().join(file).parent().unwrap().join(href);
            assert!(path.is_file(), "{file}: {href}");
            links += 1;
        }
    }
    assert!(links > 50, "{links}");
}

#[test]
fn a_page_of_nothing() {
    for reports in [vec![], vec![support::report([])], vec![synthetic()]] {
        let html = page::render(&reports, &Links::default());
        assert!(html.contains("</main>") && html.contains("<h1>"));
    }
}

#[test]
fn axe_finds_what_is_wrong() {
    let (Some(mut browser), Some(axe)) = (Browser::start(), lockstep_testing::axe()) else { return };
    let page = "data:text/html,<title>x</title><p style='color:%23ccc;background:%23fff'>pale<img src='data:,'>";
    let found = browser.visit(page, DESK).unwrap().violations(&axe).unwrap().join("\n");
    for rule in ["color-contrast", "image-alt", "html-has-lang"] {
        assert!(found.contains(rule), "{rule}: {found}");
    }
}
