//! Evaluates functions without parameters of the `.spectec` files of a folder and a file: `evaluate FOLDER FILE $F…`, and
//! looks for solutions of a relation whose first components they are: `evaluate FOLDER FILE REL $F…`. `REL*` goes on from
//! the last component as long as there is one.

use std::time::Instant;
use std::{env, fs};

use lockstep_spectec::elab::elaborate;
use lockstep_spectec::eval::{Limits, Machine, NoBuiltins};
use lockstep_spectec::il::{FunId, RelId};
use lockstep_spectec::parse::parse;
use lockstep_spectec::print::show_term;
use lockstep_spectec::source::Sources;

fn main() -> std::io::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [folder, file, names @ ..] = &args[..] else { return Ok(()) };
    let mut files: Vec<_> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.sort();
    let mut sources = Sources::new();
    for path in files.iter().map(|path| path.display().to_string()).chain([file.clone()]) {
        let text = fs::read_to_string(&path)?;
        sources.add(path, text);
    }
    let (defs, errors) = parse(&sources);
    let (script, more) = elaborate(&defs);
    for diagnostic in errors.iter().chain(&more) {
        print!("{}", diagnostic.render(&sources));
    }
    let mut machine = Machine::new(&script, &NoBuiltins);
    let repeat = names.first().is_some_and(|name| name.ends_with('*'));
    let named = names.first().map(|name| name.trim_end_matches('*'));
    let rel = named.and_then(|name| script.rels.iter().position(|rel| *rel.name == *name));
    let mut inputs = Vec::new();
    for name in names {
        let Some(fun) = name.strip_prefix('$') else { continue };
        let Some(fun) = script.funs.iter().position(|def| *def.name == *fun) else { continue };
        let start = Instant::now();
        let result = machine.call(FunId(fun as u32), Vec::new());
        match result {
            Ok(term) => {
                println!("{name} = {} ({:?})", show_term(&script, &machine.terms, term), start.elapsed());
                inputs.push(Some(term));
            }
            Err(stop) => println!("{name}: {stop:?}"),
        }
    }
    if let Some(rel) = rel {
        inputs.resize(script.rels[rel].typs.len(), None);
        let start = Instant::now();
        if repeat {
            machine.limit(Limits { steps: u64::MAX, ..Limits::default() });
            let mut count = 0;
            loop {
                let answer = machine.first(RelId(rel as u32), &inputs);
                let next = answer.as_ref().ok().and_then(|first| first.as_ref()?.components.last().copied());
                let Some(term) = next else {
                    println!("{answer:?} after {count}, {:?}, {} steps", start.elapsed(), machine.steps());
                    println!("{}", show_term(&script, &machine.terms, inputs[0].unwrap_or(machine.terms.empty())));
                    return Ok(());
                };
                count += 1;
                inputs[0] = Some(term);
                if machine.terms.size() > 1 << 16 {
                    let mut roots = [term];
                    machine.collect(&mut roots);
                    inputs[0] = Some(roots[0]);
                }
            }
        }
        let result = machine.solve(RelId(rel as u32), &inputs, &mut |machine, solution| {
            let rule = &script.rels[rel].rules[solution.rule].name;
            let shown: Vec<String> =
                solution.components.iter().map(|term| show_term(&script, &machine.terms, *term)).collect();
            println!("by {rule}: {}", shown.join(" ; "));
            Ok(false)
        });
        println!("{result:?} in {:?}, {} steps", start.elapsed(), machine.steps());
    }
    Ok(())
}
