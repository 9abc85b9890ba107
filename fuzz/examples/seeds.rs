//! Writes seeds: `seeds OUT FOLDER…`. In `OUT/modules`, for the targets that take modules, are those of all scripts and
//! texts in the folders: each becomes a `.wasm` file, well-formed or not, and the smaller ones that are there in text a
//! `.wat` file, too. In `OUT/entropy`, for the other targets, are random bytes, always the same ones.

#[path = "../../semantics/tests/common/scripts.rs"]
#[allow(dead_code)]
mod scripts;

use lockstep::generate;
use lockstep_semantics::decode::decode_text;
use lockstep_semantics::syntax::Features;
use scripts::{Form, Source, forms};
use std::path::{Path, PathBuf};

/// The longest text that makes a seed.
const TEXT: usize = 2_000;
/// How many seeds of random bytes there are of each length.
const ENTROPY: u64 = 16;
/// Their lengths: for programs that soon come to their end, and for those of campaigns.
const LENGTHS: [usize; 5] = [512, 1024, 2048, 4096, generate::BYTES];

fn main() -> std::io::Result<()> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(out), mut folders) = (args.next(), args.collect::<Vec<_>>()) else {
        eprintln!("usage: seeds OUT FOLDER…");
        std::process::exit(2);
    };
    let (modules, entropy) = (out.join("modules"), out.join("entropy"));
    std::fs::create_dir_all(&modules)?;
    std::fs::create_dir_all(&entropy)?;
    let mut seeds = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "wast") {
                seeds += script(&path, &modules)?;
            } else if path.extension().is_some_and(|ext| ext == "wat") {
                seeds += text(&path, &modules)?;
            }
        }
    }
    println!("{seeds} seeds in {}", modules.display());
    for (i, length) in LENGTHS.into_iter().enumerate() {
        for n in 0..ENTROPY {
            let bytes = generate::bytes(generate::seed_of(i as u64, n), length);
            std::fs::write(entropy.join(format!("{length}-{n}")), bytes)?;
        }
    }
    println!("{} seeds in {}", LENGTHS.len() as u64 * ENTROPY, entropy.display());
    Ok(())
}

/// The name of the seeds that come of a file.
fn stem(path: &Path) -> String {
    let names = path.parent().into_iter().chain([path]).filter_map(|path| path.file_stem());
    names.map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("-")
}

/// Writes the module of a text; how many seeds that makes.
fn text(path: &Path, out: &Path) -> std::io::Result<usize> {
    let text = std::fs::read_to_string(path)?;
    let name = stem(path);
    let mut seeds = 0;
    if let Ok((bytes, _)) = decode_text(&text) {
        std::fs::write(out.join(format!("{name}.wasm")), bytes)?;
        seeds += 1;
    }
    if text.len() <= TEXT {
        std::fs::write(out.join(format!("{name}.wat")), text)?;
        seeds += 1;
    }
    Ok(seeds)
}

/// Writes the modules of a script; how many.
fn script(path: &Path, out: &Path) -> std::io::Result<usize> {
    let name = stem(path);
    let mut seeds = 0;
    for Form { place, source, .. } in forms(path) {
        let name = format!("{name}-{}", place.rsplit(':').next().unwrap_or_default());
        if let Ok(bytes) = source.bytes(Features::SHARED_EVERYTHING) {
            std::fs::write(out.join(format!("{name}.wasm")), bytes)?;
            seeds += 1;
        }
        if let Source::Text(module) = source
            && module.len() <= TEXT
        {
            std::fs::write(out.join(format!("{name}.wat")), module)?;
            seeds += 1;
        }
    }
    Ok(seeds)
}
