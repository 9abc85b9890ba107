//! Coverage as JSON.

use super::Coverage;

/// A coverage as JSON, for people to read too, with a newline at the end.
pub fn render(coverage: &Coverage) -> String {
    let mut text = serde_json::to_string_pretty(coverage).expect("a coverage has only string keys");
    text.push('\n');
    text
}
