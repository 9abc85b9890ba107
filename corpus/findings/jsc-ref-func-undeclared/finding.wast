(assert_invalid
(module binary "\00asm\01\00\00\00\01\07\02`\00\00^p\00\03\04\03\00\00\00\06\18\02dn\01A\07\fb\1c\0bm\01\d2\00\d2\00\d0p\d0s\fb\08\01\04\0b\0a\0d\03\02\00\0b\02\00\0b\05\00\d2\01\00\0b")
  "undeclared function reference 1 (Instr_ok/ref.func, function 2, byte 0x3c)")
