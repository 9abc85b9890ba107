//! Encodings that are not in WebAssembly 3.0 but in a proposal: they are malformed, and the message says what they
//! would have been.

use super::{Malformed, Result};
use wasmparser::{BinaryReader, FrameKind, FrameStack, Validator, WasmFeatures};

const ACQUIRE_RELEASE: &str = "acquire-release-atomics";

/// Something shared that is not a memory.
pub(super) fn shared(at: usize, message: impl Into<String>) -> Malformed {
    Malformed::unsupported(at, "shared-everything-threads", message)
}

/// Heap and reference types.
pub(super) fn heaptype(at: usize, byte: u8) -> Result<()> {
    match byte {
        0x62 => Err(Malformed::unsupported(at, "custom-descriptors", "malformed heap type: an exact type")),
        0x65 => Err(shared(at, "malformed heap type: a shared type")),
        0x67 => Err(Malformed::unsupported(at, "stringref", "malformed heap type: a string")),
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

/// Whose the bits are that the flags of a memory access have above its alignment. In the standard they belong to the
/// exponent of the alignment, which is too large then for any access: such a module is well-formed and invalid.
pub(crate) fn memarg(flags: u32) -> Option<&'static str> {
    match flags {
        0x20..0x40 => Some("multibyte-array-access"),
        _ if flags < 0x80 && flags & 0x10 != 0 => Some(ACQUIRE_RELEASE),
        _ => None,
    }
}

/// Whether a module with such flags is a module of the proposal: it is if it is valid there, for in the standard it is
/// not.
pub(super) fn suspect(bytes: &[u8], at: usize, proposal: &'static str) -> Result<()> {
    match Validator::new_with_features(WasmFeatures::all()).validate_all(bytes) {
        Ok(_) => Err(Malformed::unsupported(at, proposal, "a memory access with the flags of a proposal")),
        Err(_) => Ok(()),
    }
}

/// A fence that is not sequentially consistent.
pub(crate) fn fence(at: usize) -> Malformed {
    Malformed::unsupported(at, ACQUIRE_RELEASE, "malformed fence: a memory ordering")
}

/// The proposals that `wasmparser` does not know.
fn opcode_proposal(prefix: u8, sub: u32) -> Option<(&'static str, &'static str)> {
    match (prefix, sub) {
        (0xFC, 0x30) => Some(("half-precision", "f32.load_f16")),
        (0xFC, 0x31) => Some(("half-precision", "f32.store_f16")),
        (0xFD, 0x120..0x150) => Some(("half-precision", "on f16x8")),
        (0xFB, 0x80..0xB8) => Some(("stringref", "on strings")),
        _ => None,
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
    let mut known = None;
    let mut opcode = format!("{:#04x}", r.clone().read_u8().unwrap_or_default());
    if matches!(opcode.as_str(), "0xfb" | "0xfc" | "0xfd" | "0xfe") {
        let mut r = r.clone();
        if let (Ok(prefix), Ok(sub)) = (r.read_u8(), r.read_var_u32()) {
            known = opcode_proposal(prefix, sub);
            opcode.push_str(&format!(" {sub}"));
        }
    }
    // With all proposals, and with fewer, because some change what others mean.
    let proposal = known.or_else(|| {
        [WasmFeatures::all(), WasmFeatures::default()].into_iter().find_map(|features| {
            let mut r = r.clone();
            r.set_features(features);
            proposal_of(&r.peek_operator(&AnyBlock).ok()?)
        })
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
