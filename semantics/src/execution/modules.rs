//! Allocation, instantiation and invocation (4.4-execution.modules).

use super::*;
use crate::choice::Choices;
use crate::observe::Observer;
use crate::syntax::*;
use std::sync::Arc;

/// Why a module could not be instantiated.
#[derive(Clone, Debug, PartialEq)]
pub enum InstantiateError {
    /// The imports do not fit: `Externaddr_ok` fails for one of them.
    Link {
        /// The position of the import; `None` when their number is wrong.
        import: Option<usize>,
        /// What is wrong, for people.
        reason: String,
    },
    /// Initialisation ended otherwise than in values. Never [`Outcome::Values`].
    Init(Outcome),
}

/// `instantiate(s, module, externaddr*)`, and the reduction of the resulting configuration. The module must be valid.
///
/// # Errors
/// See [`InstantiateError`]. The store keeps what initialisation wrote before it failed, as in the standard.
pub fn instantiate<O: Observer, C: Choices>(
    s: &mut Store,
    module: &Arc<Module>,
    externaddrs: &[ExternAddr],
    o: &mut O,
    c: &mut C,
) -> Result<ModuleAddr, InstantiateError> {
    let _ = (s, module, externaddrs, o, c);
    unimplemented!()
}

/// `invoke(s, funcaddr, val*)`, and the reduction of the resulting configuration.
///
/// # Errors
/// When number or types of the arguments are not the function's.
pub fn invoke<O: Observer, C: Choices>(
    s: &mut Store,
    funcaddr: Addr,
    args: &[Value],
    o: &mut O,
    c: &mut C,
) -> Result<Outcome, ArgumentError> {
    let _ = (s, funcaddr, args, o, c);
    unimplemented!()
}

/// The arguments of an invocation do not have the types of the parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgumentError {
    /// The position of the first argument that does not fit; `None` when their number is wrong.
    pub argument: Option<usize>,
    /// What the function takes.
    pub expected: usize,
}
