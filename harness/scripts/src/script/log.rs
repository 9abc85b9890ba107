//! Collects the results of the directives of a script.

use super::judge::Mismatch;
use super::schedule::Listener;
use super::syntax::Directive;
use lockstep_reports::{Case, DirectiveId, FileReport, Finding, Verdict};
use rustc_hash::FxHashMap;
use std::ops::ControlFlow;

/// The results of a script.
pub(super) struct Log {
    file: FileReport,
    /// Each with the place of the directive that it hangs on.
    findings: Vec<(Finding, Option<(u32, u32)>)>,
}

impl Log {
    pub(super) fn new(file: FileReport) -> Self {
        Log { file, findings: Vec::new() }
    }

    /// The results of the directives, in the order of the script.
    pub(super) fn finish(mut self) -> (FileReport, Vec<Finding>) {
        self.file.cases.sort_by_key(|case| (case.line, case.column));
        self.findings.sort_by_key(|(finding, _)| (finding.line, finding.column));
        let mut roots: FxHashMap<(u32, u32), DirectiveId> = FxHashMap::default();
        let mut findings = Vec::with_capacity(self.findings.len());
        for (mut finding, root) in self.findings {
            // What it hangs on comes before it, and may hang on something itself.
            finding.root = root.and_then(|place| roots.get(&place).copied());
            roots.insert((finding.line, finding.column), finding.root.unwrap_or(finding.id));
            findings.push(finding);
        }
        (self.file, findings)
    }

    /// Records the result of a directive.
    pub(super) fn add(&mut self, directive: &Directive<'_>, result: Result<(), Mismatch>) {
        let verdict = result.as_ref().err().map_or(Verdict::Pass, |got| got.verdict);
        let (line, column) = directive.place;
        self.file.push(Case { line, column, kind: directive.kind(), verdict, id: directive.id });
        if let Err(got) = result {
            let root = got.root;
            self.findings.push((got.finding(directive, &self.file.path, &self.file.name), root));
        }
    }
}

impl Listener for Log {
    fn ended(&mut self, directive: &Directive<'_>, result: Result<(), Mismatch>) -> ControlFlow<()> {
        self.add(directive, result);
        ControlFlow::Continue(())
    }
}
