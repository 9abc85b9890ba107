(assert_invalid
(module binary "\00asm\01\00\00\00\01\06\02`\00\00_\00\03\02\01\00\0a\08\01\06\00\00\fb\06\01\0b")
  "type mismatch: found type 1, needed array type (Instr_ok/array.new, function 0, byte 0x1a)")
