"""People who sign in, what they may do where and when, who stands in for them, and how they prove who they are."""

from keshi_web.accounts.models.people import Assignment, DayRange, Delegation, User, UserManager
from keshi_web.accounts.models.security import (
    PasswordLink,
    RecoveryCode,
    SecondFactor,
    SecurityEvent,
    SessionRecord,
    Throttle,
)

__all__ = [
    "Assignment",
    "DayRange",
    "Delegation",
    "PasswordLink",
    "RecoveryCode",
    "SecondFactor",
    "SecurityEvent",
    "SessionRecord",
    "Throttle",
    "User",
    "UserManager",
]
