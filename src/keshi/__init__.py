"""keshi (课时): subsidised vocational training as exact rules — a pure library and the `keshi` command."""

__version__ = "0.1.0"
