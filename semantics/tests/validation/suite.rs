//! Every module of the suite gets the verdict that the suite says, and together they use every rule of the chapter.

#[path = "../common/scripts.rs"]
#[allow(dead_code)]
mod common;

use common::{forms, scripts};
use lockstep_semantics::decode::{Malformed, decode};
use lockstep_semantics::observe::{Observer, RuleCounts, Unobserved};
use lockstep_semantics::syntax::Features;
use lockstep_semantics::validation::{Invalid, validate};
use lockstep_spec::{Code, RuleId};
use std::collections::BTreeMap;

/// What the suite says about a module, with its text about invalid ones.
enum Says {
    Valid,
    Invalid(String),
}

#[must_use]
fn for_each_verdict(mut f: impl FnMut(String, Says, Result<Vec<u8>, Malformed>)) -> bool {
    let Some(scripts) = scripts("core") else { return false };
    for form in scripts.iter().flat_map(|path| forms(path)) {
        let says = match form.keyword.as_str() {
            "module" => Says::Valid,
            "assert_invalid" => Says::Invalid(form.message),
            _ => continue,
        };
        f(form.place, says, form.source.bytes(Features::STANDARD));
    }
    true
}

#[test]
fn verdicts_of_the_suite() {
    let (mut valid, mut invalid) = (0, 0);
    let mut wrong = Vec::new();
    let mut words: BTreeMap<(String, String), (usize, String)> = BTreeMap::new();
    let found = for_each_verdict(|place, says, bytes| {
        let module = bytes.and_then(|bytes| decode(&bytes));
        let verdict = module.map(|module| validate(&module, &mut Unobserved));
        match (says, verdict) {
            (_, Err(malformed)) => wrong.push(format!("{place}: {malformed}")),
            (Says::Valid, Ok(Ok(_))) => valid += 1,
            (Says::Valid, Ok(Err(e))) => wrong.push(format!("{place}: {e}")),
            (Says::Invalid(why), Ok(Ok(_))) => wrong.push(format!("{place}: not refused: {why}")),
            (Says::Invalid(why), Ok(Err(e))) => {
                invalid += 1;
                if !e.to_string().starts_with(&why) {
                    words.entry((why, e.rule.to_string())).or_insert((0, format!("{place}: {e}"))).0 += 1;
                }
            }
        }
    });
    if found {
        println!("{valid} valid, {invalid} invalid");
        for ((why, _), (n, example)) in words {
            println!("{n:4} {why:?}: {example}");
        }
        assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
        assert_eq!((valid, invalid), (2256, 2723));
    }
}

/// Rules for matching a definition with an import: validation compares no two modules.
const AT_INSTANTIATION: [&str; 6] =
    ["Limits_sub", "Tagtype_sub", "Globaltype_sub", "Memtype_sub", "Tabletype_sub", "Externtype_sub"];

#[test]
fn the_suite_uses_every_rule() {
    let mut counts = RuleCounts::default();
    if !for_each_verdict(|_, _, bytes| {
        let _: Option<Result<_, Invalid>> =
            bytes.and_then(|bytes| decode(&bytes)).ok().map(|module| validate(&module, &mut counts));
    }) {
        return;
    }
    let fired: Vec<RuleId> = RuleId::ALL
        .into_iter()
        .filter(|id| id.rule().chapter.starts_with("2.") && id.rule().code == Code::Fired)
        .filter(|id| !AT_INSTANTIATION.iter().any(|relation| id.as_str().split('/').next() == Some(relation)))
        .collect();
    assert!(fired.len() > 200, "{}", fired.len());
    let unused: Vec<&RuleId> = fired.iter().filter(|id| counts.count(**id) == 0).collect();
    assert!(unused.is_empty(), "never used: {unused:?}");
}

#[test]
fn whoever_watches_changes_nothing() {
    #[derive(Default)]
    struct Count(usize);
    impl Observer for Count {
        fn rule(&mut self, _: RuleId) {
            self.0 += 1;
        }
    }
    let mut count = Count::default();
    if for_each_verdict(|place, _, bytes| {
        let module = bytes.and_then(|bytes| decode(&bytes)).unwrap_or_else(|e| panic!("{place}: {e}"));
        assert_eq!(validate(&module, &mut count), validate(&module, &mut Unobserved), "{place}");
    }) {
        println!("{} rules reported", count.0);
        assert!(count.0 > 400_000, "{}", count.0);
    }
}
