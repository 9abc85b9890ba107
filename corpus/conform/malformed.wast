;; Bytes and text that are not modules.

(assert_malformed (module binary "") "unexpected end")
(assert_malformed (module binary "\00asm" "\02\00\00\00") "unknown binary version")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\01\01") "unexpected end")
(assert_malformed (module quote "(fun)") "unknown operator")
(assert_malformed (module quote "(func (local.get $x))") "unknown local")
(assert_malformed (module quote "(memory 0x1_)") "unknown operator")
;; Not in the standard, but in a proposal: still malformed.
(assert_malformed (module binary "\00asm" "\0d\00\01\00") "unknown binary version")
(assert_malformed_custom (module quote "(module (@name \"a\") (@name \"b\"))") "@name annotation: multiple module")
