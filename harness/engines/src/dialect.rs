//! The encoding of proposals that an engine reads.

use lockstep_semantics::decode::{Dialect, Reading, decode_with};
use lockstep_semantics::encode::encode_as;
use lockstep_semantics::syntax::Features;
use std::borrow::Cow;

/// A module, which is in the encoding of wasm-tools, in another. It stays as it is where it uses no proposal whose
/// encoding differs, or cannot be decoded.
pub(super) fn translate(bytes: &[u8], features: Features, dialect: Dialect) -> Cow<'_, [u8]> {
    if !features.shared_everything || dialect == Dialect::WasmTools {
        return Cow::Borrowed(bytes);
    }
    match decode_with(bytes, Reading::of_text(features)) {
        Ok(module) if module.features.shared_everything => Cow::Owned(encode_as(&module, dialect)),
        _ => Cow::Borrowed(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_semantics::text;

    /// `ref.i31_shared` is FE 72 in wasm-tools, FB 1F elsewhere.
    #[test]
    fn only_what_differs_is_translated() {
        let module = |text: &str| {
            let module = text::read(&format!("(module {text})"), Features::SHARED_EVERYTHING).unwrap();
            encode_as(&module, Dialect::WasmTools)
        };
        let i31 = module("(func (drop (ref.i31_shared (i32.const 1))))");
        let has = |bytes: &[u8], opcode: [u8; 2]| bytes.windows(2).any(|window| window == opcode);
        assert!(has(&i31, [0xfe, 0x72]));
        let v8 = translate(&i31, Features::SHARED_EVERYTHING, Dialect::V8);
        assert!(has(&v8, [0xfb, 0x1f]) && !has(&v8, [0xfe, 0x72]));
        assert_eq!(*translate(&i31, Features::THREADS, Dialect::V8), *i31);
        assert_eq!(*translate(&i31, Features::SHARED_EVERYTHING, Dialect::WasmTools), *i31);
        let plain = module("(func (drop (ref.i31 (i32.const 1))))");
        assert_eq!(*translate(&plain, Features::SHARED_EVERYTHING, Dialect::V8), *plain);
        assert_eq!(*translate(b"no module", Features::SHARED_EVERYTHING, Dialect::V8), *b"no module");
    }
}
