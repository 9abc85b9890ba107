//! Kinds of directives.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a directive of a test script asks for. Each directive of a script is of exactly one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// `(module …)`: defined and instantiated.
    Module,
    /// `(module definition …)`: defined only.
    ModuleDefinition,
    /// `(module instance …)`
    ModuleInstance,
    /// `(register …)`
    Register,
    /// `(invoke …)` outside of an assertion.
    Invoke,
    /// `(get …)` outside of an assertion.
    Get,
    /// `(assert_return …)`
    AssertReturn,
    /// `(assert_trap …)`
    AssertTrap,
    /// `(assert_exception …)`
    AssertException,
    /// `(assert_exhaustion …)`
    AssertExhaustion,
    /// `(assert_suspension …)`
    AssertSuspension,
    /// `(assert_invalid …)`
    AssertInvalid,
    /// `(assert_invalid_custom …)`
    AssertInvalidCustom,
    /// `(assert_malformed …)`
    AssertMalformed,
    /// `(assert_malformed_custom …)`
    AssertMalformedCustom,
    /// `(assert_unlinkable …)`
    AssertUnlinkable,
    /// `(thread …)`
    Thread,
    /// `(wait …)`
    Wait,
    /// `(input …)`
    Input,
    /// `(output …)`
    Output,
    /// `(script …)`, and what is no directive: tokens between forms, a form that cannot be read, or a whole script.
    Script,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 21] = [
        Kind::Module,
        Kind::ModuleDefinition,
        Kind::ModuleInstance,
        Kind::Register,
        Kind::Invoke,
        Kind::Get,
        Kind::AssertReturn,
        Kind::AssertTrap,
        Kind::AssertException,
        Kind::AssertExhaustion,
        Kind::AssertSuspension,
        Kind::AssertInvalid,
        Kind::AssertInvalidCustom,
        Kind::AssertMalformed,
        Kind::AssertMalformedCustom,
        Kind::AssertUnlinkable,
        Kind::Thread,
        Kind::Wait,
        Kind::Input,
        Kind::Output,
        Kind::Script,
    ];

    /// The name, as in scripts.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Module => "module",
            Kind::ModuleDefinition => "module_definition",
            Kind::ModuleInstance => "module_instance",
            Kind::Register => "register",
            Kind::Invoke => "invoke",
            Kind::Get => "get",
            Kind::AssertReturn => "assert_return",
            Kind::AssertTrap => "assert_trap",
            Kind::AssertException => "assert_exception",
            Kind::AssertExhaustion => "assert_exhaustion",
            Kind::AssertSuspension => "assert_suspension",
            Kind::AssertInvalid => "assert_invalid",
            Kind::AssertInvalidCustom => "assert_invalid_custom",
            Kind::AssertMalformed => "assert_malformed",
            Kind::AssertMalformedCustom => "assert_malformed_custom",
            Kind::AssertUnlinkable => "assert_unlinkable",
            Kind::Thread => "thread",
            Kind::Wait => "wait",
            Kind::Input => "input",
            Kind::Output => "output",
            Kind::Script => "script",
        }
    }

    /// Whether it is one of the `assert_…` directives.
    pub const fn is_assertion(self) -> bool {
        matches!(
            self,
            Kind::AssertReturn
                | Kind::AssertTrap
                | Kind::AssertException
                | Kind::AssertExhaustion
                | Kind::AssertSuspension
                | Kind::AssertInvalid
                | Kind::AssertInvalidCustom
                | Kind::AssertMalformed
                | Kind::AssertMalformedCustom
                | Kind::AssertUnlinkable
        )
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
