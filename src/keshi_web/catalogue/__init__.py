"""Occupations, tariffs, platforms, courses, teachers, evaluations."""
