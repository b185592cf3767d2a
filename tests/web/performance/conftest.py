"""The sample cities, on the day of the demonstration."""

from support.sample import sample_database, settings_day

__all__ = ["sample_database", "settings_day"]
