//! Excerpts of the code in the documentation are the code.
//!
//! An excerpt is a block of Rust after a comment that names a file and a function in it:
//! `<!-- excerpt: path/to/file.rs fn name -->`. It has the function whole, with its doc comment; left out are attributes,
//! its visibility, and the fences in the doc comment.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The function of this name in a source that `rustfmt` has formatted, as an excerpt has it.
fn function(source: &str, name: &str) -> Result<String, String> {
    let lines: Vec<&str> = source.lines().collect();
    let head = |line: &str| {
        let mut words = line.trim_start().split(' ').skip_while(|word| word.starts_with("pub") || *word == "const");
        words.next() == Some("fn") && words.next().is_some_and(|word| word.split(['(', '<']).next() == Some(name))
    };
    let found: Vec<usize> = (0..lines.len()).filter(|&i| head(lines[i])).collect();
    let &[at] = &found[..] else { return Err(format!("{} functions are called {name}", found.len())) };
    let indent = lines[at].len() - lines[at].trim_start().len();
    let before = |line: &&&str| line.trim_start().starts_with("///") || line.trim_start().starts_with("#[");
    let first = at - lines[..at].iter().rev().take_while(before).count();
    let end = format!("{}}}", " ".repeat(indent));
    let last = at + lines[at..].iter().position(|line| *line == end).ok_or(format!("{name} has no end"))?;
    let shown = lines[first..=last].iter().map(|line| line.get(indent..).unwrap_or_default());
    let shown = shown.filter(|line| !line.starts_with("/// ```") && !line.starts_with("#["));
    let without_visibility = |line: &str| match line.split_once("fn ") {
        Some((visibility, rest)) if visibility.starts_with("pub") => format!("fn {rest}"),
        _ => line.to_owned(),
    };
    Ok(shown.map(|line| without_visibility(line) + "\n").collect())
}

/// Where an excerpt is not the code: the lines that differ.
fn difference(code: &str, excerpt: &str) -> Option<String> {
    let lines = |text: &'static str, of: &str| -> Vec<String> {
        of.lines().map(|line| format!("{text} {}", line.trim_end())).collect()
    };
    let (code, excerpt) = (lines("code:   ", code), lines("excerpt:", excerpt));
    let same = |(a, b): &(&String, &String)| a[8..] == b[8..];
    let before = code.iter().zip(&excerpt).take_while(same).count();
    let (code, excerpt) = (&code[before..], &excerpt[before..]);
    let after = code.iter().rev().zip(excerpt.iter().rev()).take_while(same).count();
    let differ = [&code[..code.len() - after], &excerpt[..excerpt.len() - after]].concat();
    (!differ.is_empty()).then(|| format!("from line {} of it on:\n{}\n", before + 1, differ.join("\n")))
}

/// The blocks of Rust in a text, each with the file and the function that it names.
fn excerpts(text: &str) -> Result<Vec<(&str, &str, &str)>, String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, block)) = rest.split_once("```rust\n") {
        let (block, after) = block.split_once("```\n").ok_or("a block without an end")?;
        let marker = before.trim_end().lines().last().unwrap_or_default();
        let named = marker.strip_prefix("<!-- excerpt: ").and_then(|named| named.strip_suffix(" -->"));
        let (file, name) = named.and_then(|named| named.split_once(" fn ")).ok_or_else(|| {
            format!("a block of Rust is of no file: before it there is no `<!-- excerpt: path fn name -->`\n{block}")
        })?;
        found.push((file, name, block));
        rest = after;
    }
    Ok(found)
}

/// The Markdown files in a folder, and below.
fn markdown(folder: &Path, below: bool) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && below {
            files.extend(markdown(&path, below));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
    files
}

#[test]
fn excerpts_are_the_code() {
    let (mut count, mut wrong) = (0, Vec::new());
    for path in [markdown(&root(), false), markdown(&root().join("docs"), true)].concat() {
        let text = fs::read_to_string(&path).unwrap();
        for (file, name, excerpt) in excerpts(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display())) {
            let source = fs::read_to_string(root().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
            let code = function(&source, name).unwrap_or_else(|e| panic!("{file}: {e}"));
            if let Some(difference) = difference(&code, excerpt) {
                wrong.push(format!("{}: the excerpt of {name} is not that of {file}, {difference}", path.display()));
            }
            count += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 0, "the README has an excerpt");
}

#[test]
fn what_is_not_the_code_is_noticed() {
    let source = "\
impl S {
    /// Reads.
    ///
    /// ```text
    /// Step/a  x  ~>  y
    /// ```
    #[inline(always)]
    pub(crate) fn get<const N: usize>(&self) -> u8 {
        if true {
            1
        }
    }

    fn get_all(&self) {}
}
";
    let code = "/// Reads.\n///\n/// Step/a  x  ~>  y\nfn get<const N: usize>(&self) -> u8 {\n    if true {\n        1\n    }\n}\n";
    assert_eq!(function(source, "get").as_deref(), Ok(code));
    assert!(function(source, "set").is_err() && function(&source.repeat(2), "get").is_err());
    let text = format!("x\n<!-- excerpt: a/b.rs fn get -->\n```rust\n{code}```\ny\n");
    assert_eq!(excerpts(&text), Ok(vec![("a/b.rs", "get", code)]));
    assert!(excerpts(&text.replace("<!-- excerpt: a/b.rs fn get -->", "")).is_err());
    assert_eq!(difference(code, code), None);
    let want = "from line 6 of it on:\ncode:            1\nexcerpt:         2\n";
    assert_eq!(difference(code, &code.replace("   1", "   2")).as_deref(), Some(want));
    assert_eq!(
        difference(code, &code.replace("        1\n", "")).as_deref(),
        Some("from line 6 of it on:\ncode:            1\n")
    );
    assert!(difference(code, &code.replace("/// Reads.\n", "")).is_some());
}
