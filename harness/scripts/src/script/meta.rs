//! Scripts within scripts: `script`, `input` and `output`.
//!
//! Each is one directive, with the verdict of the first directive in it that does not pass. Its definitions stay, as in
//! the reference interpreter.

use super::judge::Mismatch;
use super::name;
use super::read;
use super::runner::Runner;
use super::source::Source;
use super::syntax::{Definition, Directive, Form, Name};
use lockstep_engines::Failure;
use std::path::Path;

/// The kind of a file, by its extension.
enum FileKind {
    Binary,
    Text,
    Script,
    JavaScript,
}

impl FileKind {
    fn of(file: &str) -> Option<FileKind> {
        Some(match Path::new(file).extension()?.to_str()? {
            "wasm" => FileKind::Binary,
            "wat" => FileKind::Text,
            "wast" => FileKind::Script,
            "js" => FileKind::JavaScript,
            _ => return None,
        })
    }
}

impl Runner<'_, '_> {
    /// Runs the directives of a script within. The first finding counts, or else the first that does not pass.
    pub(super) fn script(&mut self, name: Option<&Name<'_>>, directives: &[Directive<'_>]) -> Result<(), Mismatch> {
        // It is one directive, which does not take turns with other threads.
        let turns = std::mem::replace(&mut self.turns, false);
        let mut result: Result<(), Mismatch> = Ok(());
        for directive in directives {
            let Err(got) = self.caught(directive) else { continue };
            let worse = match &result {
                Ok(()) => true,
                Err(first) => !first.verdict.is_finding() && got.verdict.is_finding(),
            };
            if worse {
                let (line, column) = directive.place;
                result = Err(Mismatch { text: format!("{line}:{column}: {}", got.text), ..got });
            }
        }
        self.turns = turns;
        self.names.scripts.define(name, Ok(name::Script));
        result
    }

    /// Reads a file, and runs it if it is a script. A module is defined and not instantiated.
    pub(super) fn input(&mut self, name: Option<&Name<'_>>, file: &str, at: (u32, u32)) -> Result<(), Mismatch> {
        let failed = |why: String| Mismatch::fail(format!("cannot read {file:?}: {why}"));
        let Some(kind) = FileKind::of(file).filter(|kind| !matches!(kind, FileKind::JavaScript)) else {
            return Err(failed("not a .wast, .wat or .wasm file".into()));
        };
        let (path, bytes) = self.files.read(file).map_err(failed)?;
        let here = self.files.enter(&path);
        let result =
            self.run_file(&kind, bytes, at).map_err(|got| Mismatch { text: format!("{file}: {}", got.text), ..got });
        self.files.leave(here);
        if let Some(name) = name {
            self.names.modules.name_latest(name);
            self.names.instances.name_latest(name);
        }
        self.names.scripts.define(name, Ok(name::Script));
        result
    }

    fn run_file(&mut self, kind: &FileKind, bytes: Vec<u8>, at: (u32, u32)) -> Result<(), Mismatch> {
        if let FileKind::Binary = kind {
            return Ok(self.define(None, at, false, |runner| runner.load_bytes(&bytes))?);
        }
        let text = String::from_utf8(bytes).map_err(|_| Mismatch::fail("not UTF-8"))?;
        let source = Source::new(&text).map_err(|e| Failure::Limit(e.to_string().into()))?;
        if let FileKind::Script = kind {
            return self.script(None, &read::read(&source));
        }
        let all = 0..source.tokens().len();
        let module = Definition { source: &source, form: Form::Text, place: source.place(0), tokens: all };
        Ok(self.define(None, at, false, |runner| runner.load(&module))?)
    }

    /// Nothing is written, as by the reference interpreter when it has nowhere to write to; but what is to be written
    /// has to be there.
    pub(super) fn output(&mut self, name: Option<&Name<'_>>, file: Option<&Name<'_>>) -> Result<(), Mismatch> {
        match file.map(|file| FileKind::of(file)) {
            None | Some(Some(FileKind::Binary | FileKind::Text)) => self.names.modules.get(name).map(drop)?,
            Some(Some(FileKind::Script | FileKind::JavaScript)) => self.names.scripts.get(name).map(drop)?,
            Some(None) => return Err(Mismatch::fail("not a .wast, .wat, .wasm or .js file")),
        }
        Ok(())
    }
}
