//! Encodings that are not in WebAssembly 3.0 but in a proposal: they are malformed, and the message says what they
//! would have been.

use super::{Malformed, Result};
use wasmparser::{BinaryReader, FrameKind, FrameStack, WasmFeatures};

/// Something shared that is not a memory.
pub(super) fn shared(at: usize, message: impl Into<String>) -> Malformed {
    Malformed::unsupported(at, "shared-everything-threads", message)
}

/// Heap and reference types.
pub(super) fn heaptype(at: usize, byte: u8) -> Result<()> {
    match byte {
        0x62 => Err(Malformed::unsupported(at, "custom-descriptors", "malformed heap type: an exact type")),
        0x65 => Err(shared(at, "malformed heap type: a shared type")),
        0x68 | 0x75 => Err(Malformed::unsupported(at, "stack-switching", "malformed heap type: a continuation type")),
        _ => Ok(()),
    }
}

/// Composite types.
pub(super) fn comptype(at: usize, byte: u8) -> Result<()> {
    match byte {
        0x4C | 0x4D => Err(Malformed::unsupported(at, "custom-descriptors", "malformed definition type: a descriptor")),
        0x5D => Err(Malformed::unsupported(at, "stack-switching", "malformed definition type: a continuation type")),
        0x65 => Err(shared(at, "malformed definition type: a shared type")),
        _ => Ok(()),
    }
}

/// Limits; the flag for shared memories is read by the caller.
pub(super) fn limits(at: usize, flags: u8) -> Result<()> {
    match flags {
        0x08..=0x0F => Err(Malformed::unsupported(at, "custom-page-sizes", "malformed limits flags: a page size")),
        _ => Ok(()),
    }
}

/// External types in imports.
pub(super) fn externtype(at: usize, byte: u8) -> Result<()> {
    match byte {
        0x20 => Err(Malformed::unsupported(at, "custom-descriptors", "malformed import kind: an exact function")),
        0x7E | 0x7F => Err(Malformed::unsupported(at, "compact-import-section", "malformed import kind: a group")),
        _ => Ok(()),
    }
}

/// Stands for any enclosing block, so that an instruction can be read by itself.
struct AnyBlock;

impl FrameStack for AnyBlock {
    fn current_frame(&self) -> Option<FrameKind> {
        // The only instructions that look at the block are those that close or divide one.
        Some(FrameKind::LegacyTry)
    }
}

/// The error for an opcode that the standard does not have; `r` stands at the opcode. `wasmparser` knows the
/// instructions of the proposals.
pub(super) fn instruction(r: &BinaryReader<'_>) -> Malformed {
    let at = super::values::position(r);
    let mut opcode = format!("{:#04x}", r.clone().read_u8().unwrap_or_default());
    if matches!(opcode.as_str(), "0xfb" | "0xfc" | "0xfd" | "0xfe") {
        let mut r = r.clone();
        if let (Ok(_), Ok(sub)) = (r.read_u8(), r.read_var_u32()) {
            opcode.push_str(&format!(" {sub}"));
        }
    }
    // With all proposals, and with fewer, because some change what others mean.
    let proposal = [WasmFeatures::all(), WasmFeatures::default()].into_iter().find_map(|features| {
        let mut r = r.clone();
        r.set_features(features);
        proposal_of(&r.peek_operator(&AnyBlock).ok()?)
    });
    match proposal {
        Some((proposal, name)) => Malformed::unsupported(at, proposal, format!("unknown opcode {opcode}, {name}")),
        None => Malformed::syntax(at, format!("unknown opcode {opcode}")),
    }
}

/// `wasmparser`'s name for a proposal as that of the proposal's repository.
fn hyphenated(name: &'static str) -> &'static str {
    match name {
        "legacy_exceptions" => "legacy-exceptions",
        "shared_everything_threads" => "shared-everything-threads",
        "stack_switching" => "stack-switching",
        "custom_descriptors" => "custom-descriptors",
        "wide_arithmetic" => "wide-arithmetic",
        "memory_control" => "memory-control",
        "acquire_release_atomics" => "acquire-release-atomics",
        "multibyte_array_access" => "multibyte-array-access",
        _ => name,
    }
}

macro_rules! define_proposal_of {
    ($( @$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        /// The proposal of an instruction and the instruction's name, in `wasmparser`'s words.
        fn proposal_of(op: &wasmparser::Operator<'_>) -> Option<(&'static str, &'static str)> {
            match op {
                $( wasmparser::Operator::$op { .. } => Some((hyphenated(stringify!($proposal)), stringify!($op))), )*
                _ => None,
            }
        }
    };
}
wasmparser::for_each_operator!(define_proposal_of);
