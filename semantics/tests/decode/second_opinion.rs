//! `wasmparser`'s readers as a second opinion on what is a module.

use crate::generated::{Random, module};
use crate::hostile::function;
use crate::suite::for_each_module;
use lockstep_semantics::decode::{MalformedKind, decode};
use std::collections::BTreeMap;
use wasmparser::{Validator, WasmFeatures};

/// WebAssembly 3.0; `wasmparser` counts threads to it, the standard does not.
pub(crate) const FEATURES: WasmFeatures = WasmFeatures::WASM3.difference(WasmFeatures::THREADS);

/// What `wasmparser`'s readers refuse and the standard does not, at least not as malformed; see `spec/deviations.md`.
const STRICTER: [&str; 4] = [
    // Limits on the lengths of lists and strings, and on type indices.
    "size is out of bounds",
    "string size out of bounds",
    "type index greater than implementation limits",
    // In a constant expression they take the first `end` for the last one.
    "control frames remain at end of expression",
];

/// What `wasmparser` makes of the bytes without validating them.
fn read(bytes: &[u8]) -> wasmparser::Result<()> {
    use wasmparser::Payload::*;
    let mut parser = wasmparser::Parser::new(0);
    parser.set_features(FEATURES);
    for payload in parser.parse_all(bytes) {
        match payload? {
            TypeSection(s) => s.into_iter().try_for_each(|x| x.map(drop))?,
            ImportSection(s) => s.into_iter().try_for_each(|x| x.map(drop))?,
            FunctionSection(s) => s.into_iter().try_for_each(|x| x.map(drop))?,
            TableSection(s) => s.into_iter().try_for_each(|x| x.map(drop))?,
            MemorySection(s) => s.into_iter().try_for_each(|x| x.map(drop))?,
            TagSection(s) => s.into_iter().try_for_each(|x| x.map(drop))?,
            GlobalSection(s) => s.into_iter().try_for_each(|x| x.map(drop))?,
            ExportSection(s) => s.into_iter().try_for_each(|x| x.map(drop))?,
            ElementSection(s) => s.into_iter().try_for_each(|x| x.map(drop))?,
            DataSection(s) => s.into_iter().try_for_each(|x| x.map(drop))?,
            CodeSectionEntry(body) => {
                body.get_locals_reader()?.into_iter().try_for_each(|x| x.map(drop))?;
                let mut ops = body.get_operators_reader()?;
                while !ops.eof() {
                    ops.read()?;
                }
                ops.finish()?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Modules of the suite as they are and with one byte changed, added or gone: what `wasmparser` finds valid decodes, or
/// breaks a limit; and what its readers refuse does not decode, with few exceptions.
#[test]
fn wasmparser_draws_the_same_line() {
    let rounds = lockstep_testing::number("LOCKSTEP_MUTANTS", 40);
    let mut random = Random(1);
    let (mut both, mut neither, mut only_wasmparser, mut only_here) = (0, 0, BTreeMap::new(), BTreeMap::new());
    let found = for_each_module("core", |place, _, bytes| {
        let Ok(bytes) = bytes else { return };
        for round in 0..rounds {
            let mut bytes = bytes.clone();
            if round > 0 {
                mutate(&mut bytes, &mut random);
            }
            let ours = decode(&bytes);
            let valid = Validator::new_with_features(FEATURES).validate_all(&bytes);
            if let (Err(e), Ok(_)) = (&ours, &valid) {
                assert_eq!(e.kind, MalformedKind::Limit, "{place}: wasmparser finds this valid: {e}\n{bytes:x?}");
            }
            match (ours, read(&bytes)) {
                (Ok(_), Ok(())) => both += 1,
                (Err(_), Err(_)) => neither += 1,
                (Err(e), Ok(())) => count(&mut only_wasmparser, &e.message, &place),
                (Ok(_), Err(e)) => {
                    let known = STRICTER.iter().any(|known| e.message().contains(known));
                    assert!(known, "{place}: only wasmparser refuses this: {e}\n{bytes:x?}");
                    count(&mut only_here, e.message(), &place);
                }
            }
        }
    });
    if !found {
        return;
    }
    println!("{both} decoded by both, {neither} by neither");
    assert!(both > 5000 && neither > if rounds > 1 { 10_000 } else { 0 }, "{both} {neither}");
    print("only by wasmparser's readers, which leave this to its validator", &only_wasmparser);
    print("only here; wasmparser's readers say", &only_here);
}

/// Changes, adds or removes one byte after the preamble.
fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    if bytes.len() <= 8 {
        return;
    }
    let at = 8 + random.below(bytes.len() - 8);
    let byte = random.below(256) as u8;
    match random.below(16) {
        0 => drop(bytes.remove(at)),
        1 => bytes.insert(at, byte),
        _ => bytes[at] = byte,
    }
}

/// All opcodes, followed by zeros, which do for any immediate: as many are accepted as the grammar of the standard has
/// (5.3-binary.instructions), and `wasmparser` accepts the same and those of proposals.
#[test]
fn all_opcodes() {
    let opcodes = (0..=0xFA_u8).map(|op| vec![op]).chain([vec![0xFF]]);
    let prefixed = (0xFB..=0xFE)
        .flat_map(|prefix| (0..0x400_u16).map(move |op| vec![prefix, (op & 0x7F) as u8 | 0x80, (op >> 7) as u8]));
    let mut accepted = 0;
    for opcode in opcodes.chain(prefixed) {
        let with = |ends: usize| function(&[b"\0", &opcode[..], &[0; 20], &vec![0x0B; ends]].concat());
        let theirs = (1..3).any(|ends| read(&with(ends)).is_ok());
        let refused = match decode(&with(1)).or_else(|e| decode(&with(2)).map_err(|_| e)) {
            Ok(_) => None,
            Err(e) if e.message == "data count section required" => None,
            Err(e) => Some(e.kind),
        };
        match refused {
            // `select` with an empty list of types: wasmparser asks for one already here.
            None => assert!(theirs || opcode == [0x1C], "{opcode:x?}"),
            Some(MalformedKind::Unsupported { .. }) => {}
            Some(kind) => assert!(!theirs, "{opcode:x?}: {kind:?}"),
        }
        accepted += usize::from(refused.is_none());
    }
    assert_eq!(accepted, 497);
}

type Counts = BTreeMap<String, (usize, String)>;

/// Counts messages, numbers in them aside.
fn count(counts: &mut Counts, message: &str, place: &str) {
    let digits = |word: &str| word.trim_start_matches('(').starts_with(|c: char| c.is_ascii_digit());
    let words: Vec<_> = message.split(' ').map(|word| if digits(word) { "#" } else { word }).collect();
    counts.entry(words.join(" ")).or_insert_with(|| (0, place.to_owned())).0 += 1;
}

fn print(title: &str, counts: &Counts) {
    println!("{title}:");
    for (message, (n, place)) in counts {
        println!("  {n:6} {message} (first: {place})");
    }
}

#[test]
fn generated_modules_decode() {
    let mut random = Random(2);
    let mut instrs = 0;
    for _ in 0..300 {
        let bytes = module(&mut random, 2000);
        let decoded = decode(&bytes).unwrap_or_else(|e| panic!("{e}\n{bytes:x?}"));
        instrs += decoded.code.instrs().len();
    }
    println!("{instrs} instructions");
    assert!(instrs > 10_000, "{instrs}");
}
