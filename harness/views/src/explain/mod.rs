//! Explains why a module is invalid, why a type matches another or does not, and why a cast succeeds or fails.
//!
//! | here | what |
//! |---|---|
//! | [`module()`] | a module: valid, or the rule and the premise that fail, the found and needed sides, and the place |
//! | [`body()`] | the derivation of a function body |
//! | [`page()`] | derivations as a page to fold and unfold |
//! | [`mod@subtype`] | `$a <: $b`, in one module or across two |
//! | [`mod@canonical`] | which types of a module are one type, and which nearly are |
//! | [`casts`] | the casts of a run |
//! | [`Tree`] | derivations to look at |

mod body;
pub mod canonical;
pub mod casts;
mod invalid;
mod labels;
mod malformed;
mod page;
mod premise;
mod render;
mod source;
mod stack;
pub mod subtype;
mod tree;
mod typing;

pub use body::{BodyDerivation, body};
pub use page::page;
pub use tree::{Conclusion, Tree};

use lockstep_scripts::script::{ScriptModule, module_at};
use lockstep_semantics::decode::{Dialect, Malformed, ModuleFormat, read_with_proposals};
use lockstep_semantics::observe::Unobserved;
use lockstep_semantics::syntax::Module;
use lockstep_semantics::validation::{Place, validate};
use lockstep_spec::{ProductionId, RuleId};
use std::ops::Range;
use std::path::Path;

/// The verdict of an explanation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// The module is valid.
    #[default]
    Valid,
    /// The module is not valid.
    Invalid,
    /// The input is not a module.
    Malformed,
}

impl Verdict {
    /// In one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Valid => "valid",
            Verdict::Invalid => "invalid",
            Verdict::Malformed => "malformed",
        }
    }
}

/// An explanation of a module's validity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// The file.
    pub path: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The error, in a few words.
    pub headline: String,
    /// The rule that could not be applied.
    pub rule: Option<RuleId>,
    /// The production that a text or a binary is not derived by.
    pub production: Option<ProductionId>,
    /// The premise of it that does not hold, in the notation of the standard.
    pub premise: Option<String>,
    /// The actual side of the premise, such as a type.
    pub found: Option<String>,
    /// The expected side of the premise.
    pub needed: Option<String>,
    /// The definition and the byte.
    pub place: String,
    /// The instruction at fault, if one is.
    pub instruction: Option<String>,
    /// The position in the text; none for binaries.
    pub span: Option<Range<usize>>,
    /// Other places in the text that matter, and why.
    pub context: Vec<(Range<usize>, String)>,
    /// Further notes.
    pub notes: Vec<String>,
    /// Suggestions.
    pub help: Vec<String>,
    /// The derivation down to the failure.
    pub derivation: Option<Tree>,
}

/// A module that was read, with its text if it has one.
#[derive(Debug)]
pub struct Input {
    /// The file.
    pub path: String,
    /// The text, if it is one.
    pub text: Option<String>,
    /// The module.
    pub module: Module,
}

impl Input {
    /// Reads a module in the binary or the text format.
    ///
    /// # Errors
    /// Why it is malformed.
    pub fn read(path: &str, content: &[u8]) -> Result<Input, Box<Explanation>> {
        let read = read_with_proposals(content, ModuleFormat::of(Path::new(path)), Dialect::Proposal);
        Input::of(path, std::str::from_utf8(content).ok().map(str::to_owned), read.map(|(_, module)| module))
    }

    /// The module of the directive at a line of a script.
    ///
    /// # Errors
    /// When there is none, and why it is malformed.
    pub fn at_line(path: &str, script: &str, line: u32) -> Result<Result<Input, Box<Explanation>>, String> {
        let ScriptModule { text, module, place } = module_at(script, line)?;
        let path = match place {
            Some((line, column)) => format!("{path}:{line}:{column}"),
            None => path.to_owned(),
        };
        Ok(Input::of(&path, text, module))
    }

    fn of(path: &str, text: Option<String>, read: Result<Module, Malformed>) -> Result<Input, Box<Explanation>> {
        match read {
            Ok(module) => {
                let text = text.filter(|_| module.offsets.lines.is_some());
                Ok(Input { path: path.to_owned(), text, module })
            }
            Err(error) => Err(Box::new(malformed::explain(path, text.as_deref(), &error))),
        }
    }

    /// Where in the text a place is, and whether it is that of an instruction.
    fn find(&self, place: Place) -> Option<(Range<usize>, bool)> {
        source::find(self.text.as_deref()?, &self.module, place)
    }
}

/// Explains whether a module is valid; the derivation is made when `derivation` asks for it.
pub fn module(input: &Input, derivation: bool) -> Explanation {
    invalid::explain(input, derivation)
}

/// Why the types of a module are not valid, whatever the rest of it is; none when they are.
pub fn types(input: &Input) -> Option<Explanation> {
    let types = Module { types: input.module.types.clone(), ..Module::default() };
    validate(&types, &mut Unobserved).err().map(|_| module(input, false))
}
