//! The encoder on the embedded suite: every module decodes, is encoded and decodes to the same syntax.

use lockstep::suite;
use lockstep_semantics::decode::{decode, encode_quoted, encode_wat};
use lockstep_semantics::encode::encode;
use wast::WastDirective as D;
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};

#[test]
fn embedded_suite() {
    let mut modules = 0;
    for script in suite::embedded() {
        let text = String::from_utf8(script.read().unwrap().into_owned()).unwrap();
        let mut lexer = Lexer::new(&text);
        lexer.allow_confusing_unicode(true);
        let buffer = ParseBuffer::new_with_lexer(lexer).unwrap();
        for directive in parser::parse::<wast::Wast<'_>>(&buffer).unwrap().directives {
            let (line, _) = directive.span().linecol_in(&text);
            let bytes = match directive {
                D::Module(mut module) | D::ModuleDefinition(mut module) | D::AssertInvalid { mut module, .. } => {
                    encode_quoted(&mut module, &text)
                }
                D::AssertUnlinkable { mut module, .. } => encode_wat(&mut module, &text),
                _ => continue,
            };
            let place = format!("{}:{}", script.path, line + 1);
            let module = decode(&bytes.unwrap_or_else(|e| panic!("{place}: {e}"))).unwrap();
            let again = decode(&encode(&module)).unwrap_or_else(|e| panic!("{place}: {e}"));
            assert_eq!(again, module, "{place}");
            modules += 1;
        }
    }
    println!("{modules} modules");
    assert!(modules > 4000, "{modules}");
}
