"""Transition tables, clocks, timelines, the work queue, messages."""
