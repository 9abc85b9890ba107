(module
  (rec)
  (type (func))
)
