"""Acts on a filing: one function each, in one transaction, written down."""
