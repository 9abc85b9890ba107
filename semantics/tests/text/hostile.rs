//! Texts made to hurt: each is read or refused soon, in memory that is in proportion to it, and without recursion on the
//! host's stack.
//!
//! A text is read in a process of its own, so that its memory can be told from that of other tests.

use lockstep_semantics::syntax::Features;
use lockstep_semantics::text;
use std::process::Command;
use std::time::{Duration, Instant};

/// What a text is like that is to be read.
struct Hostile {
    name: &'static str,
    /// Whether it is a module.
    is_module: bool,
    text: fn(&Sizes) -> String,
    /// The bytes that reading may take for each byte of the text, what comes of it included.
    fat: u64,
}

/// How large the texts are.
struct Sizes {
    /// The depth of nesting, and the number of things that are named, declared or written out.
    many: usize,
    /// The bytes of those that are nothing but large.
    large: usize,
}

/// The environment variable that asks for the large texts.
const LONG: &str = "LOCKSTEP_LONG";
/// The environment variable that names the text for [`one`].
const ONE: &str = "LOCKSTEP_HOSTILE";
/// What any text may take, for tables and such.
const SMALL: u64 = 8 << 20;
/// A guard against what takes quadratic time, which would be hours. It measures nothing: most texts take a second or less.
const TIME: Duration = Duration::from_secs(120);

impl Sizes {
    fn new() -> Self {
        let large = if std::env::var_os(LONG).is_some() { 100_000_000 } else { 4_000_000 };
        Sizes { many: 1_000_000, large }
    }
}

fn nest(sizes: &Sizes, before: &str, open: &str, inner: &str, close: &str, after: &str) -> String {
    [before, &open.repeat(sizes.many), inner, &close.repeat(sizes.many), after].concat()
}

/// A text between others, repeated up to a size.
fn fill(sizes: &Sizes, before: &str, repeated: &str, after: &str) -> String {
    [before, &repeated.repeat(sizes.large / repeated.len()), after].concat()
}

/// Something for each number, between others.
fn each(count: usize, before: &str, with: impl Fn(usize) -> String, after: &str) -> String {
    let mut text = before.to_owned();
    (0..count).for_each(|i| text.push_str(&with(i)));
    text + after
}

/// Parameters that are other ones for each number.
fn parameters(n: usize) -> String {
    let digits = (0..9).map(|place| ["i32", "i64", "f32", "f64", "v128"][n / 5_usize.pow(place) % 5]);
    format!("(param {})", digits.collect::<Vec<_>>().join(" "))
}

/// A function of instructions around each other.
macro_rules! nested {
    ($name:literal, $open:literal, $inner:literal, $close:literal) => {
        Hostile {
            name: $name,
            is_module: true,
            text: |s| nest(s, "(module (func ", $open, $inner, $close, "))"),
            fat: 64,
        }
    };
}

macro_rules! text {
    ($name:literal, $is_module:literal, $fat:literal, $text:expr) => {
        Hostile { name: $name, is_module: $is_module, text: $text, fat: $fat }
    };
}

const TEXTS: &[Hostile] = &[
    // Nested.
    nested!("folded blocks", "(block ", "", ")"),
    nested!("folded loops", "(loop ", "", ")"),
    nested!("operands", "(drop ", "(nop)", ")"),
    nested!("branches", "(if (then ", "(nop)", "))"),
    nested!("conditions", "(if ", "(nop)", "(then))"),
    nested!("else", "(if (then) (else ", "", "))"),
    nested!("blocks", "block ", "", "end "),
    nested!("ifs", "if else ", "", "end "),
    nested!("handlers", "(try_table ", "", ")"),
    text!("block comments", true, 2, |s| nest(s, "", "(;", "", ";)", "")),
    text!("annotations", true, 2, |s| nest(s, "", "(@a ", "", ")", "")),
    text!("names of names", true, 10, |s| nest(s, "(module ", "(@name ", "", ")", ")")),
    text!("parentheses", false, 10, |s| nest(s, "", "(", "", ")", "")),
    text!("modules", false, 6, |s| nest(s, "", "(module ", "", ")", "")),
    text!("recursive types", false, 6, |s| nest(s, "(module ", "(rec ", "", ")", ")")),
    text!("reference types", false, 6, |s| nest(s, "(module (func (param ", "(ref ", "any", ")", ")))")),
    text!("subtypes", false, 6, |s| nest(s, "(module (type ", "(sub ", "(func)", ")", "))")),
    text!("items", false, 6, |s| nest(s, "(module (elem funcref ", "(item ", "", ")", "))")),
    // Open to the end.
    text!("open parentheses", false, 18, |s| nest(s, "", "(", "", "", "")),
    text!("open blocks", false, 40, |s| nest(s, "(func ", "block ", "", "", "")),
    text!("open folded blocks", false, 40, |s| nest(s, "(func ", "(block ", "", "", "")),
    text!("open operands", false, 40, |s| nest(s, "(func ", "(drop ", "", "", "")),
    text!("open ifs", false, 40, |s| nest(s, "(func ", "(if (then ", "", "", "")),
    text!("open comments", false, 2, |s| nest(s, "", "(;", "", "", "")),
    text!("open annotations", false, 2, |s| nest(s, "", "(@a ", "", "", "")),
    text!("open types", false, 6, |s| nest(s, "(module ", "(rec ", "", "", "")),
    text!("open strings", false, 16, |s| nest(s, "(module ", "\"\n", "", "", "")),
    // Many.
    text!("labels", true, 30, |s| {
        let opened = each(s.many, "(func ", |i| format!("(block $l{i} (br $l0)"), "");
        [&opened, &*")".repeat(s.many), ")"].concat()
    }),
    text!("labels of one name", true, 30, |s| nest(s, "(func ", "(block $l (br $l) ", "", ")", ")")),
    text!("labels of a branch table", true, 20, |s| fill(s, "(func (br_table ", "0 ", "))")),
    text!("functions", true, 16, |s| fill(s, "(module ", "(func (result i32) i32.const 0)\n", ")")),
    text!("functions of nothing", true, 25, |s| fill(s, "(module ", "(func)", ")")),
    text!("instructions", true, 25, |s| fill(s, "(module (func ", "nop ", "))")),
    text!("parameters", true, 30, |s| fill(s, "(module (func (param ", "i32 ", ")))")),
    text!("named parameters", true, 30, |s| { each(s.many, "(func ", |i| format!("(param $p{i} i32)"), ")") }),
    text!("locals", true, 20, |s| fill(s, "(module (func (local ", "i32 ", ")))")),
    text!("named locals", true, 20, |s| each(s.many, "(func ", |i| format!("(local $p{i} i32)"), ")")),
    text!("fields", true, 20, |s| fill(s, "(module (type (struct (field ", "i32 ", "))))")),
    text!("named fields", true, 20, |s| { each(s.many, "(type (struct ", |i| format!("(field $f{i} i32)"), "))") }),
    text!("types", true, 25, |s| each(s.many, "", |_| "(type (func))".into(), "")),
    text!("types of one another", true, 25, |s| {
        each(s.many, "(rec ", |i| format!("(type $t{i} (sub $t0 (struct)))"), ")")
    }),
    text!("implicit types", true, 25, |s| each(s.many / 4, "", |i| format!("(func {})", parameters(i)), "")),
    text!("uses of types that come later", true, 25, |s| {
        each(s.many / 4, "", |i| format!("(func (type {i}) {0})(func {0})", parameters(i)), "")
    }),
    // A type of many parameters, and many uses of it.
    text!("uses of a long type", true, 25, |s| {
        let long = ["(type (func (param ", &*"i32 ".repeat(s.many / 4), ")))"].concat();
        each(s.many / 4, &long, |_| "(func (type 0)(block (type 0)))".into(), "")
    }),
    text!("supertypes", true, 20, |s| fill(s, "(type (sub ", "0 ", "(func)))")),
    text!("elements", true, 60, |s| fill(s, "(elem func ", "0 ", ")")),
    text!("element expressions", true, 20, |s| fill(s, "(elem funcref ", "(ref.func 0)", ")")),
    text!("exports", true, 20, |s| fill(s, "(func ", "(export \"\")", ")")),
    text!("imports", true, 20, |s| fill(s, "", "(import \"\" \"\" (func))", "")),
    text!("memories with data", true, 25, |s| fill(s, "", "(memory (data))", "")),
    text!("branch hints", true, 20, |s| {
        fill(s, "", "(func (@metadata.code.branch_hint \"\\00\") (if (nop) (then)))", "")
    }),
    text!("names of functions", true, 25, |s| fill(s, "", "(func (@name \"a\"))", "")),
    text!("names of locals", true, 25, |s| fill(s, "(func ", "(local (@name \"a\") i32)", ")")),
    text!("names of one function", true, 25, |s| fill(s, "(func ", "(@name \"a\")", ")")),
    text!("misplaced names", true, 25, |s| fill(s, "(func ", "nop (@name \"a\")", ")")),
    // Large.
    text!("a string", true, 4, |s| fill(s, "(memory (data \"", "a", "\"))")),
    text!("a string of escapes", true, 3, |s| fill(s, "(memory (data \"", "\\00", "\"))")),
    text!("a character of many digits", false, 2, |s| fill(s, "(memory (data \"\\u{", "1", "}\"))")),
    text!("strings", true, 8, |s| fill(s, "(memory (data ", "\"\" ", "))")),
    text!("a name", true, 4, |s| fill(s, "(import \"", "a", "\" \"\" (func))")),
    text!("a line comment", true, 1, |s| fill(s, "(module) ;;", "a", "")),
    text!("a block comment", true, 1, |s| fill(s, "(module) (;", "a", ";)")),
    text!("a comment that is not ASCII", true, 5, |s| fill(s, "(module) ;;", "ä😀", "")),
    text!("spaces", true, 1, |s| fill(s, "(module", " ", ")")),
    text!("lines", true, 6, |s| fill(s, "(module", "\n", ")")),
    text!("an annotation", true, 1, |s| fill(s, "(module (@a ", "a ", "))")),
    text!("a custom section", true, 40, |s| fill(s, "(module (@custom \"\" ", "\"\" ", "))")),
    text!("an identifier", true, 4, |s| fill(s, "(func $", "a", ")")),
    text!("an unknown identifier", false, 4, |s| fill(s, "(start $", "a", ")")),
    text!("a keyword", false, 1, |s| fill(s, "(func ", "a", ")")),
    text!("a reserved token", false, 1, |s| fill(s, "(func ", "{", ")")),
    text!("a number of zeros", true, 2, |s| fill(s, "(func i32.const ", "0", ")")),
    text!("a number", false, 2, |s| fill(s, "(func i64.const ", "9", ")")),
    text!("a hexadecimal number", false, 2, |s| fill(s, "(func i64.const 0x", "f_", "f)")),
    text!("a size", false, 2, |s| fill(s, "(memory ", "9", ")")),
    text!("a floating-point number", true, 4, |s| fill(s, "(func f64.const 0.", "3", ")")),
    text!("a hexadecimal floating-point number", true, 2, |s| fill(s, "(func f32.const 0x0.", "3", ")")),
    text!("an exponent", false, 2, |s| fill(s, "(func f32.const 1e", "9", ")")),
    text!("an alignment", false, 2, |s| fill(s, "(func i32.load align=", "9", ")")),
    text!("a NaN", false, 2, |s| fill(s, "(func f32.const nan:0x", "f", ")")),
    // No tokens.
    text!("NUL", false, 18, |s| fill(s, "", "\0", "")),
    text!("control characters", false, 18, |s| {
        let all: String = (0..0x20_u8).chain([0x7F]).map(char::from).collect();
        fill(s, "", &all, "")
    }),
    text!("NUL in a string", false, 2, |s| fill(s, "(data \"", "\0", "\")")),
    text!("letters of other scripts", false, 18, |s| fill(s, "", "ä", "")),
];

/// Bytes of memory as Linux tells them of this process.
fn memory(key: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    Some(line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<u64>().ok()? * 1024)
}

/// Reads the text that the environment asks for.
#[test]
#[ignore = "run by `all`, each text in a process of its own"]
fn one() {
    let name = std::env::var(ONE).expect("the name of a text is in the environment");
    let hostile = TEXTS.iter().find(|hostile| hostile.name == name).expect("there is such a text");
    let text = (hostile.text)(&Sizes::new());
    // What the making of the text took counts no more.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = memory("VmRSS");
    let start = Instant::now();
    let read = text::read(&text, Features::STANDARD);
    let time = start.elapsed();
    let taken = memory("VmHWM").zip(before).map(|(peak, before)| peak.saturating_sub(before));
    let size = text.len() as u64;
    let fat = taken.map_or(f64::NAN, |taken| taken as f64 / size as f64);
    println!("{name}: {:.1} MB, {time:.2?}, {fat:.1} bytes for each", size as f64 / 1e6);
    assert_eq!(read.is_ok(), hostile.is_module, "{name}: {:?}", read.err().map(|e| e.message));
    assert!(time < TIME, "{name}: {time:?}");
    assert!(taken.is_some() || cfg!(not(target_os = "linux")), "{name}: nothing says how much memory it takes");
    if let Some(taken) = taken {
        assert!(taken < SMALL + hostile.fat * size, "{name}: {taken} bytes for a text of {size}");
    }
}

#[test]
fn all() {
    let mut failed = Vec::new();
    for Hostile { name, .. } in TEXTS {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let output = command.args(["hostile::one", "--exact", "--ignored", "--nocapture"]).env(ONE, name).output();
        let output = output.unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        said.lines().filter(|line| line.starts_with(name)).for_each(|line| println!("{line}"));
        // A process that found no such test would succeed.
        if !output.status.success() || !said.contains("1 passed") {
            failed.push(format!("{name}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
