//! HTML, as all pages write it.

use std::fmt::Write as _;

/// The style that pages share.
pub const BASE: &str = include_str!("base.css");

/// The style that pages of reports share beyond that.
pub(crate) const REPORT: &str = include_str!("report.css");

/// A page with its styles in it.
pub(crate) fn document(title: &str, styles: &[&str], body: &str) -> String {
    let mut out = head(title);
    let _ = write!(out, "<style>\n{BASE}{}</style>\n<body>\n{body}</body>\n</html>\n", styles.concat());
    out
}

/// The beginning of a page, up to its styles.
pub(crate) fn head(title: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n\
         <meta name=viewport content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n",
        escape(title)
    )
}

/// A text that is a link, where there is an address in the web.
pub(crate) fn link(text: &str, address: Option<&str>) -> String {
    match address.and_then(crate::links::web) {
        Some(address) => format!("<a href=\"{}\">{}</a>", escape(address), escape(text)),
        None => escape(text),
    }
}

/// Escapes text for HTML, also in attributes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
