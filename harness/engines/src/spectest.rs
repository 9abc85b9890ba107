//! The module `spectest`, whose exports every test script may import.
//!
//! This describes it as data, from which any engine can make it. Its functions print nothing. Its content is that of
//! the reference interpreter (github WebAssembly/spec, `interpreter/host/spectest.ml`).

use crate::Val;
use lockstep_semantics::syntax::{AddrType, Limits, MemType, NumType, RefType, Share, TableType};

/// The name of the module.
pub const NAME: &str = "spectest";

use NumType::{F32, F64, I32, I64};

/// The functions, each with its parameters; none has a result.
pub const FUNCS: [(&str, &[NumType]); 7] = [
    ("print", &[]),
    ("print_i32", &[I32]),
    ("print_i64", &[I64]),
    ("print_f32", &[F32]),
    ("print_f64", &[F64]),
    ("print_i32_f32", &[I32, F32]),
    ("print_f64_f64", &[F64, F64]),
];

/// The globals, all immutable, of the types of their values.
pub const GLOBALS: [(&str, Val); 4] = [
    ("global_i32", Val::I32(666)),
    ("global_i64", Val::I64(666)),
    ("global_f32", Val::F32(666.6f32.to_bits())),
    ("global_f64", Val::F64(666.6f64.to_bits())),
];

/// The tables, full of null references.
pub const TABLES: [(&str, TableType); 2] = [("table", table(AddrType::I32)), ("table64", table(AddrType::I64))];

/// The memories. The shared one is for scripts of the threads proposal.
pub const MEMORIES: [(&str, MemType); 2] =
    [("memory", memory(Share::Unshared)), ("shared_memory", memory(Share::Shared))];

const fn table(addr: AddrType) -> TableType {
    let limits = Limits { min: 10, max: Some(20) };
    TableType { share: Share::Unshared, addr, limits, elem: RefType::FUNCREF }
}

const fn memory(share: Share) -> MemType {
    MemType { share, addr: AddrType::I32, limits: Limits { min: 1, max: Some(2) } }
}
