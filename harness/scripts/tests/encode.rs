//! The encoder on the embedded suite: every module that was read is encoded and decodes to the same syntax.

#[path = "../../../semantics/tests/common/scripts.rs"]
#[allow(dead_code)]
mod common;

use lockstep_scripts::suite;
use lockstep_semantics::decode::decode;
use lockstep_semantics::encode::encode;
use lockstep_semantics::syntax::Features;

#[test]
fn embedded_suite() {
    let mut modules = 0;
    for script in suite::embedded() {
        let text = String::from_utf8(script.read().unwrap().into_owned()).unwrap();
        for form in common::forms_of(&script.path, &text) {
            if !["module", "assert_invalid", "assert_unlinkable"].contains(&form.keyword.as_str()) {
                continue;
            }
            let bytes = form.source.bytes(Features::STANDARD);
            let module = decode(&bytes.unwrap_or_else(|e| panic!("{}: {e}", form.place))).unwrap();
            let again = decode(&encode(&module)).unwrap_or_else(|e| panic!("{}: {e}", form.place));
            assert_eq!(again, module, "{}", form.place);
            modules += 1;
        }
    }
    println!("{modules} modules");
    assert!(modules > 4000, "{modules}");
}
