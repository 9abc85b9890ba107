//! Writes the modules of all test scripts in some folders as seeds: `seeds OUT FOLDER…`. Each becomes a `.wasm` file,
//! well-formed or not, and the smaller ones that a script has in text a `.wat` file, too.

use lockstep_semantics::decode::{Malformed, encode_quoted, encode_wat};
use std::path::{Path, PathBuf};
use wast::lexer::{Lexer, TokenKind};
use wast::parser::{ParseBuffer, parse};
use wast::{Wast, WastDirective, WastExecute};

/// The longest text that makes a seed.
const TEXT: usize = 2_000;

fn main() -> std::io::Result<()> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(out), mut folders) = (args.next(), args.collect::<Vec<_>>()) else {
        eprintln!("usage: seeds OUT FOLDER…");
        std::process::exit(2);
    };
    std::fs::create_dir_all(&out)?;
    let mut seeds = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "wast") {
                seeds += script(&path, &out)?;
            }
        }
    }
    println!("{seeds} seeds in {}", out.display());
    Ok(())
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
    let names = path.parent().into_iter().chain([path]).filter_map(|path| path.file_stem());
    let name = names.map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("-");
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
