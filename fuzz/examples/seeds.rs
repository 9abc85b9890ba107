//! Writes seeds: `seeds OUT FOLDER…`. In `OUT/modules`, for the targets that take modules, are those of all scripts and
//! texts in the folders: each becomes a `.wasm` file, well-formed or not, and the smaller ones that are there in text a
//! `.wat` file, too. In `OUT/entropy`, for the other targets, are random bytes, always the same ones.

use lockstep::generate;
use lockstep_semantics::decode::{Malformed, decode_text, encode_quoted, encode_wat};
use std::path::{Path, PathBuf};
use wast::lexer::{Lexer, TokenKind};
use wast::parser::{ParseBuffer, parse};
use wast::{Wast, WastDirective, WastExecute};

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
    let text = std::fs::read_to_string(path)?;
    let mut lexer = Lexer::new(&text);
    lexer.allow_confusing_unicode(true);
    let script = ParseBuffer::new_with_lexer(lexer);
    let script =
        match script.as_ref().map_err(|e| e.message()).and_then(|b| parse::<Wast<'_>>(b).map_err(|e| e.message())) {
            Ok(script) => script,
            Err(e) => {
                eprintln!("{}: {e}", path.display());
                return Ok(0);
            }
        };
    let name = stem(path);
    let mut seeds = 0;
    let mut write = |at: usize, bytes: Result<Vec<u8>, Malformed>| {
        let name = format!("{name}-{at}");
        if let Ok(bytes) = bytes {
            std::fs::write(out.join(format!("{name}.wasm")), bytes)?;
            seeds += 1;
        }
        match field(&text[at..]) {
            Some(module) if module.len() <= TEXT && module.starts_with("(module") => {
                seeds += 1;
                std::fs::write(out.join(format!("{name}.wat")), module)
            }
            _ => Ok(()),
        }
    };
    for directive in script.directives {
        match directive {
            WastDirective::Module(mut module)
            | WastDirective::ModuleDefinition(mut module)
            | WastDirective::AssertInvalid { mut module, .. }
            | WastDirective::AssertMalformed { mut module, .. } => {
                write(open(&text, module.span().offset()), encode_quoted(&mut module, &text))?;
            }
            WastDirective::AssertUnlinkable { mut module, .. }
            | WastDirective::AssertTrap { exec: WastExecute::Wat(mut module), .. }
            | WastDirective::AssertException { exec: WastExecute::Wat(mut module), .. }
            | WastDirective::AssertReturn { exec: WastExecute::Wat(mut module), .. } => {
                write(open(&text, module.span().offset()), encode_wat(&mut module, &text))?;
            }
            _ => {}
        }
    }
    Ok(seeds)
}

/// The parenthesis before a keyword.
fn open(text: &str, keyword: usize) -> usize {
    text[..keyword].rfind('(').unwrap_or(text.len())
}

/// The text up to the parenthesis that closes the one at its beginning.
fn field(text: &str) -> Option<&str> {
    let (lexer, mut pos, mut depth) = (Lexer::new(text), 0, 0);
    while let Some(token) = lexer.parse(&mut pos).ok()? {
        match token.kind {
            TokenKind::LParen => depth += 1,
            TokenKind::RParen if depth == 1 => return Some(&text[..pos]),
            TokenKind::RParen => depth -= 1,
            _ => {}
        }
    }
    None
}
