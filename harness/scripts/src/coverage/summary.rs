//! Coverage reports.

use super::recorder::EXAMPLES;
use super::{CoverageRun, Directive, ScriptCoverage};
use lockstep_reports::coverage::{self as reports, Chapter, Place, Premise, Rule, Status, Totals};
use lockstep_reports::coverage::{Grammar, GrammarChapter, Production, ProductionStatus, ProductionTotals};
use lockstep_semantics::validation;
use lockstep_spec::{Code, ProductionId, Proposal, RuleId};
use std::collections::{BTreeMap, HashSet};

impl CoverageRun {
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
            grammar: self.grammar(),
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

    /// The productions of the grammars.
    fn grammar(&self) -> Grammar {
        let chapters: Vec<GrammarChapter> = lockstep_spec::GrammarChapter::all()
            .iter()
            .map(|chapter| {
                let productions: Vec<Production> = chapter.productions().map(|id| self.production(id)).collect();
                let (title, file) = (chapter.title.to_owned(), chapter.file.to_owned());
                GrammarChapter { title, file, totals: ProductionTotals::of(&productions), productions }
            })
            .collect();
        let totals = ProductionTotals::of(chapters.iter().flat_map(|chapter| &chapter.productions));
        Grammar { totals, chapters }
    }

    fn production(&self, id: ProductionId) -> Production {
        let production = id.production();
        let (mut examples, mut malformed_examples) = (Vec::new(), Vec::new());
        for script in &self.scripts {
            script.read(id).1.for_each(|directive| note(&mut examples, script, directive));
            script.malformed(id).1.for_each(|directive| note(&mut malformed_examples, script, directive));
        }
        let (modules, malformed) = (self.modules(id), self.malformed(id));
        let (status, reason) = match &production.code {
            _ if modules > 0 => (ProductionStatus::Used, None),
            Code::StandsIn { by, reason } => (ProductionStatus::StandsIn, Some(format!("{by}: {reason}"))),
            _ if malformed > 0 => (ProductionStatus::MalformedOnly, None),
            Code::Fired | Code::ToCome { .. } => (ProductionStatus::Unused, None),
        };
        Production {
            id: production.id.into(),
            section: production.section.into(),
            statement: production.statement.into(),
            status,
            reason,
            modules,
            malformed,
            examples,
            malformed_examples,
        }
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
