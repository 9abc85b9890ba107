//! The mutants in `corpus/mutants`: what they are, and how they are put into the sources of the semantics.

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One rule, made wrong.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mutant {
    /// A name for it.
    pub(crate) name: String,
    /// The rule of the standard that it changes.
    pub(crate) rule: String,
    /// The family that it is counted in.
    pub(crate) family: String,
    /// What the wrong rule says.
    pub(crate) says: String,
    /// The file, from the root of the workspace.
    pub(crate) file: PathBuf,
    /// The function in it.
    pub(crate) function: String,
    /// What stands directly before the text to replace, where that alone occurs more than once in the function.
    #[serde(default)]
    pub(crate) before: String,
    /// The text to replace.
    pub(crate) find: String,
    /// The text in its place.
    pub(crate) wrong: String,
    /// What both texts are.
    #[serde(default)]
    pub(crate) kind: Kind,
    /// Why no campaign finds it, where that is known.
    pub(crate) survives: Option<String>,
}

/// What is replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// An expression.
    #[default]
    Expr,
    /// Statements.
    Stmt,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    mutant: Vec<Mutant>,
}

/// The mutants, in the order of the files' names and of the files.
pub(crate) fn read(root: &Path) -> Result<Vec<Mutant>> {
    let folder = root.join("corpus/mutants");
    let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let mut mutants = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path)?;
        let catalogue: Catalogue = toml::from_str(&text).with_context(|| path.display().to_string())?;
        mutants.extend(catalogue.mutant);
    }
    Ok(mutants)
}

/// The one place where a text occurs.
fn once(text: &str, what: &str) -> Result<usize> {
    let mut places = text.match_indices(what).map(|(at, _)| at);
    match (places.next(), places.next()) {
        (Some(at), None) => Ok(at),
        (None, _) => bail!("{what:?} does not occur"),
        (Some(_), Some(_)) => bail!("{what:?} occurs more than once"),
    }
}

/// The lines of a function, up to the brace that is indented as its first line is.
fn function(source: &str, name: &str) -> Result<Range<usize>> {
    let plain = once(source, &format!("fn {name}("));
    let at = plain.or_else(|error| once(source, &format!("fn {name}<")).map_err(|_| error))?;
    let line = source[..at].rfind('\n').map_or(0, |end| end + 1);
    let indent = source[line..].len() - source[line..].trim_start().len();
    let brace = format!("\n{}}}\n", " ".repeat(indent));
    let Some(length) = source[line..].find(&brace) else { bail!("fn {name} has no end") };
    Ok(line..line + length)
}

/// Where the text is that a mutant replaces.
fn place(source: &str, mutant: &Mutant) -> Result<Range<usize>> {
    let function = function(source, &mutant.function)?;
    let at = once(&source[function.clone()], &format!("{}{}", mutant.before, mutant.find))?;
    let start = function.start + at + mutant.before.len();
    Ok(start..start + mutant.find.len())
}

/// The source with mutants in it, each behind a condition on its number.
///
/// # Errors
/// When the text of a mutant is not there exactly once, or those of two overlap without being the same.
pub(crate) fn insert(source: &str, mutants: &[(usize, &Mutant)]) -> Result<String> {
    let mut places: BTreeMap<(usize, usize), Vec<(usize, &Mutant)>> = BTreeMap::new();
    for &(number, mutant) in mutants {
        let place = place(source, mutant).with_context(|| mutant.name.clone())?;
        ensure!(mutant.find != mutant.wrong, "{}: nothing changes", mutant.name);
        places.entry((place.start, place.end)).or_default().push((number, mutant));
    }
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    for ((start, end), here) in places {
        let (_, mutant) = here[0];
        ensure!(start >= at, "{}: overlaps with another mutant", mutant.name);
        ensure!(here.iter().all(|(_, other)| other.kind == mutant.kind), "{}: of two kinds", mutant.name);
        out.push_str(&source[at..start]);
        let mut chosen = String::new();
        for (number, mutant) in &here {
            chosen.push_str(&format!("if crate::mutant::is({number}) {{ {} }} else ", mutant.wrong));
        }
        chosen.push_str(&format!("{{ {} }}", &source[start..end]));
        match mutant.kind {
            Kind::Expr => out.push_str(&format!("({chosen})")),
            Kind::Stmt => out.push_str(&chosen),
        }
        at = end;
    }
    out.push_str(&source[at..]);
    Ok(out)
}
