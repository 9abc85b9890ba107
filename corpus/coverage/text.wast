;; A malformed text for each production of chapter 6 in which a text can fail and no text of the official suite does. The
;; production is named above what fails in it. (Every production that can be read is read in the official suite.)

;; Tblockcomment
(assert_malformed (module quote "(memory 1) (; (; ;)") "unclosed comment")
;; Tstringelem
(assert_malformed (module quote "(data \"\\z\")") "illegal escape")
(assert_malformed (module quote "(data \"\\0\")") "illegal escape")
;; Tu64
(assert_malformed (module quote "(memory)") "unexpected token")
(assert_malformed (module quote "(table i64 0x1_0000_0000_0000_0000 funcref)") "constant out of range")
;; Ttypeidx_, Ttagidx_, Tdataidx_, Telemidx_
(assert_malformed (module quote "(func (type))") "unexpected token")
(assert_malformed (module quote "(func throw)") "unexpected token")
(assert_malformed (module quote "(func data.drop)") "unexpected token")
(assert_malformed (module quote "(func elem.drop)") "unexpected token")
;; Texternidx_
(assert_malformed (module quote "(export \"e\" (type 0))") "unexpected token")
(assert_malformed (module quote "(func) (export \"e\" 0)") "unexpected token")

;; Theaptype_
(assert_malformed (module quote "(func (param (ref null function)))") "unexpected token")
(assert_malformed (module quote "(func (drop (ref.null)))") "unexpected token")
;; Treftype_/base
(assert_malformed (module quote "(func (param (ref any any)))") "unexpected token")
(assert_malformed (module quote "(table 1 i32)") "unexpected token")
;; Tfieldtype_, Tfield_/base
(assert_malformed (module quote "(type (array (mut i8 i8)))") "unexpected token")
(assert_malformed (module quote "(type (struct (field $x i32 i32)))") "unexpected token")
;; Tparam_/base
(assert_malformed (module quote "(type (func (param $x i32 i32)))") "unexpected token")
;; Tsubtype_/base, Ttypedef_
(assert_malformed (module quote "(type (sub final (func) (func)))") "unexpected token")
(assert_malformed (module quote "(type $t (func) (func))") "unexpected token")
;; Tglobaltype_, Texterntype_
(assert_malformed (module quote "(global (mut i32 i32) (i32.const 0))") "unexpected token")
(assert_malformed (module quote "(import \"a\" \"b\" (data))") "unexpected token")

;; Tcatch_
(assert_malformed (module quote "(func (try_table (catch_all 0 0)))") "unexpected token")

;; Ttag_, Tglobal_, Tmem_, Ttable_/plain, Tfunc_, Tlocal_/plain
(assert_malformed (module quote "(tag (param i32) (result i32) nop)") "unexpected token")
(assert_malformed (module quote "(global i32 (i32.const 0)") "unexpected token")
(assert_malformed (module quote "(memory 1 2 3)") "unexpected token")
(assert_malformed (module quote "(table (import \"a\" \"b\") 1 funcref (ref.null func))") "unexpected token")
(assert_malformed (module quote "(func (import \"a\" \"b\") (nop))") "unexpected token")
(assert_malformed (module quote "(func (local $x i32 i64))") "unexpected token")
;; Tdatamem_/abbrev, Telemtable_/abbrev
(assert_malformed (module quote "(memory (data \"\" 0))") "unexpected token")
(assert_malformed (module quote "(table funcref (elem 0 nop))") "unexpected token")
;; Toffsetexpr_/plain, Telem_/plain, Telemexpr_/plain
(assert_malformed (module quote "(memory 1) (data (memory 0) \"\")") "unexpected token")
(assert_malformed (module quote "(func) (elem declare func 0 nop)") "unexpected token")
(assert_malformed (module quote "(elem funcref (item (ref.null func) (nop)") "unexpected token")
;; Tstart_
(assert_malformed (module quote "(func) (start 0 0)") "unexpected token")
;; Timport_/plain, Timportdots, Texport_, Texportdots
(assert_malformed (module quote "(import \"a\" \"b\" (func) (func))") "unexpected token")
(assert_malformed (module quote "(func (import \"a\" \"b\" \"c\"))") "unexpected token")
(assert_malformed (module quote "(func) (export \"a\" (func 0) (func 0))") "unexpected token")
(assert_malformed (module quote "(func (export \"a\" \"b\"))") "unexpected token")
