"""What other apps may listen to."""

from django.dispatch import Signal

published = Signal()
"""A version came into force; `version`. Sent inside the transaction that publishes it."""
