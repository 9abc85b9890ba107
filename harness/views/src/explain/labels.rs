//! Names of types and other definitions, for people.

use lockstep_semantics::syntax::{DefType, Module, Names, TypeUse};
use lockstep_semantics::validation::Definition;
use std::collections::BTreeMap;

/// Labels for defined types: `⟨$a⟩` is the type that the index `$a` stands for.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels(BTreeMap<usize, String>);

impl Labels {
    /// Labels the types of a module; a type that has a label keeps it.
    pub(super) fn add(&mut self, types: &[DefType], names: &Names, module: Option<&str>) {
        use lockstep_semantics::syntax::Notation as _;
        for (x, dt) in (0..).zip(types) {
            let tu = TypeUse::Idx(x);
            let name = tu.display(names);
            self.0.entry(dt.index()).or_insert_with(|| match module {
                Some(module) => format!("⟨{module}:{name}⟩"),
                None => format!("⟨{name}⟩"),
            });
        }
    }

    /// The labels of one module.
    pub(super) fn of(types: &[DefType], names: &Names) -> Self {
        let mut labels = Labels::default();
        labels.add(types, names, None);
        labels
    }

    /// Puts labels in place of `deftype.7`.
    pub(super) fn apply(&self, text: &str) -> String {
        const HEAD: &str = "deftype.";
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(HEAD) {
            let (before, after) = rest.split_at(at);
            let digits = after[HEAD.len()..].find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len() - HEAD.len());
            let (token, next) = after.split_at(HEAD.len() + digits);
            out.push_str(before);
            match token[HEAD.len()..].parse().ok().and_then(|i: usize| self.0.get(&i)) {
                Some(label) if !before.ends_with('$') => out.push_str(label),
                _ => out.push_str(token),
            }
            rest = next;
        }
        out + rest
    }
}

/// A definition by its number and its name.
pub(super) fn name(module: &Module, definition: Definition) -> String {
    let name = match definition {
        Definition::Type(x) => module.names.types.get(&x),
        Definition::Func(x) => module.names.funcs.get(&x),
        Definition::Global(x) => module.names.globals.get(&x),
        Definition::Table(x) => module.names.tables.get(&x),
        Definition::Mem(x) => module.names.mems.get(&x),
        Definition::Tag(x) => module.names.tags.get(&x),
        Definition::Data(x) => module.names.datas.get(&x),
        Definition::Elem(x) => module.names.elems.get(&x),
        Definition::Import(_) | Definition::Start | Definition::Export(_) | Definition::Module => None,
    };
    match name {
        Some(name) => format!("{definition} (${name})"),
        None => definition.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_in_for_handles() {
        let labels = Labels(BTreeMap::from_iter([(7, "⟨$a⟩".to_owned())]));
        assert_eq!(labels.apply("(ref deftype.7) <: deftype.71"), "(ref ⟨$a⟩) <: deftype.71");
        assert_eq!(labels.apply("$deftype.7 deftype."), "$deftype.7 deftype.");
    }
}
