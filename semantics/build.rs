//! Writes the table that `src/source.rs` includes: for each rule and production of the catalogue, the functions that are it.
//!
//! A function is taken for a rule that it names with `rule!("…")`, for a production that it names with `production!("…")`,
//! and for what it stands in for according to the catalogue. In a table of productions, what follows each name is taken for
//! a function. Nothing but the sources of this crate is read, so that it works from a packaged crate as well.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use lockstep_spec::{Code, ProductionId, RuleId};
use syn::spanned::Spanned as _;
use syn::{Attribute, ImplItem, Item, TraitItem};

/// A function, by its lines (counted from 1, the last included), doc comment and attributes among them.
struct Function {
    name: String,
    first: usize,
    last: usize,
}

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=build.rs");

    let rules = stand_ins(RuleId::ALL.into_iter().map(|id| (id, &id.rule().code)));
    let productions = stand_ins(ProductionId::ALL.into_iter().map(|id| (id, &id.production().code)));
    let mut paths = Vec::new();
    collect(&root.join("src"), &mut paths);
    let mut table = String::from("static FUNCTIONS: &[Function] = &[\n");
    for path in paths {
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let file = syn::parse_file(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let name = path.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/");
        let lines: Vec<&str> = text.lines().collect();
        let mut functions = Vec::new();
        in_items(&file.items, &lines, &mut functions);
        for Function { name: function, first, last } in functions {
            let code = &lines[first - 1..last];
            let mut ids: BTreeSet<RuleId> = named(code, RULE).filter_map(RuleId::parse).collect();
            ids.extend(rules.iter().filter(|(_, by)| *by == function).map(|(rule, _)| *rule));
            let rules: Vec<&str> = ids.into_iter().map(RuleId::as_str).collect();
            let mut ids: BTreeSet<ProductionId> = named(code, PRODUCTION).filter_map(ProductionId::parse).collect();
            ids.extend(productions.iter().filter(|(_, by)| *by == function).map(|(production, _)| *production));
            let productions: Vec<&str> = ids.into_iter().map(ProductionId::as_str).collect();
            if rules.is_empty() && productions.is_empty() {
                continue;
            }
            let code = unindent(code);
            let _ = writeln!(
                table,
                "    Function {{ name: {function:?}, file: {name:?}, first: {first}, last: {last}, rules: &{rules:?}, productions: &{productions:?}, code: {code:?} }},"
            );
        }
    }
    table.push_str("];\n");
    fs::write(out.join("source.rs"), table).expect("OUT_DIR is writable");
}

const RULE: &str = "rule!(";
const PRODUCTION: &str = "production!(";

/// What has a stand-in, with the names of the functions that stand in for it.
fn stand_ins<T: Copy>(entries: impl Iterator<Item = (T, &'static Code)>) -> Vec<(T, &'static str)> {
    entries
        .filter_map(|(id, code)| match code {
            Code::StandsIn { by, .. } => Some(paths(by).map(move |name| (id, name))),
            Code::Fired | Code::ToCome { .. } => None,
        })
        .flatten()
        .collect()
}

/// The files of the crate but for tests, by name.
fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|e| e == "rs") {
            paths.push(path);
        }
    }
}

fn in_items(items: &[Item], lines: &[&str], functions: &mut Vec<Function>) {
    for item in items {
        match item {
            Item::Fn(f) => functions.push(function(&f.sig, f.span(), &f.attrs)),
            Item::Impl(i) => {
                for item in &i.items {
                    if let ImplItem::Fn(f) = item {
                        functions.push(function(&f.sig, f.span(), &f.attrs));
                    }
                }
            }
            Item::Trait(t) => {
                for item in &t.items {
                    if let TraitItem::Fn(f) = item {
                        functions.push(function(&f.sig, f.span(), &f.attrs));
                    }
                }
            }
            Item::Mod(m) if !is_test(&m.attrs) => {
                if let Some((_, items)) = &m.content {
                    in_items(items, lines, functions);
                }
            }
            Item::Macro(m) if m.ident.is_none() => in_table(&m.mac, lines, functions),
            _ => {}
        }
    }
}

/// The pieces of a table, each from a line with the name of a production to the next. They are called after what is
/// before that name, or after the table.
fn in_table(table: &syn::Macro, lines: &[&str], functions: &mut Vec<Function>) {
    let end = table.span().end().line;
    let starts: Vec<usize> = (table.span().start().line..end)
        .filter(|line| named(&lines[line - 1..*line], PRODUCTION).next().is_some())
        .collect();
    for (i, &first) in starts.iter().enumerate() {
        let label = lines[first - 1].split(PRODUCTION).next().unwrap_or_default().trim().trim_end_matches(':');
        let name = match table.path.segments.last() {
            Some(segment) if label.is_empty() => segment.ident.to_string(),
            _ => label.to_owned(),
        };
        functions.push(Function { name, first, last: starts.get(i + 1).copied().unwrap_or(end) - 1 });
    }
}

fn is_test(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| attr.path().is_ident("cfg"))
}

fn function(sig: &syn::Signature, span: proc_macro2::Span, attrs: &[Attribute]) -> Function {
    let first = attrs.iter().map(|attr| attr.span().start().line).chain([span.start().line]).min();
    Function { name: sig.ident.to_string(), first: first.unwrap_or(1), last: span.end().line }
}

/// Every `name` in `rule!("name")`, or with another macro, but for those in comments that take a whole line.
fn named<'a>(code: &'a [&str], by: &'a str) -> impl Iterator<Item = &'a str> {
    code.iter()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(move |line| line.split(by).skip(1))
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'))
        .map(|(name, _)| name)
}

/// Every piece of `text` in backticks that could be the path of something in Rust, by its last segment.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let word = |w: &str| !w.is_empty() && w.chars().all(|c| c.is_alphanumeric() || c == '_');
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter(move |path| path.split("::").all(word))
        .filter_map(|path| path.rsplit("::").next())
}

/// The lines without the indentation that all of them have.
fn unindent(lines: &[&str]) -> String {
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let common = lines.iter().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    let lines: Vec<&str> = lines.iter().map(|line| line.get(common..).unwrap_or_default()).collect();
    lines.join("\n")
}
