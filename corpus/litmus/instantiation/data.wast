;; A module of one thread writes a data segment to a shared memory while another thread reads there: byte by byte, and it may be
;; seen in part.

(@outcomes sc "0 0" "0 2" "1 0" "1 2")
(@outcomes wasm "0 0" "0 2" "1 0" "1 2")
(@source "WebAssembly 3.0, instantiation and memory.init: an active segment is memory.init, which is one i32.store8 after the other")

(module $Shared
  (memory (export "m") 1 1 shared)
)
(register "shared" $Shared)

(thread $T1 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "m") 1 1 shared)
    (data (i32.const 0) "\01\02"))
)

(thread $T2 (shared (module $Shared))
  (register "shared" $Shared)
  (module
    (memory (import "shared" "m") 1 1 shared)
    (func (export "run") (result i32 i32)
      (i32.load8_u (i32.const 0))
      (i32.load8_u (i32.const 1))))
  (invoke "run")
)

(wait $T1)
(wait $T2)
