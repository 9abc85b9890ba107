//! Prints what a target makes of an input, such as an artifact, as text: `show TARGET INPUT`.

use arbitrary::Unstructured;
use lockstep::differential::campaign::CampaignOptions;
use lockstep::differential::compare::Reference;
use lockstep::differential::wast;
use lockstep::engine::Program;
use lockstep_fuzz::{differential, smith};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let [target, input] = &args[..] else { return Err("usage: show TARGET INPUT".into()) };
    let input = std::fs::read(input)?;
    match target.as_str() {
        "smith_run" => {
            let module = smith::module(&mut Unstructured::new(&input), smith::Nans::Any);
            let (seed, bytes) = module.ok_or("it makes no module")?;
            println!(";; seed {seed:#x}\n{}", wasmprinter::print_bytes(bytes)?);
        }
        "differential_smith" => script(&differential::smith_program(&input).ok_or("it makes no program")?),
        "differential_gc" => script(&differential::generated(&input).program()),
        "neighbours" => {
            let neighbour = differential::neighbour_of(&input).ok_or("it makes no neighbour")?;
            println!(";; {}", neighbour.change);
            match neighbour.violation() {
                Some(invalid) => println!(";; invalid: {invalid}"),
                None => println!(";; valid"),
            }
            println!("{}", wasmprinter::print_bytes(&Program::of(&neighbour.module).modules[0].bytes)?);
        }
        other => return Err(format!("{other} takes modules, or is no target").into()),
    }
    Ok(())
}

fn script(program: &Program) {
    let seen = Reference::new(program, &CampaignOptions::limits()).seen;
    println!("{}", wast::script(program, &seen));
}
