"""Notices as data: load, check, describe, compare."""

from keshi.scheme.library import all_schemes, check_versions, find_scheme, scheme_root
from keshi.scheme.load import Scheme, load_scheme, parameter_value, read_table
from keshi.scheme.rules import CheckedLimit, Formula, ItemRules, NamedFormula

__all__ = [
    "CheckedLimit",
    "Formula",
    "ItemRules",
    "NamedFormula",
    "Scheme",
    "all_schemes",
    "check_versions",
    "find_scheme",
    "load_scheme",
    "parameter_value",
    "read_table",
    "scheme_root",
]
