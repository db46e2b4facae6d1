"""A bank of our own for the demo and for tests: it speaks as Stripe does, and moves no money.

`vault` keeps its objects in a file of its own, `bank` is what it does, `api` is how it is spoken to,
`carrier` delivers its signed webhooks over HTTP. Production never imports any of it.
"""
