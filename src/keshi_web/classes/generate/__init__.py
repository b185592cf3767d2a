"""Very many made-up classes, for measuring: real cases, made by the real acts, then repeated in bulk.

`patterns` files one class per city and state; `copies` repeats their rows for other organisations, offices and days;
`people` fills the vault. The same seed gives the same data, but for the sealed values: their nonces are drawn anew.
"""
