(assert_invalid
(module binary "\00asm\01\00\00\00\01\08\02`\01p\00`\00\00\03\02\01\01\0a\09\01\07\00\00A\00\14\00\0b")
  "type mismatch: found i32, needed (ref null 0) (Instr_ok/call_ref, function 0, byte 0x1e)")
