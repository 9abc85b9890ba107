//! `lockstep validate`

use super::{Outcome, Output, input, output};
use anyhow::Result;
use clap::Args;
use lockstep_semantics::decode::{Dialect, ModuleFormat, read_with_proposals};
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::validation::validate;
use std::io::Write as _;
use std::path::PathBuf;

/// Say whether modules are valid, and if not, which rule and premise fail where
#[derive(Debug, Args)]
pub(super) struct Validate {
    /// Modules, in binary or text format; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Validate {
    pub(super) fn execute(self, stdout: &mut Output) -> Result<Outcome> {
        let mut outcome = Outcome::AsExpected;
        let read = |path: PathBuf| {
            let content = input::read_any(&path)?;
            Ok((path, content))
        };
        for (path, content) in self.files.into_iter().map(read).collect::<Result<Vec<_>>>()? {
            let format = ModuleFormat::of(&path);
            let path = path.display();
            if content.is_empty() {
                // As a text it would be a module without anything in it, but nobody has written that.
                outcome = Outcome::Findings;
                writeln!(stdout, "{path}: empty")?;
                continue;
            }
            let module = match read_with_proposals(&content, format, Dialect::Proposal) {
                Ok((_, module)) => module,
                Err(malformed) => {
                    outcome = Outcome::Findings;
                    writeln!(stdout, "{path}: {malformed}")?;
                    continue;
                }
            };
            // They mean nothing, so they change no verdict.
            for fault in &module.custom_faults {
                output::complain(format_args!("{path}:{fault} (ignored)"));
            }
            match validate(&module, &mut Unobserved) {
                Ok(_) => {
                    let proposals: Vec<&str> = module.features.names().collect();
                    match proposals.as_slice() {
                        [] => writeln!(stdout, "{path}: ok")?,
                        _ => writeln!(stdout, "{path}: ok, with proposals: {}", proposals.join(", "))?,
                    }
                }
                Err(invalid) => {
                    outcome = Outcome::Findings;
                    writeln!(stdout, "{path}: invalid: {invalid}")?;
                }
            }
        }
        Ok(outcome)
    }
}
