//! Arguments of invocations, as literals of the text format.

use crate::engine::literal::{Shape, number};
use crate::engine::value::{RefVal, Val};
use lockstep_semantics::syntax::{AbsHeapType, HeapType, NumType, RefType, ValType};
use std::collections::VecDeque;

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
            words.pop_front_if(|word| *word == keyword);
            let word = words.pop_front().ok_or(TOO_FEW)?;
            number(keyword, word).ok_or_else(|| format!("{word:?} is no such literal"))
        }
        ValType::Vec(_) => {
            words.pop_front_if(|word| *word == "v128.const");
            let shape = words.pop_front().and_then(Shape::named).ok_or("it begins with a shape, such as i32x4")?;
            if words.len() < shape.lanes() {
                return Err(TOO_FEW.into());
            }
            let lane = |word: &str| shape.lane(word).ok_or_else(|| format!("{word:?} is no such literal"));
            let lanes = words.drain(..shape.lanes()).map(lane).collect::<Result<Vec<u64>, String>>()?;
            Ok(Val::V128(shape.join(lanes)))
        }
        ValType::Ref(rt) => reference(words, rt),
        ValType::Bot => Err("there are no values of this type".into()),
    }
}

const TOO_FEW: &str = "there are too few arguments";

fn reference(words: &mut VecDeque<&str>, rt: RefType) -> Result<Val, String> {
    words.pop_front_if(|word| ["ref.extern", "ref.host"].contains(word));
    let word = words.pop_front().ok_or(TOO_FEW)?;
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
