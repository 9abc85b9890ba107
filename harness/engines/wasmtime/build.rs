//! Tells the adapter which version of Wasmtime it was built with: Cargo has no variable for it.

use std::path::Path;
use std::{env, fs};

fn main() {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").expect("set by Cargo");
    let lock = Path::new(&manifest).join("../../../Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    let text = fs::read_to_string(lock).unwrap_or_default();
    let mut lines = text.lines().skip_while(|line| *line != "name = \"wasmtime\"");
    let version = lines.nth(1).and_then(|line| line.strip_prefix("version = "));
    println!("cargo::rustc-env=LOCKSTEP_WASMTIME_VERSION={}", version.unwrap_or("48").trim_matches('"'));
}
