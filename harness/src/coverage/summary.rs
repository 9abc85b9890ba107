//! The report on a coverage.

use super::{Coverage, Directive, ScriptCoverage};
use lockstep_reports::coverage::{self as reports, Chapter, Place, Premise, Rule, Status, Totals};
use lockstep_semantics::validation;
use lockstep_spec::{Code, Proposal, RuleId};
use std::collections::{BTreeMap, HashSet};

/// How many of the directives that used a rule are named.
const EXAMPLES: usize = 5;

impl Coverage {
    /// The report, with all rules of the standard, and those of each proposal that was used.
    pub fn summary(&self) -> reports::Coverage {
        let mut chapters: Vec<Chapter> = Vec::new();
        let uses = |proposal: &Proposal| {
            RuleId::ALL.into_iter().any(|id| id.rule().proposal == Some(proposal) && self.counts.count(id) > 0)
        };
        let used: Vec<&Proposal> = Proposal::all().iter().filter(|proposal| uses(proposal)).collect();
        for id in RuleId::ALL {
            let rule = id.rule();
            if rule.proposal.is_some_and(|proposal| !used.contains(&proposal)) {
                continue;
            }
            if chapters.last().is_none_or(|chapter| chapter.file != rule.file) {
                let (title, file) = (rule.chapter.to_owned(), rule.file.to_owned());
                chapters.push(Chapter { title, file, totals: Totals::default(), rules: Vec::new() });
            }
            if let Some(chapter) = chapters.last_mut() {
                chapter.rules.push(self.rule(id));
            }
        }
        let mut totals = Totals::default();
        for chapter in &mut chapters {
            chapter.totals = Totals::of(&chapter.rules);
            totals += chapter.totals;
        }
        let (premises, never_false) = self.premises();
        reports::Coverage {
            schema: reports::SCHEMA.into(),
            version: reports::VERSION,
            standard: self.report.standard.clone(),
            engine: self.report.engine.clone(),
            summary: self.report.summary.clone(),
            totals,
            chapters,
            premises,
            never_false,
        }
    }

    fn rule(&self, id: RuleId) -> Rule {
        let rule = id.rule();
        let uses = self.counts.count(id);
        let (status, reason) = match (&rule.code, rule.never) {
            _ if uses > 0 => (Status::Fired, None),
            (Code::Fired, None) => (Status::Unfired, None),
            (Code::Fired, Some(reason)) => (Status::Never, Some(reason.to_owned())),
            (Code::StandsIn { by, reason }, _) => (Status::StandsIn, Some(format!("{by}: {reason}"))),
            (Code::ToCome { reason }, _) => (Status::ToCome, Some((*reason).to_owned())),
        };
        let mut counted = Rule {
            id: rule.id.into(),
            section: rule.section.into(),
            statement: rule.statement.into(),
            status,
            reason,
            uses,
            directives: 0,
            assertions: 0,
            files: 0,
            examples: Vec::new(),
        };
        let mut others = Vec::new();
        for script in &self.scripts {
            let users = script.users(id);
            counted.files += u64::from(users.len() > 0);
            for directive in users {
                counted.directives += 1;
                if directive.kind.is_assertion() {
                    counted.assertions += 1;
                    note(&mut counted.examples, script, directive);
                } else {
                    note(&mut others, script, directive);
                }
            }
        }
        counted.examples.extend(others);
        counted.examples.truncate(EXAMPLES);
        counted
    }

    /// The premises that were false, and the names of the kinds that never were.
    fn premises(&self) -> (Vec<Premise>, Vec<String>) {
        let mut premises: BTreeMap<(RuleId, &str), Premise> = BTreeMap::new();
        let mut kinds = HashSet::new();
        for script in &self.scripts {
            for (rule, kind, directive) in script.falsified() {
                kinds.insert(kind);
                let premise = premises.entry((rule, kind)).or_insert_with(|| {
                    let (rule, premise) = (rule.to_string(), kind.to_owned());
                    Premise { rule, premise, directives: 0, examples: Vec::new() }
                });
                premise.directives += 1;
                note(&mut premise.examples, script, directive);
            }
        }
        let never = validation::Premise::NAMES.iter().filter(|name| !kinds.contains(*name));
        (premises.into_values().collect(), never.map(|&name| name.to_owned()).collect())
    }
}

fn note(examples: &mut Vec<Place>, script: &ScriptCoverage, directive: Directive) {
    if examples.len() < EXAMPLES {
        examples.push(script.place(directive));
    }
}
