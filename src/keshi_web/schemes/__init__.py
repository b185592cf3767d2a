"""Notices as published versions: import, check, compare, approve."""
