//! Reads the rules of SpecTec sources: their names, places and text. Nothing else of the language is understood.

use sha2::{Digest as _, Sha256};

/// A rule as it stands in a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRule {
    /// Its name, such as `Step_read/struct.get-null`.
    pub id: String,
    /// The file that it is in.
    pub file: String,
    /// The line that it begins on, counted from 1.
    pub line: u32,
    /// Whether it stands in a block comment.
    pub commented: bool,
    /// Its text after the name, without comments and with runs of white space collapsed.
    pub text: String,
}

impl SourceRule {
    /// A fingerprint of [`SourceRule::text`]: the first 64 bits of its SHA-256, in hexadecimal.
    pub fn fingerprint(&self) -> String {
        Sha256::digest(self.text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The judgements that the premises use, each once: the names before a colon at the head of a premise.
    pub fn premises(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for premise in self.text.split("-- ").skip(1) {
            let premise = premise.trim_start_matches(['(', ' ']);
            let end = premise.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(premise.len());
            let (name, rest) = premise.split_at(end);
            let judgement = name.starts_with(|c: char| c.is_ascii_uppercase()) && rest.trim_start().starts_with(':');
            if judgement && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

/// The rules of one source, in order: those that hold, and also those that stand in a block comment.
pub(super) fn rules(file: &str, source: &str) -> Vec<SourceRule> {
    let (live, commented) = without_comments(source);
    let mut rules = items(file, &live, false);
    rules.extend(items(file, &commented, true));
    rules.sort_by_key(|rule| rule.line);
    rules
}

/// Where a block comment ends, in the text inside of them.
const END: char = '\u{c}';

/// The text outside of block comments and the text inside of them, each with the lines of the source and without the
/// comments that end with their line.
fn without_comments(source: &str) -> (String, String) {
    let (mut live, mut commented) = (String::new(), String::new());
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' {
            live.push(c);
            commented.push(c);
            in_string = false;
            continue;
        }
        let next = chars.peek().copied();
        if !in_string {
            match (c, next) {
                (';', Some(';')) => {
                    while chars.next_if(|&c| c != '\n').is_some() {}
                    continue;
                }
                ('(', Some(';')) => {
                    depth += 1;
                    chars.next();
                    continue;
                }
                (';', Some(')')) if depth > 0 => {
                    depth -= 1;
                    chars.next();
                    if depth == 0 {
                        commented.push(END);
                    }
                    continue;
                }
                _ => {}
            }
        }
        let text = if depth == 0 { &mut live } else { &mut commented };
        text.push(c);
        match c {
            '"' => in_string = !in_string,
            '\\' if in_string => text.extend(chars.next_if(|&c| c != '\n')),
            _ => {}
        }
    }
    (live, commented)
}

/// The rules of a text without comments. Whatever begins in the first column begins an item, as all of them do.
fn items(file: &str, text: &str, commented: bool) -> Vec<SourceRule> {
    let mut rules: Vec<SourceRule> = Vec::new();
    let mut inside = false;
    for (i, line) in text.lines().enumerate() {
        if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
            inside = false;
            if let Some((id, rest)) = head(line) {
                let (id, file) = (id.to_owned(), file.to_owned());
                rules.push(SourceRule { id, file, line: i as u32 + 1, commented, text: rest.to_owned() });
                inside = !line.contains(END);
            }
        } else if let (true, Some(rule)) = (inside, rules.last_mut()) {
            rule.text.push(' ');
            rule.text.push_str(line);
            inside = !line.contains(END);
        }
    }
    for rule in &mut rules {
        rule.text = rule.text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    rules
}

/// `rule Name:`, as the name and what follows the colon.
fn head(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("rule")?.strip_prefix([' ', '\t'])?.trim_start();
    let (id, rest) = rest.split_once(':')?;
    let id = id.trim_end();
    (!id.is_empty() && !id.contains(char::is_whitespace)).then_some((id, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r#"
relation Ok: |- x : OK   hint(name "(;")  ;; a rule would be: rule No/rule: x

rule Ok/one: a   -- Expand: b ~~ c
rule Ok/two:
  C |- x : OK    ;; why
  -- (Sub_ok: C |- y : OK)*
  -- if x = y

  -- Sub_ok: C |- z : OK
(;
rule Ok/old:
  x  (; rule Ok/older: y ;)
;)
(; more ;)
rule Ok/three*-a.b_c:
	x
def $f(x) = y
  -- if rule
"#;

    #[test]
    fn rules_with_their_places() {
        let rules = rules("f", SOURCE);
        let seen: Vec<_> =
            rules.iter().map(|rule| (rule.id.as_str(), rule.line, rule.commented, rule.text.as_str())).collect();
        let want = [
            ("Ok/one", 4, false, "a -- Expand: b ~~ c"),
            ("Ok/two", 5, false, "C |- x : OK -- (Sub_ok: C |- y : OK)* -- if x = y -- Sub_ok: C |- z : OK"),
            ("Ok/old", 12, true, "x rule Ok/older: y"),
            ("Ok/three*-a.b_c", 16, false, "x"),
        ];
        assert_eq!(seen, want);
        assert_eq!(rules[0].premises(), ["Expand"]);
        assert_eq!(rules[1].premises(), ["Sub_ok"]);
    }

    #[test]
    fn fingerprints_are_about_the_text() {
        let one = |source: &str| rules("f", source)[0].fingerprint();
        assert_eq!(one("rule A/a: x -- if y"), one(";; moved\nrule B/b:\n  x  ;; note\n  -- if y\n"));
        assert_ne!(one("rule A/a: x -- if y"), one("rule A/a: x -- if z"));
        assert_eq!(one("rule A/a: x").len(), 16);
    }
}
