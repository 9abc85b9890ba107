;; Threads of scripts are not supported.

(module $M (memory 1))
(thread $T (shared (module $M)) (invoke "f"))
(wait $T)
