//! Prints the module that `smith_run` makes of an input, such as an artifact, as text: `smith INPUT`.

use arbitrary::Unstructured;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let input = std::fs::read(std::env::args_os().nth(1).ok_or("usage: smith INPUT")?)?;
    let (seed, bytes) = lockstep_fuzz::smith::module(&mut Unstructured::new(&input)).ok_or("it makes no module")?;
    println!(";; seed {seed:#x}\n{}", wasmprinter::print_bytes(bytes)?);
    Ok(())
}
