//! Reads and elaborates the `.spectec` files of a folder: `elaborate FOLDER [RULE | $FUNCTION | TYPE]…`.
//!
//! Prints what is wrong with them, how many definitions there are and how long it took, and the elaborated form of the
//! definitions that are named.

use std::path::Path;
use std::time::Instant;
use std::{env, fs};

use lockstep_spectec::elab::elaborate;
use lockstep_spectec::lint::lint;
use lockstep_spectec::parse::parse;
use lockstep_spectec::print::Printer;
use lockstep_spectec::source::Sources;

fn read(folder: &str) -> std::io::Result<Sources> {
    let mut files: Vec<_> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "spectec"));
    files.sort();
    let mut sources = Sources::new();
    for path in files {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        sources.add(name, fs::read_to_string(Path::new(&path))?);
    }
    Ok(sources)
}

fn main() -> std::io::Result<()> {
    let mut args = env::args().skip(1);
    let Some(folder) = args.next() else {
        eprintln!("elaborate FOLDER [RULE | $FUNCTION | TYPE]…");
        return Ok(());
    };
    let sources = read(&folder)?;
    let start = Instant::now();
    let (defs, mut diagnostics) = parse(&sources);
    let parsed = start.elapsed();
    let (script, more) = elaborate(&defs);
    let elaborated = start.elapsed() - parsed;
    diagnostics.extend(more);
    diagnostics.extend(lint(&script));
    for diagnostic in &diagnostics {
        print!("{}", diagnostic.render(&sources));
    }
    let rules: usize = script.rels.iter().map(|rel| rel.rules.len()).sum();
    let clauses: usize = script.funs.iter().map(|fun| fun.clauses.len()).sum();
    println!(
        "{} types, {} relations, {rules} rules, {} functions, {clauses} clauses, {} grammars; {} diagnostics",
        script.typs.len(),
        script.rels.len(),
        script.funs.len(),
        script.grams.len(),
        diagnostics.len()
    );
    println!("read in {parsed:?}, elaborated in {elaborated:?}");
    for name in args {
        if let Some(fun) = name.strip_prefix('$').and_then(|name| script.fun(name)) {
            print!("{}", Printer::fun(&script, fun));
        } else if let Some(def) = script.typ(&name) {
            print!("{}", Printer::typ_def(&script, def));
        } else if let Some(rule) = script.rule(&name) {
            let rel = script.rel(name.split('/').next().unwrap_or_default());
            rel.iter().for_each(|rel| print!("{}", Printer::rule(&script, rel, rule)));
        } else {
            println!("there is no {name}");
        }
    }
    Ok(())
}
