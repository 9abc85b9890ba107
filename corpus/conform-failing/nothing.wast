;; A script without directives is no success.
