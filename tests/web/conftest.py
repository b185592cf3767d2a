"""The service under test; see tests/support/service.py."""

from support.service import *  # noqa: F403
