"""Pages of accounts."""

from keshi_web.accounts.views.sign_in import already_signed_in, locked_out

__all__ = ["already_signed_in", "locked_out"]
