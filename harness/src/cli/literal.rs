//! Arguments of invocations, as literals of the text format.

use crate::value::{RefVal, Val};
use lockstep_semantics::syntax::{AbsHeapType, HeapType, NumType, RefType, ValType};
use std::collections::VecDeque;
use wast::core::WastArgCore;
use wast::parser::{self, ParseBuffer};

/// Reads arguments by the types of the parameters. A number is a literal of the text format; a vector is a shape and its
/// lanes; a reference is `null`, or for a reference of the host its number. `i32.const` and its like may stand before a
/// number or a vector, as they do in results, with which an argument can also be one word: `"i32.const 5"`.
pub(super) fn arguments(words: &[String], params: &[ValType]) -> Result<Vec<Val>, String> {
    let mut words: VecDeque<&str> = words.iter().flat_map(|word| word.split_whitespace()).collect();
    let vals = params
        .iter()
        .enumerate()
        .map(|(i, &param)| {
            argument(&mut words, param).map_err(|why| format!("argument {} should be of type {param}: {why}", i + 1))
        })
        .collect::<Result<Vec<Val>, String>>()?;
    match words.len() {
        0 => Ok(vals),
        _ => Err(format!("too many arguments: {:?} is left, the function takes {}", words[0], params.len())),
    }
}

fn argument(words: &mut VecDeque<&str>, param: ValType) -> Result<Val, String> {
    match param {
        ValType::Num(nt) => {
            let keyword = match nt {
                NumType::I32 => "i32.const",
                NumType::I64 => "i64.const",
                NumType::F32 => "f32.const",
                NumType::F64 => "f64.const",
            };
            literal(keyword, 1, words)
        }
        ValType::Vec(_) => {
            words.pop_front_if(|word| *word == "v128.const");
            let lanes = match words.front().copied() {
                Some("i8x16") => 16,
                Some("i16x8") => 8,
                Some("i32x4" | "f32x4") => 4,
                Some("i64x2" | "f64x2") => 2,
                _ => return Err("it begins with a shape, such as i32x4".into()),
            };
            literal("v128.const", 1 + lanes, words)
        }
        ValType::Ref(rt) => reference(words, rt),
        ValType::Bot => Err("there are no values of this type".into()),
    }
}

/// Has the text format's own parser read the next words.
fn literal(keyword: &str, count: usize, words: &mut VecDeque<&str>) -> Result<Val, String> {
    words.pop_front_if(|word| *word == keyword);
    if words.len() < count {
        return Err("there are too few arguments".into());
    }
    let text = words.drain(..count).collect::<Vec<_>>().join(" ");
    let source = format!("{keyword} {text}");
    let no_literal = |e: wast::Error| format!("{text:?} is no such literal ({})", e.message());
    let buffer = ParseBuffer::new(&source).map_err(no_literal)?;
    match parser::parse::<WastArgCore<'_>>(&buffer).map_err(no_literal)? {
        WastArgCore::I32(i) => Ok(Val::I32(i.cast_unsigned())),
        WastArgCore::I64(i) => Ok(Val::I64(i.cast_unsigned())),
        WastArgCore::F32(z) => Ok(Val::F32(z.bits)),
        WastArgCore::F64(z) => Ok(Val::F64(z.bits)),
        WastArgCore::V128(c) => Ok(Val::V128(c.to_le_bytes())),
        WastArgCore::RefNull(_) | WastArgCore::RefExtern(_) | WastArgCore::RefHost(_) => {
            Err(format!("{text:?} is no such literal"))
        }
    }
}

fn reference(words: &mut VecDeque<&str>, rt: RefType) -> Result<Val, String> {
    words.pop_front_if(|word| ["ref.extern", "ref.host"].contains(word));
    let word = words.pop_front().ok_or("there are too few arguments")?;
    if ["null", "ref.null"].contains(&word) {
        return Ok(Val::Ref(RefVal::Null));
    }
    let n: u32 = word.parse().map_err(|_| format!("{word:?} is neither `null` nor the number of a host reference"))?;
    match rt.heap {
        HeapType::Abs(_, AbsHeapType::Extern) => Ok(Val::Ref(RefVal::Extern(Some(n)))),
        HeapType::Abs(_, AbsHeapType::Any) => Ok(Val::Ref(RefVal::Host(n))),
        _ => Err("the host has no references of this type".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_semantics::syntax::VecType;

    fn read(words: &[&str], params: &[ValType]) -> Result<Vec<Val>, String> {
        arguments(&words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>(), params)
    }

    #[test]
    fn literals() {
        let one = |word: &str, param| read(&[word], &[param]).map(|vals| vals[0]);
        assert_eq!(one("-1", ValType::I32), Ok(Val::I32(u32::MAX)));
        assert_eq!(one("4294967295", ValType::I32), Ok(Val::I32(u32::MAX)));
        assert_eq!(one("0xff_ff", ValType::I64), Ok(Val::I64(0xffff)));
        assert_eq!(one("i32.const 5", ValType::I32), Ok(Val::I32(5)));
        assert_eq!(one("-inf", ValType::F32), Ok(Val::F32(f32::NEG_INFINITY.to_bits())));
        assert_eq!(one("nan:0x1", ValType::F64), Ok(Val::F64(0x7ff0_0000_0000_0001)));
        assert_eq!(one("0x1.8p1", ValType::F64), Ok(Val::F64(3f64.to_bits())));
        assert_eq!(one("1e3", ValType::F32), Ok(Val::F32(1000f32.to_bits())));
        assert_eq!(one("null", ValType::Ref(RefType::FUNCREF)), Ok(Val::Ref(RefVal::Null)));
        assert_eq!(one("3", ValType::Ref(RefType::EXTERNREF)), Ok(Val::Ref(RefVal::Extern(Some(3)))));
        assert_eq!(one("3", ValType::Ref(RefType::ANYREF)), Ok(Val::Ref(RefVal::Host(3))));
        let v128 = ValType::Vec(VecType::V128);
        let want = Ok(vec![Val::V128([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0]), Val::I32(5)]);
        assert_eq!(read(&["i32x4", "1", "2", "3", "4", "5"], &[v128, ValType::I32]), want);
        assert_eq!(read(&["v128.const i32x4 1 2 3 4", "5"], &[v128, ValType::I32]), want);
    }

    #[test]
    fn what_is_no_literal() {
        for (words, params) in [
            (&["x"][..], &[ValType::I32][..]),
            (&["1.5"], &[ValType::I32]),
            (&["4294967296"], &[ValType::I32]),
            (&["1)"], &[ValType::I32]),
            (&["$x"], &[ValType::F32]),
            (&[], &[ValType::I32]),
            (&["1", "2"], &[ValType::I32]),
            (&["i32x4", "1"], &[ValType::V128]),
            (&["1"], &[ValType::V128]),
            (&["3"], &[ValType::Ref(RefType::FUNCREF)]),
            (&["f32.const", "3"], &[ValType::I32]),
        ] {
            let result = read(words, params);
            assert!(result.is_err(), "{words:?} {result:?}");
        }
        let error = read(&["x"], &[ValType::I32]).unwrap_err();
        assert!(error.starts_with("argument 1 should be of type i32: \"x\" is no such literal"), "{error}");
    }
}
