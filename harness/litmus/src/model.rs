//! The two models.

use std::fmt;
use std::str::FromStr;

/// A memory model, which decides which executions are possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Model {
    /// Sequential consistency: the threads take turns, step by step, on one store.
    Sc,
    /// The relaxed memory model of the threads proposal, with shared-everything-threads.
    Wasm,
}

impl Model {
    /// Both.
    pub const ALL: [Model; 2] = [Model::Sc, Model::Wasm];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Model::Sc => "sc",
            Model::Wasm => "wasm",
        }
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Model {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Model::ALL.into_iter().find(|model| model.name() == text).ok_or_else(|| "neither sc nor wasm".into())
    }
}
