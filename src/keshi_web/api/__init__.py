"""The interface for other systems: tokens, idempotency, problems, and version 1 of the addresses."""
