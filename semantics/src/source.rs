//! The source text of the rules and productions: which functions of this crate are one.
//!
//! The text is part of the program, so that what shows a rule can show the code that is it, wherever it runs.

use lockstep_spec::{ProductionId, RuleId};

/// A function that applies rules or reads by productions, or that stands in for some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// The file that it is in, from the root of this crate.
    pub file: &'static str,
    /// The first of its lines, those of its doc comment among them, counted from 1.
    pub first: u32,
    /// The last of its lines.
    pub last: u32,
    /// The names of the rules, in the order of the standard.
    pub rules: &'static [&'static str],
    /// The names of the productions, in the order of the standard.
    pub productions: &'static [&'static str],
    /// The lines, without the indentation that all of them have.
    pub code: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/source.rs"));

/// All functions that apply rules, read by productions or stand in for some, by file and line.
pub const fn functions() -> &'static [Function] {
    FUNCTIONS
}

/// The functions that are a rule: those that name it, or those that stand in for it according to the catalogue. A rule
/// may have none: when it is still to come, or when what stands in for it is no function.
pub fn of(rule: RuleId) -> impl Iterator<Item = &'static Function> {
    FUNCTIONS.iter().filter(move |function| function.rules.contains(&rule.as_str()))
}

/// The functions that are a production, as [`of`] has those that are a rule. In a table of productions, a part of it counts
/// as a function.
pub fn of_production(production: ProductionId) -> impl Iterator<Item = &'static Function> {
    FUNCTIONS.iter().filter(move |function| function.productions.contains(&production.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_spec::{Code, production, rule};

    #[test]
    fn every_fired_rule_has_a_function() {
        let lost = |rule: &RuleId| rule.rule().code == Code::Fired && of(*rule).next().is_none();
        let lost: Vec<RuleId> = RuleId::ALL.into_iter().filter(lost).collect();
        assert_eq!(lost, []);
    }

    #[test]
    fn every_production_of_the_binary_format_has_a_function() {
        let binary = |id: &ProductionId| id.as_str().starts_with('B') && id.production().code == Code::Fired;
        let lost = ProductionId::ALL.into_iter().filter(binary).filter(|&id| of_production(id).next().is_none());
        assert_eq!(lost.collect::<Vec<_>>(), []);
    }

    #[test]
    fn a_part_of_a_table_is_a_function() {
        let functions: Vec<&Function> = of_production(production!("Binstr/i31")).collect();
        let [function] = functions[..] else { panic!("{functions:#?}") };
        assert_eq!((function.name, function.file), ("productions", "src/opcodes/references.rs"));
        assert!(function.code.starts_with("production!(\"Binstr/i31\"):\n"), "{}", function.code);
        assert!(function.code.ends_with("30 => I31Get(U),"), "{}", function.code);
    }

    #[test]
    fn a_function_is_whole() {
        let functions: Vec<&Function> = of(rule!("Step_read/struct.get-null")).collect();
        let [function] = functions[..] else { panic!("{functions:#?}") };
        assert_eq!((function.name, function.file), ("struct_get", "src/execution/instructions/structure.rs"));
        assert!(function.code.starts_with("/// Reads a field.\n"), "{}", function.code);
        assert!(function.code.ends_with("\n}"), "{}", function.code);
        assert_eq!(function.rules, ["Step_read/struct.get-null", "Step_read/struct.get-struct"]);
        assert_eq!(function.code.lines().count(), (function.last - function.first + 1) as usize);
    }

    #[test]
    fn stand_ins_have_functions() {
        assert!(of(RuleId::of("Steps/trans")).any(|function| function.name == "run"));
    }
}
