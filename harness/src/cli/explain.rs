//! `lockstep explain`

use super::bounds::Bounds;
use super::{Outcome, Output, input, literal};
use crate::engine::{Failure, SemanticsSession, Session as _};
use crate::explain::{self, BodyDerivation, Explanation, Input, Tree, Verdict, canonical, casts::Casts, subtype};
use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, ValueEnum};
use lockstep_semantics::execution::ExternAddr;
use lockstep_semantics::syntax::ExternType;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Explain why a module is invalid, why a type matches another, or why a cast went the way it did
///
/// Without options: the rule and the premise that fail, what was found and what was needed, and where.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The module, in binary or text format; or FILE:LINE, the module of a directive of a script
    #[arg(value_name = "FILE[:LINE]")]
    file: PathBuf,

    /// Another module, for the right side of --subtype
    #[arg(requires = "subtype")]
    second: Option<PathBuf>,

    /// Show the derivation down to the failure; of a valid module, those of all function bodies
    #[arg(long)]
    derivation: bool,

    /// Show the derivation of the body of a function, by name ($f) or index
    #[arg(long, value_name = "FUNC", conflicts_with_all = ["subtype", "types", "invoke"])]
    body: Option<String>,

    /// Whether a type matches another, and why: '$a <: $b', '(ref null $a) <: anyref'
    #[arg(long, value_name = "T1 <: T2", conflicts_with_all = ["types", "invoke"])]
    subtype: Option<String>,

    /// Which types of the module are one type, and why not where they nearly are
    #[arg(long, conflicts_with = "invoke")]
    types: bool,

    /// Invoke an exported function and explain the casts of the run
    #[arg(long, value_name = "NAME")]
    invoke: Option<String>,

    /// An argument of the function, as for `lockstep run`; once for each
    #[arg(long = "arg", value_name = "LITERAL", requires = "invoke", allow_hyphen_values = true)]
    args: Vec<String>,

    /// Fold derivations below this depth, but for the way to a failure
    #[arg(long, value_name = "N", default_value = "64")]
    depth: usize,

    /// How to write the explanation; a page is written of derivations (--derivation, --body, --subtype)
    #[arg(long, value_enum, default_value_t = ExplanationFormat::Text)]
    format: ExplanationFormat,

    /// Write JSON, as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,

    /// Write to a file instead of standard output
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,

    /// Where the rule book is that a page links to: a folder or an address
    #[arg(long, value_name = "URL", default_value = "book")]
    book: String,

    #[command(flatten)]
    bounds: Bounds,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ExplanationFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// A page to fold and unfold
    Html,
}

/// A module that was read, or why it is malformed.
type Read = std::result::Result<Input, Box<Explanation>>;

impl Explain {
    pub(super) fn execute(self, stdout: &mut Output) -> Result<Outcome> {
        let (content, read) = self.input()?;
        let input = match read {
            Ok(input) => input,
            Err(explanation) => {
                return self.explained(stdout, &explanation, std::str::from_utf8(&content).ok());
            }
        };
        if let Some(query) = &self.subtype {
            return self.subtype(stdout, query, &input);
        }
        let explanation = explain::module(&input, self.derivation || self.body.is_some());
        if explanation.verdict != Verdict::Valid {
            return self.explained(stdout, &explanation, input.text.as_deref());
        }
        if self.types {
            let report = canonical::canonical(&input);
            self.write(stdout, || report.render(), || report.json())?;
            return Ok(Outcome::AsExpected);
        }
        if let Some(name) = &self.invoke {
            return self.casts(stdout, name, &input);
        }
        if let Some(func) = &self.body {
            let names = &input.module.names.funcs;
            let x = match func.strip_prefix('$') {
                Some(name) => names.iter().find(|(_, other)| *other == name).map(|(&x, _)| x),
                None => func.parse().ok(),
            };
            let body = x.map(|x| derive(&input, x)).transpose()?.flatten();
            let body = body.with_context(|| format!("{func:?} is no function of the module with a body"))?;
            self.bodies(stdout, &[body])?;
            return Ok(Outcome::AsExpected);
        }
        if self.derivation {
            let imported = input.module.imports.iter().filter(|i| matches!(i.ty, ExternType::Func(_))).count();
            let funcs = imported as u32..(imported + input.module.funcs.len()) as u32;
            let bodies = funcs.filter_map(|x| derive(&input, x).transpose()).collect::<Result<Vec<_>>>()?;
            self.bodies(stdout, &bodies)?;
            return Ok(Outcome::AsExpected);
        }
        self.explained(stdout, &explanation, input.text.as_deref())
    }

    /// The module of `FILE`, or of the directive at `FILE:LINE`; and the text that it is in.
    fn input(&self) -> Result<(Vec<u8>, Read)> {
        let name = self.file.display().to_string();
        if !self.file.exists()
            && let Some((path, line)) = name.rsplit_once(':')
            && Path::new(path).exists()
        {
            let line = line.parse().map_err(|_| anyhow!("{name}: {line:?} is no line of {path}"))?;
            let content = input::read(Path::new(path))?;
            let script = String::from_utf8(content).map_err(|_| anyhow!("{path} is not UTF-8"))?;
            let module = Input::at_line(path, &script, line).map_err(|why| anyhow!("{path}: {why}"))?;
            return Ok((script.into_bytes(), module));
        }
        if self.file.extension().is_some_and(|extension| extension == "wast") {
            bail!("{name} is a script: say which directive to explain by its line, as in {name}:12");
        }
        let content = input::read(&self.file)?;
        let module = Input::read(&name, &content);
        Ok((content, module))
    }

    fn kind(&self) -> ExplanationFormat {
        if self.json { ExplanationFormat::Json } else { self.format }
    }

    fn write(&self, stdout: &mut Output, text: impl Fn() -> String, json: impl Fn() -> Value) -> Result<()> {
        match self.kind() {
            ExplanationFormat::Text => self.put(stdout, &text()),
            ExplanationFormat::Json => self.put(stdout, &format!("{:#}\n", json())),
            ExplanationFormat::Html => bail!("--format html is for derivations: --derivation, --body or --subtype"),
        }
    }

    fn put(&self, stdout: &mut Output, text: &str) -> Result<()> {
        match &self.output {
            Some(path) => lockstep_work::whole::write(path, text.as_bytes())
                .with_context(|| format!("cannot write {}", path.display())),
            None => Ok(stdout.write_all(text.as_bytes())?),
        }
    }

    /// Derivations as a page.
    fn page(&self, stdout: &mut Output, what: &str, trees: &[(&Tree, String)]) -> Result<()> {
        let title = format!("{what} — lockstep explain");
        self.put(stdout, &explain::page(&title, trees, self.depth, &self.book))
    }

    fn bodies(&self, stdout: &mut Output, bodies: &[BodyDerivation]) -> Result<()> {
        let note = |body: &BodyDerivation| match body.checked {
            Some(n) => format!("{n} rules used; each checked by the literal reading"),
            None => "too large to be held in full: not checked by the literal reading".into(),
        };
        if self.kind() == ExplanationFormat::Html {
            let trees: Vec<_> = bodies.iter().map(|body| (&body.tree, note(body))).collect();
            return self.page(stdout, &self.file.display().to_string(), &trees);
        }
        let text = |body: &BodyDerivation| format!("{}({})\n", body.tree.render(self.depth), note(body));
        let json = |body: &BodyDerivation| {
            let mut value = body.tree.json();
            value["function"] = body.func.into();
            value["checked"] = body.checked.is_some().into();
            value
        };
        self.write(
            stdout,
            || bodies.iter().map(text).collect::<Vec<_>>().join("\n"),
            || match (bodies, &self.body) {
                ([body], Some(_)) => json(body),
                _ => bodies.iter().map(json).collect(),
            },
        )
    }

    fn explained(&self, stdout: &mut Output, explanation: &Explanation, text: Option<&str>) -> Result<Outcome> {
        let colours = stdout.colours() && self.output.is_none();
        if let (ExplanationFormat::Html, Some(tree)) = (self.kind(), &explanation.derivation) {
            let note = format!("{}: {}", explanation.path, explanation.headline);
            self.page(stdout, &explanation.path, &[(tree, note)])?;
            return Ok(Outcome::Findings);
        }
        self.write(stdout, || explanation.render(text, colours, self.depth), || explanation.json(text))?;
        Ok(if explanation.verdict == Verdict::Valid { Outcome::AsExpected } else { Outcome::Findings })
    }

    fn subtype(&self, stdout: &mut Output, query: &str, left: &Input) -> Result<Outcome> {
        let content =
            self.second.as_deref().map(|path| Ok::<_, anyhow::Error>((path, input::read(path)?))).transpose()?;
        let right = match &content {
            None => None,
            Some((path, content)) => match Input::read(&path.display().to_string(), content) {
                Ok(input) => Some(input),
                Err(explanation) => return self.explained(stdout, &explanation, std::str::from_utf8(content).ok()),
            },
        };
        for input in [Some(left), right.as_ref()].into_iter().flatten() {
            if let Some(explanation) = explain::types(input) {
                return self.explained(stdout, &explanation, input.text.as_deref());
            }
        }
        let answer = subtype::subtype(query, left, right.as_ref()).map_err(|why| anyhow!(why))?;
        if !answer.checked {
            bail!("the checker refuses the derivation of {query}: this is a bug in lockstep");
        }
        match self.kind() {
            ExplanationFormat::Html => {
                let note = match &answer.because {
                    Some(why) => format!("does not hold: {why}"),
                    None => "holds; checked by the literal reading".into(),
                };
                self.page(stdout, query, &[(&answer.tree, note)])?;
            }
            _ => self.write(stdout, || answer.render(self.depth), || answer.json())?,
        }
        Ok(if answer.holds { Outcome::AsExpected } else { Outcome::Findings })
    }

    fn casts(&self, stdout: &mut Output, name: &str, input: &Input) -> Result<Outcome> {
        let mut session = SemanticsSession::new(&self.bounds.limits(), Casts::default());
        let instance = session.load_module(input.module.clone()).and_then(|module| session.instantiate(module));
        let end = match instance {
            Err(end) => Err(end),
            Ok(instance) => {
                let store = session.store();
                let args = match store.export(session.instance(instance), name) {
                    Some(ExternAddr::Func(address)) => {
                        literal::arguments(&self.args, &store.func_type(address).params).map_err(|why| anyhow!(why))?
                    }
                    _ => bail!("{} exports no function {name:?}", self.file.display()),
                };
                session.invoke(instance, name, &args)
            }
        };
        let (outcome, end) = match end {
            Ok(values) => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                (Outcome::AsExpected, format!("the run ends in {}", values.join(" ")).trim_end().to_owned())
            }
            Err(Failure::Misuse(what)) => bail!(what),
            Err(end) => (Outcome::Findings, format!("the run ends: {end}")),
        };
        let mut casts = session.observer().clone();
        casts.locate(input);
        self.write(
            stdout,
            || format!("{}{end}\n", casts.render(self.depth)),
            || {
                let mut value = casts.json();
                value["end"] = json!(end);
                value
            },
        )?;
        Ok(outcome)
    }
}

/// The derivation of a body, if the function has one.
fn derive(input: &Input, x: u32) -> Result<Option<BodyDerivation>> {
    explain::body(input, x).map_err(|why| anyhow!("function {x}: {why}: this is a bug in lockstep"))
}
