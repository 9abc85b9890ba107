//! Every module of the suites.

#[path = "../common/scripts.rs"]
#[allow(dead_code)]
mod common;

use super::opinion::{Difference, compare};
use common::{Source, below, forms};
use lockstep_semantics::syntax::Features;
use std::path::Path;

#[test]
fn both_say_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/suites");
    let (mut count, mut differences) = (0, 0);
    for path in below(&root) {
        let features = if path.to_string_lossy().contains("shared-everything") {
            Features::SHARED_EVERYTHING
        } else if path.to_string_lossy().contains("suites/threads") {
            Features::THREADS
        } else {
            Features::STANDARD
        };
        for form in forms(&path) {
            let Source::Text(text) = form.source else { continue };
            count += 1;
            if let Some(difference) = compare(&text, features) {
                differences += 1;
                if differences < 60 {
                    let start: String = text.chars().take(300).collect();
                    let what = match difference {
                        Difference::OnlyTheirs(e) => format!("only theirs: {e}"),
                        Difference::OnlyOurs(e) => format!("only ours: {}", e.lines().next().unwrap_or("")),
                        Difference::Modules(a, b) => {
                            let n = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
                            let f = |s: &str| s.chars().skip(n.saturating_sub(60)).take(160).collect::<String>();
                            format!("modules\n  ours   {}\n  theirs {}", f(&a), f(&b))
                        }
                    };
                    eprintln!("{}: {what}\n{start}\n", path.file_name().unwrap().to_string_lossy());
                }
            }
        }
    }
    assert_eq!(differences, 0, "of {count}");
}
