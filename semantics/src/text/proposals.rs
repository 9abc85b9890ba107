//! Words that are in the text format of a proposal and not in the standard's: an error names the proposal.

/// The proposal that gives atomic instructions of memories an ordering, and has `pause`.
pub(super) const ACQUIRE_RELEASE: &str = "acquire-release-atomics";

/// The proposal of a word that is no instruction.
pub(super) fn of_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "shared" => "shared-everything-threads",
        "exact" | "descriptor" | "describes" => "custom-descriptors",
        "cont" | "nocont" | "contref" | "nullcontref" | "on" => "stack-switching",
        "pagesize" => "custom-page-sizes",
        "item" => "compact-import-section",
        "waitqueue" | "waitqueueref" => "shared-everything-threads",
        "stringref" | "string" => "stringref",
        "f16x8" => "half-precision",
        "component" | "core" | "instance" | "alias" | "canon" => "component-model",
        "do" | "delegate" | "catch_all" | "catch" => "legacy-exceptions",
        _ => return of_mnemonic(word),
    })
}

/// The proposal of the mnemonic of an instruction.
pub(super) fn of_mnemonic(word: &str) -> Option<&'static str> {
    Some(match word {
        "try" | "catch" | "catch_all" | "delegate" | "rethrow" | "do" => "legacy-exceptions",
        "cont.new" | "cont.bind" | "suspend" | "resume" | "resume_throw" | "resume_throw_ref" | "switch" => {
            "stack-switching"
        }
        "struct.new_desc"
        | "struct.new_default_desc"
        | "ref.get_desc"
        | "ref.test_desc"
        | "ref.cast_desc"
        | "ref.cast_desc_eq"
        | "br_on_cast_desc"
        | "br_on_cast_desc_fail"
        | "br_on_cast_desc_eq"
        | "br_on_cast_desc_eq_fail" => "custom-descriptors",
        "i64.add128" | "i64.sub128" | "i64.mul_wide_s" | "i64.mul_wide_u" => "wide-arithmetic",
        "memory.discard" => "memory-control",
        "f32.load_f16" | "f32.store_f16" => "half-precision",
        "pause" => ACQUIRE_RELEASE,
        _ => {
            let mut parts = word.splitn(2, '.');
            return match (parts.next()?, parts.next()?) {
                ("f16x8", _) => Some("half-precision"),
                ("waitqueue" | "thread", _) => Some("shared-everything-threads"),
                ("string" | "stringview_wtf8" | "stringview_wtf16" | "stringview_iter", _) => Some("stringref"),
                (_, op) if op.contains("f16x8") => Some("half-precision"),
                _ => None,
            };
        }
    })
}
