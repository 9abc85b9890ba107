//! The setup of threads: directives before their planned operations. A plan executes them once, in advance; an engine
//! that runs the script must repeat them.

use lockstep_engines::InstanceId;
use lockstep_engines::Val;
use lockstep_semantics::syntax::Module;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Something that a thread does before its operations.
#[derive(Clone, Debug, PartialEq)]
pub enum Setup {
    /// Instantiates a module.
    Instantiate {
        /// The number of the instance, among those of the plan.
        instance: usize,
        /// The instances that the module imports from, by the names that it has for them. A name may be missing.
        from: BTreeMap<String, usize>,
    },
    /// Calls a function, when there are no other threads yet.
    Call {
        /// The number of the instance.
        instance: usize,
        /// The export.
        name: String,
        /// The arguments.
        args: Vec<Val>,
    },
    /// A directive that does something else.
    Other {
        /// Line and column.
        place: (u32, u32),
        /// What it is.
        what: &'static str,
    },
}

impl Setup {
    pub(super) fn instantiate(instance: InstanceId, module: &Module, names: &Registered) -> Setup {
        let from = module.imports.iter().filter_map(|import| {
            let instance = names.0.get(&import.module)?;
            Some((import.module.clone(), instance.0))
        });
        Setup::Instantiate { instance: instance.0, from: from.collect() }
    }
}

/// The instances that a thread has registered.
#[derive(Clone, Debug, Default)]
pub(super) struct Registered(FxHashMap<String, InstanceId>);

impl Registered {
    pub(super) fn insert(&mut self, name: &str, instance: InstanceId) {
        self.0.insert(name.to_owned(), instance);
    }
}
