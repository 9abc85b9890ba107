(assert_invalid
(module binary "\00asm\01\00\00\00\01\04\01`\00\00\03\02\01\00\0a\12\01\10\00A\00\04@\d0m\fb\19\01\00mk\1a\0b\0b")
  "type mismatch: found label [], needed one that ends in a reference (Instr_ok/br_on_cast_fail, function 0, byte 0x1d)")
