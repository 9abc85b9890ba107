//! The findings in `corpus/findings`: what they say of the standard is what the semantics says.

use lockstep_engines::{Limits, Semantics};
use lockstep_reports::Verdict;
use lockstep_scripts::script;
use lockstep_semantics::syntax::Features;
use std::fs;
use std::path::Path;

#[test]
fn findings_say_what_the_standard_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/findings");
    let index = fs::read_to_string(folder.join("README.md")).unwrap();
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(index.contains(&format!("]({name})")), "{name} is not in the index");
        let text = fs::read(path.join("finding.wast")).unwrap();
        assert!(text.iter().filter(|byte| **byte == b'\n').count() < 40, "{name} is not small");
        // Some are about proposals; those that are not do not mind.
        let limits = Limits { features: Features::SHARED_EVERYTHING, ..Limits::default() };
        let (file, findings) = script::run(&name, "findings", &text, &Semantics, &limits);
        assert!(file.verdicts.is_success(), "{name}: {findings:?}");
        assert_eq!(file.verdicts.get(Verdict::Pass), file.verdicts.total(), "{name}");

        let json = fs::read_to_string(path.join("finding.json")).unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!((&json["schema"], &json["version"]), (&"lockstep-finding".into(), &1.into()), "{name}");
        for rule in json["rules"].as_array().unwrap() {
            let rule = rule.as_str().unwrap();
            assert!(lockstep_semantics::RuleId::parse(rule).is_some(), "{name}: no rule is called {rule}");
        }
        count += 1;
    }
    assert!(count > 0, "there are findings");
}
