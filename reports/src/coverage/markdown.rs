//! Coverage as Markdown.

use super::Coverage;

/// A coverage as Markdown.
pub fn render(coverage: &Coverage) -> String {
    coverage.outcome()
}
