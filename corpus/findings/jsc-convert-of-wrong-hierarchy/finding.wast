(assert_invalid
(module binary "\00asm\01\00\00\00\01\04\01`\00\00\03\02\01\00\0a\09\01\07\00\00\d0n\fb\1a\0b")
  "type mismatch: found (ref null any), needed (ref null extern) (Instr_ok/any.convert_extern, function 0, byte 0x1a)")
