//! `lockstep run`

use super::bounds::Bounds;
use super::{Outcome, Output, input, literal};
use crate::engine::{Failure, InstanceId, Limits, SemanticsSession, Session as _};
use anyhow::{Result, anyhow};
use clap::Args;
use lockstep_semantics::decode::{Dialect, ModuleFormat, read_with_proposals};
use lockstep_semantics::execution::ExternAddr;
use lockstep_semantics::observe::Observer;
use lockstep_semantics::syntax::Features;
use lockstep_semantics::syntax::{ExternType, TypeUse};
use lockstep_spec::RuleId;
use std::io::Write as _;
use std::path::PathBuf;

/// Instantiate a module and invoke one of its functions
///
/// The exports of `spectest` are there to be imported. Without --invoke, the exports are listed.
#[derive(Debug, Args)]
pub(super) struct Run {
    /// The module, in binary or text format; `-` is standard input
    file: PathBuf,

    /// The exported function to invoke
    #[arg(long, value_name = "NAME")]
    invoke: Option<String>,

    /// Its arguments, as literals of the text format: 42, -0x1p3, nan, null, i32x4 1 2 3 4
    #[arg(requires = "invoke", allow_hyphen_values = true, trailing_var_arg = true)]
    args: Vec<String>,

    #[command(flatten)]
    bounds: Bounds,
}

/// Remembers the rule that was used last.
#[derive(Default)]
struct LastRule(Option<RuleId>);

impl Observer for LastRule {
    fn rule(&mut self, rule: RuleId) {
        self.0 = Some(rule);
    }
}

type Session = SemanticsSession<LastRule>;

impl Run {
    pub(super) fn execute(self, stdout: &mut Output) -> Result<Outcome> {
        let content = input::read(&self.file)?;
        let mut session = Session::new(
            &Limits { features: Features::SHARED_EVERYTHING, ..self.bounds.limits() },
            LastRule::default(),
        );
        let instance = match instantiate(&mut session, &content, ModuleFormat::of(&self.file)) {
            Ok(instance) => instance,
            Err(end) => return ended(stdout, &session, &end),
        };
        let Some(name) = &self.invoke else {
            list(stdout, &session, instance)?;
            return Ok(Outcome::AsExpected);
        };
        let args = self.arguments(&session, instance, name)?;
        match session.invoke(instance, name, &args) {
            Ok(results) => {
                for result in results {
                    writeln!(stdout, "{result}")?;
                }
                Ok(Outcome::AsExpected)
            }
            Err(Failure::Misuse(what)) => Err(anyhow!(what)),
            Err(end) => ended(stdout, &session, &end),
        }
    }

    fn arguments(&self, session: &Session, instance: InstanceId, name: &str) -> Result<Vec<crate::engine::Val>> {
        let store = session.store();
        match store.export(session.instance(instance), name) {
            Some(ExternAddr::Func(address)) => {
                literal::arguments(&self.args, &store.func_type(address).params).map_err(|why| anyhow!(why))
            }
            Some(_) => Err(anyhow!("the export {name:?} is not a function")),
            None => Err(anyhow!("{} has no export {name:?}", self.file.display())),
        }
    }
}

fn instantiate(session: &mut Session, content: &[u8], format: ModuleFormat) -> Result<InstanceId, Failure> {
    let (_, module) = read_with_proposals(content, format, Dialect::Proposal)?;
    let module = session.load_module(module)?;
    session.instantiate(module)
}

/// Says how the run ended, and by which rule if the end does not say so itself.
fn ended(stdout: &mut Output, session: &Session, end: &Failure) -> Result<Outcome> {
    match (end, session.observer().0) {
        (Failure::Exception(_), Some(rule)) => writeln!(stdout, "{end} ({rule})")?,
        _ => writeln!(stdout, "{end}")?,
    }
    Ok(Outcome::Findings)
}

fn list(stdout: &mut Output, session: &Session, instance: InstanceId) -> Result<()> {
    let store = session.store();
    for (name, address) in store.exports(session.instance(instance)) {
        match (address, store.extern_type(address)) {
            (ExternAddr::Func(address), _) => writeln!(stdout, "{name:?}: {}", store.func_type(address))?,
            (ExternAddr::Tag(_), ExternType::Tag(TypeUse::Def(dt))) => {
                // A tag has the parameters of a function type.
                let params = store.types.expand(dt).to_string();
                writeln!(stdout, "{name:?}: {}", params.replacen("(func", "(tag", 1))?;
            }
            (_, ty) => writeln!(stdout, "{name:?}: {ty}")?,
        }
    }
    Ok(())
}
