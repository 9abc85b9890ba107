//! Locates rules and judgements in the book.

use lockstep_semantics::RuleId;
use lockstep_spec::{Chapter, pin};
use std::collections::BTreeMap;

/// The pages and anchors of all rules and judgements.
///
/// The anchor of a rule is its name with `-` for `/`, and never changes as long as the name does not; that of a judgement
/// is its name.
pub struct Links {
    pages: Vec<String>,
    judgements: BTreeMap<&'static str, Judgement>,
}

/// The rules of one judgement, such as `Step_read`.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// The page that it is on: that of its first rule.
    pub page: String,
    /// Its rules.
    pub rules: Vec<RuleId>,
    /// The rules that have it as a premise.
    pub used_by: Vec<RuleId>,
}

impl Default for Links {
    fn default() -> Self {
        Links::new()
    }
}

impl Links {
    /// The links to the rules and judgements of the catalogue.
    pub fn new() -> Self {
        let mut pages = Vec::with_capacity(RuleId::COUNT);
        let mut judgements: BTreeMap<&'static str, Judgement> = BTreeMap::new();
        for chapter in Chapter::all() {
            let page = chapter.page();
            for rule in chapter.rules() {
                pages.push(page.clone());
                let judgement = judgements.entry(rule.judgement()).or_default();
                if judgement.rules.is_empty() {
                    judgement.page.clone_from(&page);
                }
                judgement.rules.push(rule);
            }
        }
        for pinned in pin::rules() {
            for premise in pinned.premises() {
                if let Some(judgement) = judgements.get_mut(premise) {
                    judgement.used_by.push(pinned.rule);
                }
            }
        }
        Links { pages, judgements }
    }

    /// The place of a rule.
    pub fn rule(&self, rule: RuleId) -> String {
        format!("{}#{}", self.pages[rule.index()], rule.anchor())
    }

    /// The place of a judgement, if there is one of the name.
    pub fn judgement(&self, name: &str) -> Option<String> {
        self.judgements.get_key_value(name).map(|(name, judgement)| format!("{}#{name}", judgement.page))
    }

    /// All judgements.
    pub fn judgements(&self) -> &BTreeMap<&'static str, Judgement> {
        &self.judgements
    }

    /// The place of a rule or judgement.
    pub(super) fn find(&self, name: &str) -> Option<String> {
        RuleId::parse(name).map(|rule| self.rule(rule)).or_else(|| self.judgement(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_spec::rule;
    use std::collections::BTreeSet;

    #[test]
    fn anchors_are_unique() {
        let links = Links::new();
        let places: BTreeSet<String> = RuleId::ALL.into_iter().map(|rule| links.rule(rule)).collect();
        assert_eq!(places.len(), RuleId::COUNT);
        assert!(RuleId::ALL.into_iter().all(|rule| links.rule(rule) == rule.book()));
        assert_eq!(links.rule(rule!("Step_read/struct.get-null")), "4.3.html#Step_read-struct.get-null");
    }

    #[test]
    fn judgements_know_their_rules() {
        let links = Links::new();
        let ok = &links.judgements()["Typeuse_ok"];
        assert_eq!(ok.rules.len(), 3);
        assert!(ok.used_by.contains(&rule!("Heaptype_ok/typeuse")));
    }
}
