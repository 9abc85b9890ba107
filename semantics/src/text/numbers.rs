//! Numbers (6.1-text.values). Each function is given the whole text of a token.

use lockstep_spec::{ProductionSet, production};

/// A floating-point format: the bits of its significand without the leading one (`signif(N)`), and of its exponent.
#[derive(Clone, Copy, Debug)]
struct Format {
    signif: u32,
    expon: u32,
}

const F32: Format = Format { signif: 23, expon: 8 };
const F64: Format = Format { signif: 52, expon: 11 };

/// `Tnum`, as large as `u64::MAX` if it is larger.
pub(super) fn num(digits: &[u8]) -> Option<u64> {
    positional(digits, 10)
}

/// `Thexnum`, likewise.
pub(super) fn hexnum(digits: &[u8]) -> Option<u64> {
    positional(digits, 16)
}

/// Digits, with single underscores between them.
fn positional(digits: &[u8], base: u32) -> Option<u64> {
    let mut n = 0_u64;
    let mut after_digit = false;
    for &byte in digits {
        if byte == b'_' && after_digit {
            after_digit = false;
            continue;
        }
        let d = (byte as char).to_digit(base)?;
        // What has been cut once stays the largest number.
        n = n.saturating_mul(base.into()).saturating_add(d.into());
        after_digit = true;
    }
    after_digit.then_some(n)
}

/// `TuN(N)`: an unsigned integer without a sign.
pub fn uint(token: &str, bits: u32) -> Option<u64> {
    let n = magnitude(token.as_bytes())?;
    (n <= u128::from(u64::MAX >> (64 - bits))).then_some(n as u64)
}

/// The number of a `Tnum` or a `0x` and a `Thexnum`, exact up to 2^64.
fn magnitude(digits: &[u8]) -> Option<u128> {
    let (digits, base) = match digits.strip_prefix(b"0x") {
        Some(digits) => (digits, 16),
        None => (digits, 10),
    };
    let n = positional(digits, base)?;
    if n < u64::MAX {
        return Some(n.into());
    }
    // Either exactly that, or more.
    let exact = digits.iter().filter(|b| **b != b'_').try_fold(0_u128, |n, &b| {
        let d = (b as char).to_digit(base)?;
        Some(n.saturating_mul(base.into()).saturating_add(d.into()))
    });
    Some(exact?.min(1 << 64))
}

/// `TiN(N)`: an integer that is signed or not, as bits. `TsN` has a sign, and then the range of signed integers.
pub fn int(token: &str, bits: u32) -> Option<u64> {
    let mask = u64::MAX >> (64 - bits);
    let (sign, digits) = sign(token.as_bytes());
    let n = magnitude(digits)?;
    let bound = 1_u128 << (bits - 1);
    match sign {
        None => (n <= u128::from(mask)).then_some(n as u64),
        Some(false) => (n < bound).then_some(n as u64),
        Some(true) => (n <= bound).then_some((n as u64).wrapping_neg() & mask),
    }
}

/// `Tsign`: whether there is a sign, and whether it is negative.
fn sign(token: &[u8]) -> (Option<bool>, &[u8]) {
    match token.split_first() {
        Some((b'+', rest)) => (Some(false), rest),
        Some((b'-', rest)) => (Some(true), rest),
        _ => (None, token),
    }
}

/// `TfN(32)`, as bits. The productions that it is made of are noted in `seen`.
pub fn f32(token: &str, seen: &mut ProductionSet) -> Option<u32> {
    float(token, F32, seen).map(|bits| bits as u32)
}

/// `TfN(64)`, as bits.
pub fn f64(token: &str, seen: &mut ProductionSet) -> Option<u64> {
    float(token, F64, seen)
}

/// `TfN`
fn float(token: &str, format: Format, seen: &mut ProductionSet) -> Option<u64> {
    let (sign, rest) = sign(token.as_bytes());
    let magnitude = fnmag(&token[token.len() - rest.len()..], format, seen)?;
    seen.insert(production!("Tsign"));
    seen.insert(production!("TfN"));
    Some(magnitude | u64::from(sign == Some(true)) << (format.signif + format.expon))
}

/// `TfNmag`
fn fnmag(token: &str, format: Format, seen: &mut ProductionSet) -> Option<u64> {
    let infinity = ((1_u64 << format.expon) - 1) << format.signif;
    seen.insert(production!("TfNmag"));
    if let Some(rest) = token.strip_prefix("nan") {
        let n = match rest.strip_prefix(":0x") {
            Some(digits) => hexnum(digits.as_bytes())?,
            None if rest.is_empty() => 1 << (format.signif - 1),
            None => return None,
        };
        return (1..1 << format.signif).contains(&n).then_some(infinity | n);
    }
    let bits = match token.strip_prefix("0x") {
        _ if token == "inf" => return Some(infinity),
        Some(rest) => {
            seen.insert(production!("Thexfloat"));
            hexfloat(rest.as_bytes(), format, seen)?
        }
        None => {
            seen.insert(production!("Tfloat"));
            decfloat(token, format, seen)?
        }
    };
    // `$ieee_(N, q) =/= INF`
    (bits < infinity).then_some(bits)
}

/// A mantissa taken apart: digits before and after the point, and the exponent.
struct Parts<'a> {
    whole: &'a [u8],
    fraction: &'a [u8],
    exponent: Option<&'a [u8]>,
}

/// `Tmant` or `Thexmant`, and what follows the letter of the exponent.
fn parts<'a>(text: &'a [u8], letters: [u8; 2]) -> Parts<'a> {
    let at = text.iter().position(|b| letters.contains(b));
    let (mantissa, exponent) = match at {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.iter().position(|&b| b == b'.') {
        Some(point) => (&mantissa[..point], &mantissa[point + 1..]),
        None => (mantissa, &[][..]),
    };
    Parts { whole, fraction, exponent }
}

/// `Tfloat`. The grammar at the pin has it with an exponent only; one without is read as in earlier editions
/// (deviations.md).
fn decfloat(token: &str, format: Format, seen: &mut ProductionSet) -> Option<u64> {
    let Parts { whole, fraction, exponent } = parts(token.as_bytes(), [b'e', b'E']);
    seen.insert(production!("Tmant"));
    num(whole)?;
    if !fraction.is_empty() {
        seen.insert(production!("Tfrac"));
        num(fraction)?;
    }
    if let Some(exponent) = exponent {
        num(sign(exponent).1)?;
    }
    // Rust's conversion is the correctly rounded one, without underscores.
    let plain;
    let text = if token.contains('_') {
        plain = token.replace('_', "");
        &plain
    } else {
        token
    };
    match format.signif {
        23 => text.parse::<f32>().ok().map(|z| z.to_bits().into()),
        _ => text.parse::<f64>().ok().map(f64::to_bits),
    }
}

/// `Thexfloat`, after its `0x`.
fn hexfloat(text: &[u8], format: Format, seen: &mut ProductionSet) -> Option<u64> {
    let Parts { whole, fraction, exponent } = parts(text, [b'p', b'P']);
    seen.insert(production!("Thexmant"));
    hexnum(whole)?;
    if !fraction.is_empty() {
        seen.insert(production!("Thexfrac"));
        hexnum(fraction)?;
    }
    let exponent = match exponent {
        Some(exponent) => {
            let (negative, digits) = sign(exponent);
            let n = num(digits)?.min(1 << 40) as i64;
            if negative == Some(true) { -n } else { n }
        }
        None => 0,
    };
    // The value is (m + something less than one, if there is a rest) * 2^e.
    let (mut m, mut rest, mut e) = (0_u64, false, exponent);
    for (i, &byte) in whole.iter().chain(fraction).enumerate() {
        let Some(digit) = (byte as char).to_digit(16) else { continue };
        let after_point = i >= whole.len();
        if m >> 60 == 0 {
            m = m << 4 | u64::from(digit);
            e -= if after_point { 4 } else { 0 };
        } else {
            rest |= digit != 0;
            e += if after_point { 0 } else { 4 };
        }
    }
    Some(ieee(m, rest, e, format))
}

/// `$ieee_(N, q)` for `q = (m + rest) * 2^e`, where the rest is less than one: to the nearest, ties to even.
fn ieee(m: u64, rest: bool, e: i64, format: Format) -> u64 {
    if m == 0 {
        return 0;
    }
    let bias = (1_i64 << (format.expon - 1)) - 1;
    let (least, precision) = (1 - bias, i64::from(format.signif) + 1);
    let zeros = m.leading_zeros();
    let (m, top) = (m << zeros, e - i64::from(zeros) + 63);
    if top > bias {
        return ((1 << format.expon) - 1) << format.signif;
    }
    // How many bits of the significand there are: fewer for subnormal numbers.
    let keep = if top >= least { precision } else { precision - (least - top) };
    if keep < 0 {
        return 0;
    }
    let drop = (64 - keep) as u32;
    let (mut q, lost) = if drop == 64 { (0, m) } else { (m >> drop, m & ((1 << drop) - 1)) };
    let half = 1_u64 << (drop - 1);
    if lost > half || lost == half && (rest || q & 1 == 1) {
        // A carry goes into the exponent, where it belongs.
        q += 1;
    }
    if top >= least { (((top - least) as u64) << format.signif) + q } else { q }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        for (text, expected) in [
            ("0", Some(0)),
            ("4294967295", Some(u32::MAX.into())),
            ("4294967296", None),
            ("0xffff_FFFF", Some(u32::MAX.into())),
            ("0x1_0000_0000", None),
            ("1_0", Some(10)),
            ("1__0", None),
            ("_1", None),
            ("1_", None),
            ("0x", None),
            ("0x_1", None),
            ("0X1", None),
            ("+1", None),
            ("-0", None),
            ("1a", None),
            ("00000000000000000000000000000000000000000000001", Some(1)),
            ("99999999999999999999999999999999999999999999999999", None),
            ("99999999999999999999999999999999999999999999999_", None),
        ] {
            assert_eq!(uint(text, 32), expected, "{text}");
        }
        assert_eq!(uint("18446744073709551615", 64), Some(u64::MAX));
        assert_eq!(uint("18446744073709551616", 64), None);
        assert_eq!(uint("0xffffffffffffffff", 64), Some(u64::MAX));
        assert_eq!(uint("0x10000000000000000", 64), None);
    }

    #[test]
    fn signed_integers() {
        for (text, expected) in [
            ("-1", Some(0xff)),
            ("+127", Some(127)),
            ("+128", None),
            ("128", Some(128)),
            ("255", Some(255)),
            ("256", None),
            ("-128", Some(128)),
            ("-129", None),
            ("-0x80", Some(128)),
            ("- 1", None),
            ("+-1", None),
            ("-", None),
        ] {
            assert_eq!(int(text, 8), expected, "{text}");
        }
        assert_eq!(int("-9223372036854775808", 64), Some(1 << 63));
        assert_eq!(int("-9223372036854775809", 64), None);
        assert_eq!(int("-18446744073709551616", 64), None);
    }

    fn single(text: &str) -> Option<u32> {
        f32(text, &mut ProductionSet::default())
    }

    #[test]
    fn floats() {
        for (text, expected) in [
            ("0", Some(0)),
            ("-0.", Some(1 << 31)),
            ("1.5", Some(1.5_f32.to_bits())),
            ("1_0.0_1e-1", Some(1.001_f32.to_bits())),
            ("1e", None),
            ("1e+", None),
            (".5", None),
            ("1._5", None),
            ("1_.5", None),
            ("1.5.", None),
            ("1e39", None),
            ("1e-99999999999999999999", Some(0)),
            ("0x1p127", Some(0x7f00_0000)),
            ("0x1p128", None),
            ("0x1.fffffep127", Some(0x7f7f_ffff)),
            ("0x1.fffffeffffp127", Some(0x7f7f_ffff)),
            ("0x1.ffffffp127", None),
            ("0x1p-149", Some(1)),
            ("0x1p-150", Some(0)),
            ("0x1.000000000000000000000000000000001p-150", Some(1)),
            ("0x1.000001p0", Some(0x3f80_0000)),
            ("0x1.0000010000000000000000000000001p0", Some(0x3f80_0001)),
            ("0x1.000003p0", Some(0x3f80_0002)),
            ("0x0.00000000000000000000000000000000000001p152", Some(0x3f80_0000)),
            ("0x10000000000000000000000000000000000000p-148", Some(0x3f80_0000)),
            ("0x1.p", None),
            ("0x.8", None),
            ("0x1p0x1", None),
            ("inf", Some(0x7f80_0000)),
            ("-inf", Some(0xff80_0000)),
            ("nan", Some(0x7fc0_0000)),
            ("nan:0x1", Some(0x7f80_0001)),
            ("nan:0x0", None),
            ("nan:0x80_0000", None),
            ("nan:1", None),
            ("nan:", None),
            ("infinity", None),
            ("1e1_0", Some(1e10_f32.to_bits())),
        ] {
            assert_eq!(single(text), expected, "{text}");
        }
    }

    /// What Rust prints of a number, in decimal, is that number; and a hexadecimal form made from its bits is, too.
    #[test]
    fn there_and_back() {
        let mut bits = 1_u32;
        for _ in 0..20_000 {
            bits = bits.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let z = f32::from_bits(bits);
            if !z.is_finite() {
                continue;
            }
            assert_eq!(single(&format!("{z:?}")), Some(bits), "{z:?}");
            let (sign, exponent, m) = (bits >> 31, (bits >> 23 & 0xff) as i32, bits & 0x7f_ffff);
            let (m, exponent) = if exponent == 0 { (m, 1) } else { (m | 0x80_0000, exponent) };
            let text = format!("{}0x{m:x}p{}", if sign == 1 { "-" } else { "" }, exponent - 150);
            assert_eq!(single(&text), Some(bits), "{text}");
        }
    }
}
