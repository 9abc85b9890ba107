//! Several reports, and what has changed between them.

mod support;

use Verdict::{Crash, Fail, Limit, Pass};
use lockstep_reports::*;

/// A report on scripts, each with the contents and verdicts of its directives, by line.
fn report(engine: &str, files: &[(&str, &[(u64, Verdict)])]) -> Report {
    let standard = Standard { name: "WebAssembly 3.0".into(), pin: "285a903".into() };
    let engine = Engine { name: engine.into(), version: "1".into() };
    let scripts = files.iter().map(|(path, cases)| {
        let mut file = FileReport::new(*path, "core");
        let mut findings = Vec::new();
        for (line, &(content, verdict)) in (1..).zip(*cases) {
            let kind = Kind::AssertReturn;
            file.push(Case { line, column: 1, kind, verdict, id: DirectiveId { content, ordinal: 1 } });
            if verdict != Pass {
                findings.push(support::finding(&file, line, kind, verdict));
            }
        }
        (file, findings)
    });
    let mut report = Report::new(standard, engine, scripts.collect::<Vec<_>>());
    report.run.scripts = files.len() as u64;
    report
}

fn shard(mut report: Report, part: usize, of: usize, scripts: u64) -> Report {
    report.run.shards.insert(Shard { part, of });
    report.run.scripts = scripts;
    report
}

#[test]
fn shards_become_one() {
    let whole = report("e", &[("a", &[(1, Pass), (2, Fail)]), ("b", &[(1, Pass)]), ("c", &[(1, Limit)])]);
    let shards = [
        shard(report("e", &[("b", &[(1, Pass)])]), 2, 2, 3),
        shard(report("e", &[("a", &[(1, Pass), (2, Fail)]), ("c", &[(1, Limit)])]), 1, 2, 3),
    ];
    let merged = merge(shards.clone()).unwrap();
    assert_eq!(merged.len(), 1);
    assert_eq!(json::render(&merged[0]), json::render(&whole));
    let again = shard(report("e", &[("b", &[(1, Fail)])]), 2, 2, 3);
    let twice = merge(shards.clone().into_iter().chain([again]));
    assert_eq!(twice, Err(MergeError::Twice { file: "core/b".into(), engine: "e 1".into() }));
    assert_eq!(merge([whole.clone(), report("f", &[("a", &[(1, Pass)])])]).unwrap().len(), 2);
    let mut other = whole.clone();
    other.standard.pin = "0".into();
    assert!(matches!(merge([whole, other]), Err(MergeError::Standard(..))));
    let [first, mut second] = shards;
    second.run.scripts = 4;
    assert!(matches!(merge([first.clone(), second.clone()]), Err(MergeError::Run { .. })));
    second = shard(report("e", &[("z", &[(1, Pass)])]), 1, 5, 3);
    assert!(matches!(merge([first, second]), Err(MergeError::Run { .. })));
}

#[test]
fn expectations_are_held_against_the_whole() {
    let expectations = Expectations::read(
        "[[expect]]\nfile = \"a\"\nverdict = \"fail\"\nreason = \"known\"\n\
         [[expect]]\nfile = \"nothing\"\nverdict = \"fail\"\nreason = \"known\"\n",
    )
    .unwrap();
    let mut shards = [
        shard(report("e", &[("b", &[(1, Pass)])]), 2, 2, 2),
        shard(report("e", &[("a", &[(1, Pass), (2, Fail)])]), 1, 2, 2),
    ];
    for shard in &mut shards {
        expectations.apply("lockstep.toml", shard);
        assert_eq!(shard.status(), Status::AsExpected, "a shard knows nothing of scripts elsewhere");
    }
    let merged = merge(shards).unwrap();
    let expected = merged[0].expected.as_ref().unwrap();
    assert_eq!(expected.met.fail, 1);
    let news: Vec<String> = expected.news.iter().map(ToString::to_string).collect();
    assert_eq!(news, ["nothing stands for no script: take it out [entry 2: known]"]);
    assert_eq!(merged[0].status(), Status::Findings);
}

#[test]
fn what_has_changed_is_told_by_content() {
    let before = [report(
        "e",
        &[
            ("a", &[(1, Pass), (2, Fail), (3, Fail), (4, Limit), (5, Pass), (6, Fail), (7, Pass)]),
            ("gone", &[(1, Fail)]),
        ],
    )];
    // Two more above, so that every line has moved; 6 and 7 were deleted.
    let a: &[(u64, Verdict)] = &[(8, Pass), (9, Fail), (1, Limit), (2, Fail), (3, Crash), (4, Pass), (5, Pass)];
    let mut now = report("e", &[("a", a), ("new", &[(1, Pass), (2, Limit), (3, Fail)])]);
    compare("before.json", &before, &mut now);
    let baseline = now.baseline.as_ref().unwrap();
    let seen: Vec<_> = baseline
        .changes
        .iter()
        .map(|change| (change.trend, change.file.as_str(), change.id.content, change.verdicts()))
        .collect();
    let want = [
        (Trend::New, "core/a", 9, "not there → fail".to_owned()),
        (Trend::Worse, "core/a", 1, "pass → limit".to_owned()),
        (Trend::Worse, "core/a", 3, "fail → crash".to_owned()),
        (Trend::Better, "core/a", 4, "limit → pass".to_owned()),
        (Trend::Deleted, "core/a", 6, "fail → not there".to_owned()),
        (Trend::New, "core/new", 3, "not there → fail".to_owned()),
    ];
    assert_eq!(seen.len(), want.len(), "{seen:?}");
    assert!(want.iter().all(|change| seen.contains(change)), "{seen:?}");
    assert_eq!((&baseline.not_run, &baseline.new_scripts), (&vec!["core/gone".into()], &vec!["core/new".into()]));
    assert_eq!(baseline.same, 2, "of 2 and 5");
    let news: Vec<u64> = now.news().map(|finding| finding.id.content).collect();
    assert_eq!(news, [9, 3, 3]);

    let mut same = before[0].clone();
    compare("before.json", &before, &mut same);
    assert!(same.baseline.as_ref().unwrap().changes.is_empty());
    assert_eq!(same.status(), Status::AsExpected);
    let mut other = report("f", &[("a", &[(1, Fail)])]);
    compare("before.json", &before, &mut other);
    assert_eq!(other.baseline.as_ref().unwrap().engine, None);
    assert_eq!(other.status(), Status::Findings, "there is nothing that it could be known from");
}
