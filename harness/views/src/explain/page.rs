//! Derivations as one self-contained page: each judgement can be folded away with what it rests on.

use super::Tree;
use lockstep_reports::html::escape;
use lockstep_spec::RuleId;
use std::fmt::Write as _;

const CSS: &str = include_str!("page/page.css");
const JS: &str = include_str!("page/page.js");

/// A page with these derivations, each with what is to be said of it. What is deeper than `depth` is folded at first, but
/// for the way to a failure. Rules link to the rule book at `book`.
pub fn page(title: &str, trees: &[(&Tree, String)], depth: usize, book: &str) -> String {
    let title = escape(title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{CSS}</style>\n<header><h1>{title}</h1>\n<button id=\"unfold\">unfold all</button> \
         <button id=\"fold\">fold all</button></header>\n<main>\n"
    );
    for (tree, note) in trees {
        out.push_str("<section>\n");
        node(&mut out, tree, depth, book);
        if !note.is_empty() {
            let _ = writeln!(out, "<p class=\"note\">{}</p>", escape(note));
        }
        out.push_str("</section>\n");
    }
    let _ = write!(out, "</main>\n<script>\n{JS}</script>\n</html>\n");
    out
}

fn node(out: &mut String, tree: &Tree, depth: usize, book: &str) {
    let failed = tree.failure.is_some();
    let class = if failed { " class=\"failed\"" } else { "" };
    if tree.premises.is_empty() {
        let _ = write!(out, "<div{class}>");
        line(out, tree, book);
        out.push_str("</div>\n");
        return;
    }
    let open = if depth > 0 || failed { " open" } else { "" };
    let _ = write!(out, "<details{class}{open}><summary>");
    line(out, tree, book);
    let _ = write!(out, "<span class=\"more\">{} more</span></summary>\n<div class=\"premises\">\n", tree.size() - 1);
    for premise in &tree.premises {
        node(out, premise, depth.saturating_sub(1), book);
    }
    out.push_str("</div></details>\n");
}

fn line(out: &mut String, tree: &Tree, book: &str) {
    if tree.failure.is_some() {
        out.push_str("<b class=\"mark\">✗</b> ");
    }
    // What is typed, and its type.
    let _ = write!(out, "<code>{}", escape(&tree.conclusion.subject));
    if let Some(ty) = tree.conclusion.ty.as_deref().filter(|ty| !ty.is_empty()) {
        let _ = write!(out, " <span class=\"type\">: {}</span>", escape(ty));
    }
    out.push_str("</code> ");
    match tree.rule {
        Some(rule) => {
            let (href, statement) = (escape(&href(rule, book)), escape(rule.rule().statement));
            let _ = write!(out, "<a href=\"{href}\" title=\"{statement}\">{}</a>", escape(rule.as_str()));
        }
        None => out.push_str("<span class=\"type\">no rule</span>"),
    }
    if let Some(why) = tree.failure.as_deref().filter(|why| !why.is_empty()) {
        let _ = write!(out, "<p class=\"why\">because {}</p>", escape(why));
    }
}

/// Where the rule is in the book.
fn href(rule: RuleId, book: &str) -> String {
    let rule = rule.rule();
    let chapter = rule.chapter.split(' ').next().unwrap_or(rule.chapter);
    format!("{}/{chapter}.html#{}", book.trim_end_matches('/'), rule.id.replace('/', "-"))
}
