;; Modules in bytes with the productions of chapter 5 that no binary of the official suite has: it has its modules in text,
;; and engines and other tests get them as the bytes that an encoder makes. After `unreachable` any instruction may stand.

;; Numeric instructions: one or more of each production.
(module binary
  "\00asm" "\01\00\00\00"
  "\01\04\01\60\00\00"                         ;; types: no parameters, no results
  "\03\02\01\00"                               ;; functions: of type 0
  "\0a\3c\01\3a\00"                            ;; code: one function, no locals
  "\00\45"                                     ;; unreachable, i32.eqz
  "\00\46"                                     ;; unreachable, i32.eq
  "\00\50"                                     ;; unreachable, i64.eqz
  "\00\5a"                                     ;; unreachable, i64.ge_u
  "\00\5b"                                     ;; unreachable, f32.eq
  "\00\66"                                     ;; unreachable, f64.ge
  "\00\67"                                     ;; unreachable, i32.clz
  "\00\6a"                                     ;; unreachable, i32.add
  "\00\79"                                     ;; unreachable, i64.clz
  "\00\8a"                                     ;; unreachable, i64.rotr
  "\00\8b"                                     ;; unreachable, f32.abs
  "\00\98"                                     ;; unreachable, f32.copysign
  "\00\99"                                     ;; unreachable, f64.abs
  "\00\a6"                                     ;; unreachable, f64.copysign
  "\00\a7"                                     ;; unreachable, i32.wrap_i64
  "\00\bf"                                     ;; unreachable, f64.reinterpret_i64
  "\00\c0"                                     ;; unreachable, i32.extend8_s
  "\00\c4"                                     ;; unreachable, i64.extend32_s
  "\00\fc\00"                                  ;; unreachable, i32.trunc_sat_f32_s
  "\00\43\00\00\80\3f"                         ;; unreachable, f32.const 1
  "\00\44\00\00\00\00\00\00\f0\3f"             ;; unreachable, f64.const 1
  "\00\0b"                                     ;; unreachable, end
)
;; Vector instructions.
(module binary
  "\00asm" "\01\00\00\00"
  "\01\04\01\60\00\00"                         ;; types: no parameters, no results
  "\03\02\01\00"                               ;; functions: of type 0
  "\05\03\01\00\01"                            ;; memories: 1 page
  "\0a\e4\01\01\e1\01\00"                      ;; code: one function, no locals
  "\00\fd\00\00\00"                            ;; unreachable, v128.load
  "\00\fd\54\00\00\0f"                         ;; unreachable, v128.load8_lane 15
  "\00\fd\0d\00\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\0e\0f" ;; unreachable, i8x16.shuffle
  "\00\fd\0e"                                  ;; unreachable, i8x16.swizzle
  "\00\fd\0f"                                  ;; unreachable, i8x16.splat
  "\00\fd\15\01"                               ;; unreachable, i8x16.extract_lane_s 1
  "\00\fd\23"                                  ;; unreachable, i8x16.eq
  "\00\fd\2d"                                  ;; unreachable, i16x8.eq
  "\00\fd\37"                                  ;; unreachable, i32x4.eq
  "\00\fd\41"                                  ;; unreachable, f32x4.eq
  "\00\fd\47"                                  ;; unreachable, f64x2.eq
  "\00\fd\4d"                                  ;; unreachable, v128.not
  "\00\fd\4e"                                  ;; unreachable, v128.and
  "\00\fd\52"                                  ;; unreachable, v128.bitselect
  "\00\fd\53"                                  ;; unreachable, v128.any_true
  "\00\fd\60"                                  ;; unreachable, i8x16.abs
  "\00\fd\63"                                  ;; unreachable, i8x16.all_true
  "\00\fd\64"                                  ;; unreachable, i8x16.bitmask
  "\00\fd\65"                                  ;; unreachable, i8x16.narrow_i16x8_s
  "\00\fd\6b"                                  ;; unreachable, i8x16.shl
  "\00\fd\6e"                                  ;; unreachable, i8x16.add
  "\00\fd\7c"                                  ;; unreachable, i16x8.extadd_pairwise_i8x16_s
  "\00\fd\80\01"                               ;; unreachable, i16x8.abs
  "\00\fd\8e\01"                               ;; unreachable, i16x8.add
  "\00\fd\83\01"                               ;; unreachable, i16x8.all_true
  "\00\fd\84\01"                               ;; unreachable, i16x8.bitmask
  "\00\fd\85\01"                               ;; unreachable, i16x8.narrow_i32x4_s
  "\00\fd\87\01"                               ;; unreachable, i16x8.extend_low_i8x16_s
  "\00\fd\8b\01"                               ;; unreachable, i16x8.shl
  "\00\fd\9c\01"                               ;; unreachable, i16x8.extmul_low_i8x16_s
  "\00\fd\7e"                                  ;; unreachable, i32x4.extadd_pairwise_i16x8_s
  "\00\fd\a0\01"                               ;; unreachable, i32x4.abs
  "\00\fd\a3\01"                               ;; unreachable, i32x4.all_true
  "\00\fd\a4\01"                               ;; unreachable, i32x4.bitmask
  "\00\fd\a7\01"                               ;; unreachable, i32x4.extend_low_i16x8_s
  "\00\fd\ab\01"                               ;; unreachable, i32x4.shl
  "\00\fd\ae\01"                               ;; unreachable, i32x4.add
  "\00\fd\bc\01"                               ;; unreachable, i32x4.extmul_low_i16x8_s
  "\00\fd\ba\01"                               ;; unreachable, i32x4.dot_i16x8_s
  "\00\fd\93\02"                               ;; unreachable, i32x4.relaxed_dot_i8x16_i7x16_add_s
  "\00\fd\c0\01"                               ;; unreachable, i64x2.abs
  "\00\fd\c3\01"                               ;; unreachable, i64x2.all_true
  "\00\fd\c4\01"                               ;; unreachable, i64x2.bitmask
  "\00\fd\c7\01"                               ;; unreachable, i64x2.extend_low_i32x4_s
  "\00\fd\cb\01"                               ;; unreachable, i64x2.shl
  "\00\fd\ce\01"                               ;; unreachable, i64x2.add
  "\00\fd\d6\01"                               ;; unreachable, i64x2.eq
  "\00\fd\dc\01"                               ;; unreachable, i64x2.extmul_low_i32x4_s
  "\00\fd\e0\01"                               ;; unreachable, f32x4.abs
  "\00\fd\e4\01"                               ;; unreachable, f32x4.add
  "\00\fd\85\02"                               ;; unreachable, f32x4.relaxed_madd
  "\00\fd\ec\01"                               ;; unreachable, f64x2.abs
  "\00\fd\f0\01"                               ;; unreachable, f64x2.add
  "\00\fd\87\02"                               ;; unreachable, f64x2.relaxed_madd
  "\00\fd\f8\01"                               ;; unreachable, i32x4.trunc_sat_f32x4_s
  "\00\fd\5e"                                  ;; unreachable, f32x4.demote_f64x2_zero
  "\00\0b"                                     ;; unreachable, end
)
;; Types with fields, tags, and the instructions on references, objects, globals and tables.
(module binary
  "\00asm" "\01\00\00\00"
  "\01\19\05\60\00\00\5f\02\78\01\7f\00\5e\77\01\50\00\60\01\7f\00\60\01\7f\01\63\01" ;; types: functions, a struct, an array, an open type
  "\03\02\01\00"                               ;; functions: of type 0
  "\04\04\01\70\00\01"                         ;; tables: funcref 1
  "\05\03\01\00\01"                            ;; memories: 1 page
  "\0d\05\02\00\00\00\03"                      ;; tags: of types 0 and 3
  "\06\06\01\7f\01\41\00\0b"                   ;; globals: (mut i32) (i32.const 0)
  "\07\05\01\01\65\04\00"                      ;; exports: "e", the tag 0
  "\09\04\01\01\00\00"                         ;; elements: one passive segment, empty
  "\0c\01\01"                                  ;; data count: 1
  "\0a\6d\01\6b\00"                            ;; code: one function, no locals
  "\00\23\00"                                  ;; unreachable, global.get 0
  "\00\24\00"                                  ;; unreachable, global.set 0
  "\00\25\00"                                  ;; unreachable, table.get 0
  "\00\26\00"                                  ;; unreachable, table.set 0
  "\00\fc\0f\00"                               ;; unreachable, table.grow 0
  "\00\fc\0d\00"                               ;; unreachable, elem.drop 0
  "\00\fc\0c\00\00"                            ;; unreachable, table.init 0 0
  "\00\fb\00\01"                               ;; unreachable, struct.new 1
  "\00\fb\03\01\00"                            ;; unreachable, struct.get_s 1 0
  "\00\fb\05\01\00"                            ;; unreachable, struct.set 1 0
  "\00\fb\06\02"                               ;; unreachable, array.new 2
  "\00\fb\08\02\03"                            ;; unreachable, array.new_fixed 2 3
  "\00\fb\12\02\00"                            ;; unreachable, array.init_data 2 0
  "\00\fb\1a"                                  ;; unreachable, any.convert_extern
  "\00\fb\1c"                                  ;; unreachable, ref.i31
  "\00\fb\1d"                                  ;; unreachable, i31.get_s
  "\00\fb\14\6c"                               ;; unreachable, ref.test (ref i31)
  "\00\02\63\6e\00\fb\18\03\00\6e\6c\0b"       ;; unreachable, block (result anyref) unreachable br_on_cast 0 anyref i31ref end
  "\00\08\00"                                  ;; unreachable, throw 0
  "\00\1f\40\02\00\00\00\02\00\0b"             ;; unreachable, try_table (catch 0 0) (catch_all 0) end
  "\00\02\00\0b"                               ;; unreachable, block (type 0) end
  "\00\fc\08\00\00"                            ;; unreachable, memory.init 0 0
  "\00\fc\09\00"                               ;; unreachable, data.drop 0
  "\00\0b"                                     ;; unreachable, end
  "\0b\03\01\01\00"                            ;; data: one passive segment, empty
)

;; Malformed ones, each with the production that it fails in where no binary of the official suite does.
;; Bs33
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\0a\0b\01\09\00\02\80\80\80\80\20\0b\0b")
  "integer representation too long")
;; Bheaptype
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\0a\07\01\05\00\d0\5c\1a\0b")
  "malformed heap type")
;; Bcatch
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\0a\0a\01\08\00\1f\40\01\04\00\0b\0b")
  "malformed catch")
;; Bcastop
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\0a\0b\01\09\00\00\fb\18\04\00\6e\6c\0b")
  "malformed cast operator")
;; Bf32
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\0a\06\01\04\00\43\00\00")
  "unexpected end")
;; Bf64
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\0a\06\01\04\00\44\00\00")
  "unexpected end")
;; Btagtype
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\0d\03\01\01\00")
  "malformed tag attribute")
;; Belemkind
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\09\04\01\01\01\00")
  "malformed element kind")
;; Bdata
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\0b\02\01\03")
  "malformed data segment")
;; Bexternidx
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\07\04\01\00\05\00")
  "malformed export kind")
;; Bbyte
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\0a\07\01\05\00\fd\0c\00\00")
  "unexpected end")
;; Bcode
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\0a\04\01\05\00\0b")
  "malformed code")
