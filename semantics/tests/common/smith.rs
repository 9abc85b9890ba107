//! Modules of `wasm-smith` that depend on nothing but a seed.

/// A small generator of numbers.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number below another one, or 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % n.max(1) as u64) as usize
    }
}

/// A module of WebAssembly 3.0, made of so many bytes.
pub(crate) fn module(random: &mut Random, entropy: usize) -> Vec<u8> {
    let entropy: Vec<u8> = (0..entropy).map(|_| random.below(256) as u8).collect();
    let config = wasm_smith::Config {
        gc_enabled: true,
        exceptions_enabled: true,
        memory64_enabled: true,
        relaxed_simd_enabled: true,
        tail_call_enabled: true,
        threads_enabled: false,
        compact_imports_enabled: false,
        shared_everything_threads_enabled: false,
        custom_page_sizes_enabled: false,
        custom_descriptors_enabled: false,
        multibyte_array_access_enabled: false,
        wide_arithmetic_enabled: false,
        max_memories: 3,
        max_tables: 3,
        ..wasm_smith::Config::default()
    };
    wasm_smith::Module::new(config, &mut arbitrary::Unstructured::new(&entropy)).unwrap().to_bytes()
}
