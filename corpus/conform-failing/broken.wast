;; Not a script: the third line has a directive that does not exist.
(module)
(assert_retrun (invoke "f"))
