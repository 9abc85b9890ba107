//! Writes a program as a test script (`.wast`) that asserts the answers of the semantics, for any engine that runs
//! scripts.

use crate::reduce::text;
use lockstep_engines::program::{READING, State, decode, encode};
use lockstep_engines::wast::{argument, params, quoted, result};
use lockstep_engines::{Failure, Link, Observation, Program, Reason, Resource};
use lockstep_semantics::RuleId;
use lockstep_semantics::decode::read_module_with;
use lockstep_semantics::execution::TrapClass;
use lockstep_semantics::syntax::Module;
use std::fmt::Write as _;

/// The script of a program with this observation. Observations without a directive (the content of tables and memories,
/// limits) become comments.
pub fn script(program: &Program, seen: &Observation) -> String {
    let mut out = String::new();
    let many = program.modules.len() > 1;
    let modules: Vec<Option<Module>> = program.modules.iter().map(|part| decode(&part.bytes).ok()).collect();
    for (i, end) in seen.modules.iter().enumerate() {
        let Some(part) = program.modules.get(i) else { break };
        let module = match &modules[i] {
            Some(module) => written(module, many.then(|| name(i))),
            None => binary(&part.bytes),
        };
        match end {
            Ok(()) => {
                out.push_str(&module);
                let imports = |module: &Module| module.imports.iter().any(|import| import.module == part.name);
                if modules.iter().skip(i + 1).flatten().any(imports) {
                    let _ = writeln!(out, "(register {})", quoted(part.name.as_bytes()));
                }
            }
            Err(end @ Failure::Invalid(_)) => out.push_str(&failed(&module, &literally(&part.bytes), end)),
            Err(end) => out.push_str(&failed(&module, &binary(&part.bytes), end)),
        }
    }
    for (call, end) in program.calls.iter().zip(&seen.calls) {
        let Some(end) = end else { continue };
        let module = if many { format!(" ${}", name(call.module)) } else { String::new() };
        let params = modules.get(call.module).and_then(|module| params(module.as_ref()?, &call.function));
        let mut invoke = format!("(invoke{module} {}", quoted(call.function.as_bytes()));
        let mut written = true;
        for (i, &arg) in call.args.iter().enumerate() {
            match argument(arg, params.as_ref().and_then(|params| params.get(i)).copied()) {
                Some(arg) => invoke.push_str(&format!(" ({arg})")),
                None => written = false,
            }
        }
        invoke.push(')');
        match (written, end) {
            (false, _) => comment(&mut out, &format!("{call:?}: an argument cannot be written")),
            (true, Ok(vals)) => {
                let results: Option<Vec<String>> = vals.iter().map(|&val| result(val)).collect();
                let _ = match results {
                    Some(results) if results.is_empty() => writeln!(out, "(assert_return {invoke})"),
                    Some(results) => writeln!(out, "(assert_return {invoke} {})", results.join(" ")),
                    // There is no pattern for a reference to an exception.
                    None => writeln!(out, "{invoke}"),
                };
            }
            (true, Err(Failure::Trap(class, why))) => {
                let text = trap_text(*class, why);
                let _ = writeln!(out, "(assert_trap {invoke} {})", quoted(text.as_bytes()));
            }
            (true, Err(Failure::Exception(what))) => {
                let _ = writeln!(out, "(assert_exception {invoke}) ;; {what}");
            }
            (true, Err(Failure::Exhausted(Resource::Stack))) => {
                let _ = writeln!(out, "(assert_exhaustion {invoke} \"call stack exhausted\")");
            }
            (true, Err(end)) => comment(&mut out, &format!("{invoke} ends in {end}")),
        }
    }
    let exports = program.modules.iter().enumerate().flat_map(|(i, part)| part.state.iter().map(move |s| (i, s)));
    for ((i, (export, _)), state) in exports.zip(&seen.state) {
        let module = if many { format!(" ${}", name(i)) } else { String::new() };
        match state {
            Ok(State::Global(val)) => {
                let get = format!("(get{module} {})", quoted(export.as_bytes()));
                let _ = match result(*val) {
                    Some(val) => writeln!(out, "(assert_return {get} {val})"),
                    None => writeln!(out, ";; {get} is {val}"),
                };
            }
            Ok(State::Table(vals)) => {
                let vals: Vec<String> = vals.iter().take(16).map(|val| format!("({val})")).collect();
                comment(&mut out, &format!("the table {export:?} begins with {}", vals.join(" ")));
            }
            Ok(State::Memory(bytes)) => {
                let used = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
                comment(&mut out, &format!("the memory {export:?} is zero from {used} on"));
            }
            Err(end) => comment(&mut out, &format!("{export:?}: {end}")),
        }
    }
    out
}

/// The name of a module of several.
fn name(i: usize) -> String {
    format!("m{i}")
}

fn comment(out: &mut String, text: &str) {
    for line in text.lines() {
        let _ = writeln!(out, ";; {line}");
    }
}

/// A module in text, under a name if there is one.
fn written(module: &Module, name: Option<String>) -> String {
    match name {
        Some(name) => {
            let mut module = module.clone();
            module.names.module = Some(name);
            text(&encode(&module))
        }
        None => text(&encode(module)),
    }
}

/// A module that is not valid: as text where text can say the same, in bytes elsewhere.
fn literally(bytes: &[u8]) -> String {
    let text = text(bytes);
    match read_module_with(text.as_bytes(), READING) {
        Ok((_, same)) if decode(bytes).is_ok_and(|module| module == same) => text,
        _ => binary(bytes),
    }
}

/// A module in bytes.
fn binary(bytes: &[u8]) -> String {
    format!("(module binary {})\n", quoted(bytes))
}

/// The text of a trap: its class, or the engine's words if the class is unknown.
fn trap_text(class: Option<TrapClass>, why: &Reason<RuleId>) -> String {
    class.map_or_else(|| why.to_string(), |class| class.text().to_owned())
}

/// The assertion about a module that fails to instantiate.
fn failed(module: &str, refused: &str, end: &Failure) -> String {
    let assert =
        |what: &str, module: &str, why: &str| format!("(assert_{what}\n{module}  {})\n", quoted(why.as_bytes()));
    match end {
        Failure::Invalid(why) => assert("invalid", refused, &why.to_string()),
        Failure::Malformed(why) | Failure::Proposal(why) => assert("malformed", refused, &why.to_string()),
        Failure::Unlinkable(Link::Unknown, _) => assert("unlinkable", module, "unknown import"),
        Failure::Unlinkable(Link::Incompatible, _) => assert("unlinkable", module, "incompatible import type"),
        Failure::Trap(class, why) => assert("trap", module, &trap_text(*class, why)),
        Failure::Exception(_) => format!("(assert_exception\n{module})\n"),
        end => format!(";; this ends in {}\n{module}", end.to_string().replace('\n', " ")),
    }
}
