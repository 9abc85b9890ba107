//! Writes the classic litmus tests of `corpus/litmus`: each shape for each kind of location and each ordering.
//!
//! `cargo run -p lockstep-litmus --example litmus_corpus -- corpus/litmus`. The expected outcomes stand in `shapes.rs` and come from the
//! literature named there, never from what Lockstep says.

mod places;
mod shapes;

use places::{KINDS, Kind};
use shapes::{Access, SHAPES, Shape, Strength};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| "corpus/litmus".into());
    let mut written = 0;
    for kind in &KINDS {
        let folder = Path::new(&folder).join(kind.name);
        fs::create_dir_all(&folder)?;
        for shape in &SHAPES {
            for strength in Strength::ALL {
                if kind.has(strength) {
                    let path = folder.join(format!("{}{}.wast", shape.name, strength.suffix()));
                    fs::write(path, script(kind, shape, strength))?;
                    written += 1;
                }
            }
        }
    }
    println!("{written} tests written");
    Ok(())
}

/// A test as a script.
fn script(kind: &Kind, shape: &Shape, strength: Strength) -> String {
    let mut out = format!(";; {} on {}, {}.\n;; {}\n\n", shape.name, kind.what, strength.what(), shape.about);
    let (reads, finals) = (shape.reads(), shape.finals.len());
    let outcomes = |forbidden: &[&str]| -> String {
        let allowed = shape.outcomes.iter().filter(|outcome| !forbidden.contains(outcome));
        allowed.map(|outcome| format!(" \"{}\"", outcome)).collect()
    };
    let _ = writeln!(out, "(@outcomes sc{})", outcomes(shape.weak));
    let forbidden = if shape.allows_weak(strength) { &[][..] } else { shape.weak };
    let _ = writeln!(out, "(@outcomes wasm{})", outcomes(forbidden));
    let _ = writeln!(out, "(@source \"{}\")\n", shape.source(strength));
    let _ = writeln!(out, "(module $Shared\n{})\n(register \"shared\" $Shared)\n", indented(kind.define, 2));
    for (i, thread) in shape.threads.iter().enumerate() {
        let read = thread.iter().filter(|access| matches!(access, Access::R(_))).count();
        let result = if read == 0 { String::new() } else { format!(" (result{})", " i32".repeat(read)) };
        let _ = writeln!(out, "(thread $T{} (shared (module $Shared))\n  (register \"shared\" $Shared)", i + 1);
        let _ = writeln!(out, "  (module\n{}    (func (export \"run\"){result}", indented(kind.import, 4));
        for (j, access) in thread.iter().enumerate() {
            if j > 0 && strength == Strength::Fences {
                out.push_str("      (atomic.fence)\n");
            }
            let _ = writeln!(out, "      {}", kind.access(*access, strength));
        }
        out.push_str("    )\n  )\n  (invoke \"run\")\n)\n");
    }
    out.push('\n');
    for i in 0..shape.threads.len() {
        let _ = writeln!(out, "(wait $T{})", i + 1);
    }
    if finals > 0 {
        let _ = writeln!(
            out,
            "\n(module $Final\n{}  (func (export \"final\") (result{})",
            indented(kind.import, 2),
            " i32".repeat(finals)
        );
        for &location in shape.finals {
            let _ = writeln!(out, "    {}", kind.access(Access::R(location), Strength::Plain));
        }
        out.push_str("  )\n)\n(invoke $Final \"final\")\n");
    }
    assert!(reads + finals > 0, "{} observes nothing", shape.name);
    out
}

fn indented(text: &str, by: usize) -> String {
    text.lines().map(|line| format!("{:by$}{line}\n", "")).collect()
}
