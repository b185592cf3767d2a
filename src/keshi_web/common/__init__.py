"""What every app of the service stands on: the clock, errors, append-only tables, encryption."""
