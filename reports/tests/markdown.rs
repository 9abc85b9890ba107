//! Markdown: the order of its parts, its links, and that it keeps its limit.

mod support;

use lockstep_reports::markdown::{COMMENT, Options, SUMMARY, render};
use lockstep_reports::*;
use support::{finding, report, synthetic};

/// A report with a baseline and expectations: something got worse, something better, something is known.
fn changed() -> Report {
    let mut before = synthetic();
    let old = &mut before.files.last_mut().unwrap().cases;
    old.iter_mut().find(|case| case.line == 2).unwrap().verdict = Verdict::Pass;
    old.iter_mut().find(|case| case.line == 1).unwrap().verdict = Verdict::Fail;
    let mut report = synthetic();
    compare("last.json", &[before], &mut report);
    let text = "[[expect]]\nfile = \"struct.wast\"\nverdict = \"crash\"\nreason = \"it is old\"\nlink = \"https://example.org/1\"\n\
                [[expect]]\nfile = \"i32.wast\"\nverdict = \"fail\"\nreason = \"no more\"\n";
    Expectations::read(text).unwrap().apply("lockstep.toml", &mut report);
    report
}

#[test]
fn what_got_worse_comes_first() {
    let links = Links {
        source: Some("https://example.org/blob/1".into()),
        book: Some("https://example.org/book/".into()),
        ..Links::default()
    };
    let other = Report { engine: Engine { name: "other".into(), version: "2".into() }, ..synthetic() };
    let text = render(&[changed(), other], &Options { links, ..Options::default() });
    insta::assert_snapshot!(text);
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}\n{text}"));
    let parts = [
        "| suite |",
        "### Worse than before on lockstep",
        "### New findings on other",
        "### Expectations not met",
        "### Better than before",
        "### Known",
        "### Not tested on lockstep",
        "### Not tested on other",
    ];
    assert!(parts.map(at).is_sorted());
    assert!(text.contains("(https://example.org/blob/1/core/gc/struct.wast#L2)"));
    assert!(text.contains("(https://example.org/book/2.3.html#Instr_ok-binop)"));
}

#[test]
fn the_first_line_is_the_verdict() {
    let mut clean = FileReport::new("a.wast", "core");
    let id = DirectiveId::default();
    clean.push(Case { line: 1, column: 1, kind: Kind::AssertReturn, verdict: Verdict::Pass, id });
    for (reports, want) in [
        (vec![report([(clean, vec![])])], "## ✅ lockstep: all pass"),
        (vec![report([])], "## ⚠️ lockstep: incomplete: nothing was tested: there was no directive to run"),
        (vec![synthetic()], "## ❌ lockstep: 3 new findings"),
        (vec![changed()], "## ❌ lockstep: 1 got worse, 1 expectation not met"),
        (vec![], "## ⚠️ nothing was run"),
    ] {
        assert_eq!(render(&reports, &Options::default()).lines().next(), Some(want));
    }
}

/// A report with many failures, of many causes, in many suites, with long texts.
fn large(failures: u32) -> Report {
    let mut files = Vec::new();
    for suite in 0..failures / 20 {
        let mut file = FileReport::new("x.wast", format!("folder|{suite}"));
        let mut findings = Vec::new();
        for line in 1..=20 {
            let id = DirectiveId { content: line.into(), ordinal: 1 };
            let verdict = if line % 2 == 0 { Verdict::Fail } else { Verdict::Unsupported };
            file.push(Case { line, column: 1, kind: Kind::AssertReturn, verdict, id });
            let mut finding = finding(&file, line, Kind::AssertReturn, verdict);
            finding.got =
                format!("{} </details> `{}`", ["a", "ü", "<b>"][line as usize % 3].repeat(line as usize * 7), suite);
            findings.push(finding);
        }
        files.push((file, findings));
    }
    let engine = Engine { name: "an <engine>".into(), version: "1".into() };
    Report::new(report([]).standard, engine, files)
}

#[test]
fn a_page_keeps_its_limit_and_counts_what_it_leaves_out() {
    for failures in [40, 400, 4000] {
        for count in [1, 3] {
            let reports = vec![large(failures); count];
            for limit in [1000, 5000, COMMENT, SUMMARY] {
                let text = render(&reports, &Options { limit, ..Options::default() });
                assert!(text.len() <= limit, "{failures} {limit}: {}", text.len());
                let count = |part: &str| text.matches(part).count();
                // What the engine says is escaped, so that what is left is the page's own.
                assert_eq!(count("<details>"), count("\n</details>\n"), "{limit}");
                assert_eq!(count("<summary>"), count("</summary>"));
                assert!(text.ends_with('\n') && !text.contains("<b></"));
                let listed = text.lines().filter(|line| line.starts_with("- folder")).count();
                let left = text.lines().last().unwrap();
                let number: u64 = match left.contains("left out") {
                    true => left.split(' ').next().unwrap().replace(',', "").parse().unwrap(),
                    false => 0,
                };
                if limit == SUMMARY && failures == 40 {
                    assert_eq!((number, listed), (0, 40 * reports.len()));
                }
                if number == 0 {
                    assert!(!text.contains("… and"));
                }
            }
        }
    }
}
