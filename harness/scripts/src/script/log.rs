//! Collects the results of the directives of a script.

use super::judge::Mismatch;
use super::schedule::Listener;
use super::syntax::Directive;
use lockstep_reports::{Case, FileReport, Finding, Kind, Verdict};
use std::ops::ControlFlow;

/// The results of a script.
pub(super) struct Log {
    file: FileReport,
    findings: Vec<Finding>,
}

impl Log {
    pub(super) fn new(file: FileReport) -> Self {
        Log { file, findings: Vec::new() }
    }

    /// The results of the directives, in the order of the script.
    pub(super) fn finish(mut self) -> (FileReport, Vec<Finding>) {
        self.file.cases.sort_by_key(|case| (case.line, case.column));
        self.findings.sort_by_key(|finding| (finding.line, finding.column));
        (self.file, self.findings)
    }

    /// Records the result of a directive.
    pub(super) fn add(&mut self, directive: &Directive<'_>, result: Result<(), Mismatch>) {
        self.note(directive.place, directive.kind(), result, || directive.expected());
    }

    /// Records a result at a position.
    pub(super) fn note(
        &mut self,
        (line, column): (u32, u32),
        kind: Kind,
        result: Result<(), Mismatch>,
        expected: impl FnOnce() -> String,
    ) {
        let verdict = result.as_ref().err().map_or(Verdict::Pass, |got| got.verdict);
        self.file.push(Case { line, column, kind, verdict });
        if let Err(got) = result {
            let (file, expected) = (self.file.path.clone(), expected());
            let Mismatch { text: got, cause, .. } = got;
            self.findings.push(Finding { file, line, column, directive: kind, verdict, expected, got, cause });
        }
    }
}

impl Listener for Log {
    fn ended(&mut self, directive: &Directive<'_>, result: Result<(), Mismatch>) -> ControlFlow<()> {
        self.add(directive, result);
        ControlFlow::Continue(())
    }
}
