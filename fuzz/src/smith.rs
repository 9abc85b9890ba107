//! Modules of `wasm-smith`.

use arbitrary::{Arbitrary, Result, Unstructured};
use wasm_smith::Config;

/// Which NaNs come of arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nans {
    /// Those that the standard allows.
    Any,
    /// The canonical one: the module makes it so. Then results can be compared.
    Canonical,
}

/// A seed, and the bytes of a module; `None` when the entropy does not make one. The modules are the same for both
/// choices of NaNs but for what these take.
pub fn module(u: &mut Unstructured<'_>, nans: Nans) -> Option<(u64, Vec<u8>)> {
    let seed = u.arbitrary().ok()?;
    let config = Config { canonicalize_nans: nans == Nans::Canonical, ..config(u).ok()? };
    let module = wasm_smith::Module::new(config, u).ok()?;
    Some((seed, module.to_bytes()))
}

/// All of WebAssembly 3.0, or half of the time an arbitrary part of it; in sizes that runs can bear.
fn config(u: &mut Unstructured<'_>) -> Result<Config> {
    let arbitrary = if u.arbitrary()? {
        Config::arbitrary(u)?
    } else {
        // Runs without traps get further.
        Config { disallow_traps: u.arbitrary()?, limit_arrays_in_const_exprs: true, ..Config::default() }
    };
    // wasm-smith by itself makes few of anything. (With a minimum of more than one type it does not always come to an
    // end; and with one of more than no elements it panics, while without it makes none.)
    let mut at_least = |n| u.int_in_range(0..=n);
    Ok(Config {
        min_types: 1,
        min_funcs: at_least(6)?,
        min_globals: at_least(6)?,
        min_tags: at_least(2)?,
        min_element_segments: at_least(3)?,
        min_data_segments: at_least(2)?,
        min_memories: at_least(1)? as u32,
        min_tables: at_least(1)? as u32,
        // In WebAssembly 3.0, or not.
        threads_enabled: false,
        shared_everything_threads_enabled: false,
        acquire_release_atomics_enabled: false,
        custom_page_sizes_enabled: false,
        wide_arithmetic_enabled: false,
        compact_imports_enabled: false,
        custom_descriptors_enabled: false,
        multibyte_array_access_enabled: false,
        // What can be invoked is exported.
        export_everything: true,
        max_imports: 10,
        max_types: arbitrary.max_types.clamp(12, 40),
        max_funcs: arbitrary.max_funcs.clamp(6, 20),
        max_globals: arbitrary.max_globals.clamp(6, 20),
        max_tags: arbitrary.max_tags.clamp(2, 10),
        max_elements: arbitrary.max_elements.clamp(4, 40),
        max_element_segments: arbitrary.max_element_segments.clamp(3, 10),
        max_data_segments: arbitrary.max_data_segments.clamp(2, 10),
        max_memories: 3,
        max_tables: if arbitrary.reference_types_enabled { 4 } else { 1 },
        max_memory32_bytes: arbitrary.max_memory32_bytes.min(1 << 20),
        max_memory64_bytes: arbitrary.max_memory64_bytes.min(1 << 20),
        max_table_elements: arbitrary.max_table_elements.min(10_000),
        max_type_size: 200,
        ..arbitrary
    })
}
