"""Regions of the demonstration and of tests: the provinces of the five cities whose notices are included."""

from keshi_web.regions.loading import load_divisions

PROVINCES = ("15", "21", "37", "44", "61")
"""Inner Mongolia (Wuhai), Liaoning (Yingkou), Shandong (Jinan), Guangdong (Shaoguan), Shaanxi (Ankang)."""


def load_sample() -> int:
    """Load them; how many regions there are."""
    return load_divisions(PROVINCES)
