//! Records coverage while a script runs.

use lockstep_reports::Kind;
use lockstep_reports::coverage::Place;
use lockstep_semantics::decode::{Malformed, MalformedKind};
use lockstep_semantics::observe::{Observer, RuleCounts};
use lockstep_semantics::validation::Invalid;
use lockstep_spec::{ProductionId, ProductionSet, RuleId};

/// How many of the directives that used something are named.
pub(super) const EXAMPLES: usize = 5;

/// Counts the uses of rules and of productions, by directive.
///
/// While a directive runs, using a rule costs one addition. After it, the rules that it used are added to the sums.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    /// The counts of the current directive.
    current: RuleCounts,
    /// The counts of the directives before it.
    sums: RuleCounts,
    script: ScriptCoverage,
}

/// The coverage of a script.
#[derive(Clone, Debug)]
pub struct ScriptCoverage {
    /// Its path.
    pub path: String,
    /// Its directives, in order.
    directives: Vec<Directive>,
    /// For each rule the positions of the directives that used it.
    users: Vec<Vec<u32>>,
    /// Premises that were false, with the position of the directive.
    falsified: Vec<(RuleId, &'static str, u32)>,
    /// For each production the modules of the script that were read with it.
    read: Vec<Modules>,
    /// For each production the modules that are malformed in it.
    malformed: Vec<Modules>,
}

/// Modules of a script.
#[derive(Clone, Debug, Default)]
struct Modules {
    count: u64,
    /// The positions of the first few directives that have one.
    first: Vec<u32>,
}

impl Modules {
    /// One more, in the directive at this position.
    fn add(&mut self, directive: u32) {
        self.count += 1;
        if self.first.len() < EXAMPLES && self.first.last() != Some(&directive) {
            self.first.push(directive);
        }
    }
}

/// A directive of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// Its kind.
    pub kind: Kind,
}

impl Default for ScriptCoverage {
    fn default() -> Self {
        ScriptCoverage {
            path: String::new(),
            directives: Vec::new(),
            users: vec![Vec::new(); RuleId::COUNT],
            falsified: Vec::new(),
            read: vec![Modules::default(); ProductionId::COUNT],
            malformed: vec![Modules::default(); ProductionId::COUNT],
        }
    }
}

impl Recorder {
    /// Begins a directive: what follows counts for it.
    pub fn directive(&mut self, directive: Directive) {
        self.settle();
        self.script.directives.push(directive);
    }

    /// Adds the counts of the last directive to the sums.
    fn settle(&mut self) {
        // What happens before the first directive is nobody's.
        let Some(last) = self.script.directives.len().checked_sub(1) else { return };
        let (sums, users) = (&mut self.sums, &mut self.script.users);
        self.current.drain(|rule, count| {
            sums.add(rule, count);
            users[rule.index()].push(last as u32);
        });
    }

    /// How often each rule was used, and by which directives of the script.
    pub fn finish(mut self, path: String) -> (RuleCounts, ScriptCoverage) {
        self.settle();
        self.script.path = path;
        (self.sums, self.script)
    }
}

impl Observer for Recorder {
    #[inline(always)]
    fn rule(&mut self, rule: RuleId) {
        self.current.rule(rule);
    }

    fn invalid(&mut self, invalid: &Invalid) {
        if let Some(last) = self.script.directives.len().checked_sub(1) {
            self.script.falsified.push((invalid.rule, invalid.premise.name(), last as u32));
        }
    }

    fn module_read(&mut self, seen: &dyn Fn() -> ProductionSet, malformed: Option<&Malformed>) {
        let Some(last) = self.script.directives.len().checked_sub(1) else { return };
        match malformed {
            None => seen().iter().for_each(|id| self.script.read[id.index()].add(last as u32)),
            Some(Malformed { kind: MalformedKind::Syntax, production: Some(id), .. }) => {
                self.script.malformed[id.index()].add(last as u32);
            }
            // Beyond a limit, or in the syntax of a proposal.
            Some(_) => {}
        }
    }
}

impl ScriptCoverage {
    /// The directives that used a rule.
    pub fn users(&self, rule: RuleId) -> impl ExactSizeIterator<Item = Directive> {
        self.users[rule.index()].iter().map(|&i| self.directives[i as usize])
    }

    /// The premises that were false: rule, kind of premise, and the directive that found it so.
    pub fn falsified(&self) -> impl Iterator<Item = (RuleId, &'static str, Directive)> {
        self.falsified.iter().map(|&(rule, premise, i)| (rule, premise, self.directives[i as usize]))
    }

    /// How many modules were read with a production, and the first few directives that have them.
    pub fn read(&self, production: ProductionId) -> (u64, impl Iterator<Item = Directive>) {
        self.modules(&self.read[production.index()])
    }

    /// How many modules are malformed in a production, and the first few directives that have them.
    pub fn malformed(&self, production: ProductionId) -> (u64, impl Iterator<Item = Directive>) {
        self.modules(&self.malformed[production.index()])
    }

    fn modules<'a>(&'a self, modules: &'a Modules) -> (u64, impl Iterator<Item = Directive> + 'a) {
        (modules.count, modules.first.iter().map(|&i| self.directives[i as usize]))
    }

    /// A directive with the script that it is in.
    pub fn place(&self, directive: Directive) -> Place {
        let Directive { line, column, kind } = directive;
        Place { file: self.path.clone(), line, column, directive: kind }
    }
}
