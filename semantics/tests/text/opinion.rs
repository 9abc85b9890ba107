//! What `wast` says of a text, held against what is said here.

use lockstep_semantics::decode::{Malformed, MalformedKind, Reading, decode_with};
use lockstep_semantics::encode::encode;
use lockstep_semantics::syntax::{ElemMode, Features, Instr, Module, RefType};
use lockstep_semantics::text;
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};

/// How the two differ.
#[derive(Debug)]
pub(crate) enum Difference {
    /// Only `wast` reads it.
    OnlyTheirs(Malformed),
    /// Only we read it.
    OnlyOurs(String),
    /// Both read it, as different modules.
    Modules(String, String),
}

/// The module that `wast` reads.
pub(crate) fn theirs(text: &str, features: Features) -> Result<Module, String> {
    // It knows the present spellings only.
    let text = &text.replace("seq_cst", "seqcst ").replace("acq_rel", "acqrel ");
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer).map_err(|e| e.to_string())?;
    let mut wat = parser::parse::<wast::Wat<'_>>(&buffer).map_err(|e| e.to_string())?;
    let bytes = wat.encode().map_err(|e| e.to_string())?;
    decode_with(&bytes, Reading::of_text(features)).map_err(|e| e.to_string())
}

/// Compares the two, if a proposal is not in the way.
pub(crate) fn compare(text: &str, features: Features) -> Option<Difference> {
    match (text::read(text, features), theirs(text, features)) {
        (Ok(ours), Ok(theirs)) => {
            let (ours, theirs) = (alike(ours), alike(theirs));
            let same = encode(&ours) == encode(&theirs);
            (!same).then(|| {
                let again = |module: &Module| decode_with(&encode(module), Reading { features, ..Reading::default() });
                Difference::Modules(format!("{:?}", again(&ours)), format!("{:?}", again(&theirs)))
            })
        }
        (Ok(_), Err(why)) => Some(Difference::OnlyOurs(why)),
        (Err(Malformed { kind: MalformedKind::Unsupported { .. }, .. }), Ok(_)) => None,
        (Err(why), Ok(_)) => Some(Difference::OnlyTheirs(why)),
        (Err(_), Err(_)) => None,
    }
}

/// A module in which the segments inside of tables of functions have the type that `wast` gives them.
fn alike(mut module: Module) -> Module {
    for elem in &mut module.elems {
        let only_functions = elem.init.iter().all(|&init| {
            let mut instrs = module.code.seq(init);
            matches!((instrs.next(), instrs.next()), (Some(Instr::RefFunc(_)), None))
        });
        if elem.ty == RefType::FUNCREF && only_functions && matches!(elem.mode, ElemMode::Active(..)) {
            elem.ty.null = false;
        }
    }
    module
}
