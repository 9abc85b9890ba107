//! Reads one chapter of the catalogue. Shared by the build script and `tests/format.rs`.
//!
//! The format is described in `README.md`; this reader is strict, because an entry that is almost right would
//! otherwise vanish from the catalogue without a word.

/// What a chapter is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Rules,
    Productions,
}

impl Kind {
    /// What an entry is called.
    fn what(self) -> &'static str {
        match self {
            Kind::Rules => "rule",
            Kind::Productions => "production",
        }
    }

    /// What an entry says of its code when the code names it.
    fn named(self) -> &'static str {
        match self {
            Kind::Rules => "fired",
            Kind::Productions => "read",
        }
    }
}

/// One file of `rules/` or `grammar/`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Chapter {
    /// The file name below the folder, such as `4.3-execution.instructions.md` or `threads/2-execution.md`.
    pub(crate) name: String,
    /// The heading, such as `4.3 Execution: instructions`.
    pub(crate) title: String,
    /// The introduction, in Markdown.
    pub(crate) introduction: String,
    /// Its rules or productions, in order.
    pub(crate) entries: Vec<Entry>,
}

impl Chapter {
    /// The SpecTec file that the chapter follows; for a chapter of a proposal, which has none, its own name with the folder.
    pub(crate) fn file(&self) -> String {
        if self.name.contains('/') {
            self.name.clone()
        } else {
            format!("{}.spectec", self.name.trim_end_matches(".md"))
        }
    }

    /// The folder of a proposal's chapter.
    pub(crate) fn proposal(&self) -> Option<&str> {
        self.name.split_once('/').map(|(folder, _)| folder)
    }
}

/// One rule or production.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: String,
    /// The line of its heading, counted from 1.
    pub(crate) line: usize,
    pub(crate) statement: String,
    pub(crate) note: String,
    pub(crate) section: String,
    /// What the proposal says in prose, in our words, where the rule itself is ours.
    pub(crate) ours: Option<String>,
    pub(crate) code: Code,
    /// Why nothing can make it fire.
    pub(crate) never: Option<String>,
}

/// Where the rule or production is found in the implementation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Fired,
    StandsIn { by: String, reason: String },
    ToCome { reason: String },
}

/// What is wrong, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) line: usize,
    pub(crate) message: String,
}

const SECTION: &str = "- section: ";
const OURS: &str = "- ours: ";
const CODE: &str = "- code: ";
const NEVER: &str = "- never fires: ";
const INDENT: &str = "    ";

/// Reads the chapter `text` of the file called `name`.
pub(crate) fn chapter(name: &str, text: &str, kind: Kind) -> Result<Chapter, Malformed> {
    let lines: Vec<(usize, &str)> = text.lines().enumerate().map(|(i, l)| (i + 1, l.trim_end())).collect();
    let title = match lines.first() {
        Some((_, line)) if line.starts_with("# ") => line["# ".len()..].trim().to_owned(),
        _ => return Err(malformed(1, "a chapter begins with `# ` and its title")),
    };
    let starts: Vec<usize> = (0..lines.len()).filter(|&i| lines[i].1.starts_with("## ")).collect();
    let introduction = &lines[1..starts.first().copied().unwrap_or(lines.len())];
    no_stray_headings(introduction, kind)?;
    let introduction = paragraphs(&introduction.iter().map(|&(_, line)| line).collect::<Vec<_>>());
    if introduction.is_empty() {
        return Err(malformed(
            1,
            format!("a chapter has a paragraph of introduction between its title and its first {}", kind.what()),
        ));
    }
    let mut entries = Vec::with_capacity(starts.len());
    for (n, &start) in starts.iter().enumerate() {
        let end = starts.get(n + 1).copied().unwrap_or(lines.len());
        entries.push(entry(&lines[start..end], kind)?);
    }
    Ok(Chapter { name: name.to_owned(), title, introduction, entries })
}

fn entry(lines: &[(usize, &str)], kind: Kind) -> Result<Entry, Malformed> {
    let (line, heading) = lines[0];
    let id = heading["## ".len()..].trim().to_owned();
    if !is_identifier(&id) {
        let what = kind.what();
        return Err(malformed(line, format!("`{id}` is not a {what} identifier of the form Name or Name/case")));
    }
    no_stray_headings(&lines[1..], kind)?;
    let mut rest = skip_blank(&lines[1..]);

    // The statement: indented lines, and blank lines between them.
    let mut statement: Vec<&str> = Vec::new();
    while let Some(&(_, text)) = rest.first() {
        match text.strip_prefix(INDENT) {
            Some(inner) => statement.push(inner),
            None if text.is_empty() => statement.push(""),
            None => break,
        }
        rest = &rest[1..];
    }
    let statement = paragraphs(&statement);
    if statement.is_empty() {
        return Err(malformed(
            line,
            format!("`{id}` has no statement (a block indented by four spaces, right after the heading)"),
        ));
    }

    // The note: whatever stands before the section.
    let end = rest
        .iter()
        .position(|(_, text)| text.starts_with(SECTION))
        .ok_or_else(|| malformed(line, format!("`{id}` has no line `{SECTION}https://…`")))?;
    if let Some(&(at, _)) = rest[..end].iter().find(|(_, text)| text.starts_with("- code")) {
        return Err(malformed(at, format!("`{id}`: the code stands after the section")));
    }
    let note: Vec<&str> = rest[..end].iter().map(|&(_, text)| text).collect();
    let note = paragraphs(&note);

    let (at, section) = rest[end];
    let section = section[SECTION.len()..].trim();
    if !section.starts_with("https://") || section.contains(char::is_whitespace) {
        return Err(malformed(at, format!("`{id}`: `{section}` is not a link")));
    }
    let mut rest = &rest[end + 1..];
    let mut ours = None;
    if kind == Kind::Rules
        && let Some(&(at, text)) = rest.first()
        && let Some(text) = text.strip_prefix(OURS.trim_end())
    {
        ours = Some(nonempty(text, "sentence").map_err(|message| malformed(at, format!("`{id}`: {message}")))?);
        rest = &rest[1..];
    }
    let Some((&(at, code_line), rest)) = rest.split_first() else {
        return Err(malformed(at, format!("`{id}` has no line `{CODE}…` after its section")));
    };
    let Some(code_text) = code_line.strip_prefix(CODE) else {
        return Err(malformed(at, format!("`{id}`: a line `{CODE}…` must follow the section")));
    };
    let code = code(code_text.trim(), kind).map_err(|message| malformed(at, format!("`{id}`: {message}")))?;
    let (never, rest) = match rest.split_first() {
        Some((&(at, text), rest)) if kind == Kind::Rules && text.starts_with(NEVER.trim_end()) => {
            if code != Code::Fired {
                return Err(malformed(at, format!("`{id}`: only a rule that the code has can be said to never fire")));
            }
            let reason = text.strip_prefix(NEVER).unwrap_or_default();
            let reason = nonempty(reason, "reason").map_err(|message| malformed(at, format!("`{id}`: {message}")))?;
            (Some(reason), rest)
        }
        _ => (None, rest),
    };
    if let Some(&(at, text)) = skip_blank(rest).first() {
        return Err(malformed(at, format!("`{id}`: nothing may follow the code, but here is `{text}`")));
    }
    Ok(Entry { id, line, statement, note, section: section.to_owned(), ours, code, never })
}

fn code(text: &str, kind: Kind) -> Result<Code, String> {
    let named = kind.named();
    if text == named {
        return Ok(Code::Fired);
    }
    if let Some(text) = text.strip_prefix("stands in: ") {
        let (by, reason) = text
            .split_once(" — ")
            .ok_or_else(|| "a stand-in has the form ``stands in: `name` — reason``".to_owned())?;
        return Ok(Code::StandsIn { by: nonempty(by, "name")?, reason: nonempty(reason, "reason")? });
    }
    if let Some(reason) = text.strip_prefix("to come: ") {
        return Ok(Code::ToCome { reason: nonempty(reason, "reason")? });
    }
    Err(format!("`{text}` is none of `{named}`, `stands in: … — …`, `to come: …`"))
}

fn nonempty(text: &str, what: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err(format!("the {what} is empty")) } else { Ok(text.to_owned()) }
}

/// `Relation` or `Relation/case`, as the SpecTec sources spell them; the name of a production is of the same form.
fn is_identifier(id: &str) -> bool {
    let word = |w: &str, extra: &str| {
        !w.is_empty() && w.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || extra.contains(c))
    };
    let (relation, case) = match id.split_once('/') {
        Some((relation, case)) => (relation, Some(case)),
        None => (id, None),
    };
    relation.starts_with(|c: char| c.is_ascii_uppercase())
        && word(relation, "")
        && case.is_none_or(|case| word(case, "-.*"))
}

fn no_stray_headings(lines: &[(usize, &str)], kind: Kind) -> Result<(), Malformed> {
    match lines.iter().find(|(_, line)| line.starts_with('#')) {
        Some(&(at, line)) => {
            let what = kind.what();
            Err(malformed(at, format!("only {what}s have headings (`## Name/case`), but here is `{line}`")))
        }
        None => Ok(()),
    }
}

fn skip_blank<'a, 'b>(lines: &'a [(usize, &'b str)]) -> &'a [(usize, &'b str)] {
    let n = lines.iter().take_while(|(_, line)| line.is_empty()).count();
    &lines[n..]
}

/// Joins lines, without the blank ones at either end.
fn paragraphs(lines: &[&str]) -> String {
    lines.join("\n").trim_matches('\n').to_owned()
}

fn malformed(line: usize, message: impl Into<String>) -> Malformed {
    Malformed { line, message: message.into() }
}
