"""What must hold whatever happened before: asked after every test that breaks something."""

from keshi_web.common import consistency


def broken_rules() -> list[str]:
    """Every finding of `manage.py check_data` in the database of now, as text; empty when all is well."""
    return [f"{one.what} (against: {one.check})" for one in consistency.findings()]
