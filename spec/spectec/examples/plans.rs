//! Which clauses and rules of the `.spectec` files of a folder cannot be evaluated, since something in them is not
//! determined: `plans FOLDER`.

use std::{env, fs};

use lockstep_spectec::elab::elaborate;
use lockstep_spectec::eval::{Machine, NoBuiltins};
use lockstep_spectec::il::{FunId, RelId};
use lockstep_spectec::parse::parse;
use lockstep_spectec::source::Sources;

fn main() -> std::io::Result<()> {
    let Some(folder) = env::args().nth(1) else { return Ok(()) };
    let mut files: Vec<_> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.sort();
    let mut sources = Sources::new();
    for path in files {
        sources.add(path.display().to_string(), fs::read_to_string(&path)?);
    }
    let (script, _) = elaborate(&parse(&sources).0);
    let mut machine = Machine::new(&script, &NoBuiltins);
    let (mut clauses, mut missing) = (0, 0);
    for (i, fun) in script.funs.iter().enumerate() {
        let stuck = machine.undetermined_clauses(FunId(i as u32));
        clauses += fun.clauses.len();
        missing += usize::from(fun.clauses.is_empty());
        stuck.iter().for_each(|j| println!("${} clause {j}", fun.name));
    }
    println!("of {clauses} clauses; {missing} functions have none");
    let (mut decide, mut execute, mut of_decide, mut of_execute) = (0, 0, 0, 0);
    for (i, rel) in script.rels.iter().enumerate() {
        let id = RelId(i as u32);
        let stuck = machine.undetermined(id, &vec![true; rel.typs.len()]);
        of_decide += rel.rules.len();
        decide += stuck.len();
        let check = machine.uncheckable(id);
        check.iter().for_each(|j| println!("check {}/{}", rel.name, rel.rules[*j].name));
        stuck.iter().for_each(|j| println!("decide {}/{}", rel.name, rel.rules[*j].name));
        let inputs = machine.input_count(id);
        if inputs < rel.typs.len() {
            let known: Vec<bool> = (0..rel.typs.len()).map(|j| j < inputs).collect();
            let stuck = machine.undetermined(id, &known);
            of_execute += rel.rules.len();
            execute += stuck.len();
            stuck.iter().for_each(|j| println!("execute {}/{}", rel.name, rel.rules[*j].name));
        }
    }
    println!("decide: {decide} of {of_decide} rules are stuck; execute: {execute} of {of_execute}");
    Ok(())
}
