//! Converts Markdown, statements and Rust to HTML, with links to the rules that they name.

use super::links::Links;
use askama::filters::{Escaper as _, Html};
use lockstep_semantics::RuleId;
use pulldown_cmark::{CowStr, Event, Parser, html};
use std::fmt::Write as _;

/// Escapes text for HTML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let _ = Html.write_escaped_str(&mut out, text);
    out
}

/// Markdown, in which code that is the name of a rule or judgement is a link.
pub(super) fn markdown(text: &str, links: &Links) -> String {
    let linked = Parser::new(text).map(|event| match event {
        Event::Code(code) => match links.find(&code) {
            Some(href) => {
                Event::InlineHtml(CowStr::from(format!("<a href=\"{href}\"><code>{}</code></a>", escape(&code))))
            }
            None => Event::Code(code),
        },
        // The catalogue has no HTML; what looks like it is text.
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        event => event,
    });
    let mut out = String::new();
    html::push_html(&mut out, linked);
    out
}

/// A statement: its premises (the lines that are indented) set apart, and the judgements that it names as links.
pub(super) fn statement(text: &str, links: &Links) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let premise = line.starts_with(' ');
        if premise {
            out.push_str("<span class=\"premise\">");
        }
        let mut rest = line;
        while !rest.is_empty() {
            let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            let (word, more) = rest.split_at(end);
            match links.judgement(word) {
                Some(href) => {
                    let _ = write!(out, "<a href=\"{href}\">{}</a>", escape(word));
                }
                None => out.push_str(&escape(word)),
            }
            let begin = more.find(is_word).unwrap_or(more.len());
            out.push_str(&escape(&more[..begin]));
            rest = &more[begin..];
        }
        if premise {
            out.push_str("</span>");
        }
        out.push('\n');
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

const KEYWORDS: [&str; 30] = [
    "as", "break", "const", "continue", "crate", "else", "enum", "false", "fn", "for", "if", "impl", "in", "let",
    "loop", "match", "mod", "mut", "pub", "ref", "return", "self", "Self", "static", "struct", "true", "type", "use",
    "where", "while",
];

/// Lines of Rust: comments, strings and keywords set apart, names of rules as links, and the lines that name `rule`
/// marked. The lines of a function that is very long are left out where they are far from these.
pub(super) fn rust(code: &str, rule: RuleId, links: &Links) -> String {
    const LONG: usize = 90;
    const NEAR: usize = 14;
    let name = format!("rule!(\"{rule}\")");
    let lines: Vec<&str> = code.lines().collect();
    let marked: Vec<usize> = (0..lines.len()).filter(|&i| lines[i].contains(&name) && !is_comment(lines[i])).collect();
    let head = lines.iter().take_while(|line| is_comment(line)).count() + 3;
    let shown = |i: usize| {
        lines.len() <= LONG || i < head.min(40) || i + 1 == lines.len() || marked.iter().any(|&m| m.abs_diff(i) <= NEAR)
    };
    let mut out = String::new();
    let mut left_out = 0;
    for (i, line) in lines.iter().enumerate() {
        if !shown(i) {
            left_out += 1;
            continue;
        }
        if left_out > 0 {
            let _ = writeln!(out, "<span class=\"gap\">    ⋯ {left_out} lines</span>");
            left_out = 0;
        }
        let mark = marked.contains(&i);
        if mark {
            out.push_str("<mark>");
        }
        rust_line(line, links, &mut out);
        if mark {
            out.push_str("</mark>");
        }
        out.push('\n');
    }
    out
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

fn rust_line(line: &str, links: &Links, out: &mut String) {
    if is_comment(line) {
        let _ = write!(out, "<i>{}</i>", escape(line));
        return;
    }
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let end = if rest.starts_with("// ") {
            let _ = write!(out, "<i>{}</i>", escape(rest));
            rest.len()
        } else if first == '"' {
            let end = string_end(rest);
            let text = &rest[..end];
            match RuleId::parse(text.trim_matches('"')) {
                Some(rule) => {
                    let _ = write!(out, "<a href=\"{}\">{}</a>", links.rule(rule), escape(text));
                }
                None => {
                    let _ = write!(out, "<s>{}</s>", escape(text));
                }
            }
            end
        } else if is_word(first) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            match &rest[..end] {
                word if KEYWORDS.contains(&word) => {
                    let _ = write!(out, "<b>{word}</b>");
                }
                word => out.push_str(word),
            }
            end
        } else {
            let end = rest.char_indices().find(|&(i, c)| i > 0 && (is_word(c) || c == '"' || c == '/'));
            let end = end.map_or(rest.len(), |(i, _)| i);
            out.push_str(&escape(&rest[..end]));
            end
        };
        rest = &rest[end..];
    }
}

/// Where a string literal at the beginning ends.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (i, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return i + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_spec::rule;

    #[test]
    fn statements_link_judgements() {
        let links = Links::new();
        let out = statement("C ⊢ ht <: ht'\n  if C ⊢ tu : ok  (Typeuse_ok)", &links);
        let want = "C ⊢ ht &#60;: ht&#39;\n<span class=\"premise\">  if C ⊢ tu : ok  (<a href=\"2.1.html#Typeuse_ok\">\
                    Typeuse_ok</a>)</span>\n";
        assert_eq!(out, want);
    }

    #[test]
    fn markdown_links_rules() {
        let links = Links::new();
        let out = markdown("See `Step_pure/nop` and `x <y>`.", &links);
        let want = "<p>See <a href=\"4.3.html#Step_pure-nop\"><code>Step_pure/nop</code></a> and <code>x &lt;y&gt;</code>.</p>\n";
        assert_eq!(out, want);
    }

    #[test]
    fn rust_is_marked_where_the_rule_is() {
        let links = Links::new();
        let code = "/// A <doc>.\nfn f() {\n    x.fire(rule!(\"Step_pure/nop\")); // done\n    \"a\\\"b\"\n}";
        let out = rust(code, rule!("Step_pure/nop"), &links);
        let want = "<i>/// A &#60;doc&#62;.</i>\n<b>fn</b> f() {\n<mark>    x.fire(rule!(<a href=\"4.3.html#Step_pure-nop\">\
                    &#34;Step_pure/nop&#34;</a>)); <i>// done</i></mark>\n    <s>&#34;a\\&#34;b&#34;</s>\n}\n";
        assert_eq!(out, want);
    }
}
