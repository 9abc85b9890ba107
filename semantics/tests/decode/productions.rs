//! Which productions a module is read by, and which one is to blame where a module is malformed.

use crate::hostile::{PREAMBLE, function, section};
use crate::suite::for_each_module;
use lockstep_semantics::decode::{Reading, decode, decode_seen};
use lockstep_semantics::{ProductionId, ProductionSet, production};

fn seen(bytes: &[u8]) -> ProductionSet {
    let (module, seen) = decode_seen(bytes, Reading::default());
    module.unwrap_or_else(|e| panic!("{e}"));
    seen
}

#[track_caller]
fn blamed(bytes: &[u8], id: ProductionId) {
    let e = decode(bytes).expect_err("malformed");
    assert_eq!(e.production, Some(id), "{e}");
}

#[test]
fn exactly_what_is_there() {
    let preamble = [production!("Bmagic"), production!("Bversion"), production!("Bmodule")];
    assert_eq!(seen(PREAMBLE), ProductionSet::from_iter(preamble));

    let memory = [PREAMBLE, &section(5, b"\x01\0\x01")].concat();
    let more = [
        production!("Bbyte"),
        production!("BuN"),
        production!("Bu32"),
        production!("Bu64"),
        production!("Blist"),
        production!("Blimits"),
        production!("Bmemtype"),
        production!("Bsection_"),
        production!("Bmem"),
        production!("Bmemsec"),
    ];
    assert_eq!(seen(&memory), ProductionSet::from_iter(preamble.into_iter().chain(more)));
}

#[test]
fn each_part_of_the_table_of_instructions() {
    let plain = seen(&function(b"\0\x0B"));
    let more = |code: &[u8]| {
        let with = seen(&function(&[b"\0", code, b"\x0B"].concat()));
        with.iter().filter(|&id| !plain.contains(id)).collect::<Vec<_>>()
    };
    assert_eq!(more(b"\x6A"), [production!("Binstr/num-bin-i32")]);
    assert_eq!(more(b"\xFD\x6E"), [production!("Binstr/vec-bin-i8x16")]);
    assert_eq!(more(b"\x20\0"), [production!("Blocalidx"), production!("Binstr/local")]);
    assert_eq!(more(b"\x02\x40\x0B"), [production!("Bblocktype"), production!("Binstr/block")]);
    let integer = [production!("BsN"), production!("BiN"), production!("Bi32"), production!("Binstr/num-const")];
    assert_eq!(more(b"\x41\0"), integer);
}

#[test]
fn the_innermost_production_is_to_blame() {
    blamed(b"\0asn", production!("Bmagic"));
    blamed(b"\0asm\x02\0\0\0", production!("Bversion"));
    blamed(&[PREAMBLE, &section(5, b"\0"), &section(5, b"\0")].concat(), production!("Bmodule"));
    blamed(&[PREAMBLE, &section(14, b"\0")].concat(), production!("Bmodule"));
    blamed(&[PREAMBLE, &section(5, b"\0\0")].concat(), production!("Bsection_"));
    blamed(&[PREAMBLE, &section(5, b"\x01\x09\0")].concat(), production!("Blimits"));
    blamed(&[PREAMBLE, &section(5, b"\x01\0")].concat(), production!("Bu64"));
    blamed(&[PREAMBLE, &section(2, b"\x01\x01\xFF")].concat(), production!("Bname"));
    blamed(&[PREAMBLE, &section(3, b"\x01\0")].concat(), production!("Bmodule"));
    // A function with an opcode that there is not, without its end, with flags and an integer that are not.
    blamed(&function(b"\0\x06\x0B"), production!("Bexpr"));
    blamed(&function(b"\0\x02\x40\x0B"), production!("Bexpr"));
    blamed(&function(b"\0\x28\x80\x01\0\x0B"), production!("Bmemarg"));
    blamed(&function(b"\0\x41\xFF\xFF\xFF\xFF\x0F\x0B"), production!("Bi32"));
    blamed(&function(b"\0\xFB\x18\x04\0\x6E\x6E\x0B"), production!("Bcastop"));
}

/// Where the suite of the standard is malformed, a production is to blame; where it is not, it has every production.
#[test]
fn the_suite_has_every_production() {
    let mut all = ProductionSet::new();
    let found = for_each_module("core", |place, _, bytes| {
        let Ok(bytes) = bytes else { return };
        match decode_seen(&bytes, Reading::default()) {
            (Ok(_), seen) => all |= seen,
            (Err(e), _) => assert!(e.production.is_some(), "{place}: {e}"),
        }
    });
    if found {
        let binary = ProductionId::ALL.into_iter().filter(|id| id.as_str().starts_with('B'));
        assert_eq!(binary.filter(|&id| !all.contains(id)).collect::<Vec<_>>(), []);
    }
}
