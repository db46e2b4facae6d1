"""A bank of our own for the demo and for tests: it speaks as Stripe does, and moves no money.

`vault` keeps its objects in a file of its own; `books`, `returns` and `bank` are what it does; `api` is how
it is spoken to. Production never opens it.
"""
