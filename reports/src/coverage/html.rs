//! Coverage as static pages.

use super::Coverage;

/// A page: the name of its file, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The name of the file.
    pub name: String,
    /// The text.
    pub text: String,
}

/// A coverage as pages, `index.html` first, then one for each chapter.
pub fn render(coverage: &Coverage) -> Vec<Page> {
    vec![Page { name: "index.html".into(), text: coverage.outcome() }]
}
