//! Long lists of operands against long lists of types, wherever the two meet.

use lockstep_semantics::decode::decode_text;
use lockstep_semantics::observe::{RuleCounts, Unobserved};
use lockstep_semantics::validation::validate;

/// Whether a module with this body is valid: `$give` has results `a`, `$take` parameters `b`, `$c` results `b`, and `$tag`
/// parameters `a`.
fn module(a: &[&str], b: &[&str], body: &str) -> bool {
    let (a, b) = (a.join(" "), b.join(" "));
    let text = format!(
        "(module (type $a (func (result {a}))) (type $b (func (param {b}))) (type $c (func (result {b})))
           (type $d (func (param {a})))
           (import \"\" \"\" (func $give (type $a))) (import \"\" \"\" (func $take (type $b)))
           (tag $tag (type $d))
           {body})"
    );
    let (_, module) = decode_text(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
    let verdict = validate(&module, &mut Unobserved);
    assert_eq!(verdict, validate(&module, &mut RuleCounts::default()), "{text}");
    verdict.is_ok()
}

const MEETINGS: [&str; 12] = [
    "(func call $give call $take)",
    // Twice, so that what is remembered of the first time has its say.
    "(func call $give call $take call $give call $take)",
    "(func (type $c) call $give)",
    "(func (type $c) call $give return)",
    "(func (type $c) return_call $give)",
    "(func (type $c) return_call $give) (func (type $c) return_call $give)",
    "(func call $give block (type $b) unreachable end)",
    "(func block (type $c) call $give end unreachable)",
    "(func block (type $c) call $give br 0 end unreachable)",
    "(func block (type $c) call $give i32.const 0 br_table 0 0 end unreachable)",
    "(func block (type $c) try_table (type $c) (catch $tag 0) unreachable end end unreachable)",
    // Operands that come apart.
    "(func i64.const 0 call $give call $take drop)",
];

#[test]
fn lists_match_one_by_one() {
    for n in [1, 2, 15, 16, 17, 40] {
        let (eq, any) = (vec!["eqref"; n], vec!["anyref"; n]);
        for body in MEETINGS {
            assert!(module(&eq, &eq, body), "{n}: {body}");
            assert!(module(&eq, &any, body), "{n}: {body}");
            assert!(!module(&any, &eq, body), "{n}: {body}");
            for i in [0, n / 2, n - 1] {
                let mut odd = eq.clone();
                odd[i] = "anyref";
                assert!(module(&odd, &any, body), "{n}, {i}: {body}");
                assert!(!module(&odd, &eq, body), "{n}, {i}: {body}");
            }
            let longer = vec!["eqref"; n + 1];
            assert!(!module(&eq, &longer, body), "{n}: {body}");
        }
    }
}

/// That one list matches another says nothing about the other way round.
#[test]
fn what_is_remembered_has_a_direction() {
    for n in [2, 20] {
        let (eq, any) = (vec!["eqref"; n], vec!["anyref"; n]);
        let there = "(func call $give call $take)";
        let back = format!(
            "(func $eq (param {}) unreachable) (func $any (result {}) unreachable)
             (func call $any call $eq)",
            eq.join(" "),
            any.join(" ")
        );
        assert!(module(&eq, &any, there));
        assert!(!module(&eq, &any, &format!("{there} {back}")));
    }
}

/// Part of what one instruction gives is taken by one, and the rest by the next.
#[test]
fn operands_come_apart() {
    let list = |n: usize| (0..n).map(|i| ["i32", "i64", "f32"][i % 3]).collect::<Vec<_>>();
    for n in [3, 18, 33] {
        let all = list(n);
        for k in 1..n {
            let (first, last) = all.split_at(n - k);
            let body = |first: &[&str], last: &[&str]| {
                format!(
                    "(func $last (param {})) (func $first (param {}))
                     (func call $give call $last call $first call $give call $last call $first)",
                    last.join(" "),
                    first.join(" ")
                )
            };
            assert!(module(&all, &[], &body(first, last)), "{n}, {k}");
            let mut wrong = last.to_vec();
            wrong[0] = "f64";
            assert!(!module(&all, &[], &body(first, &wrong)), "{n}, {k}");
            // Parts of two calls together.
            let joined = format!(
                "(func $joined (param {})) (func call $give call $give call $joined unreachable)",
                [last, &all].concat().join(" ")
            );
            assert!(module(&all, &[], &joined), "{n}, {k}");
        }
    }
}
