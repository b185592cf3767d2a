"""A case: reading it, and knowing where each of its values stood."""

from keshi.case.files import load_structure
from keshi.case.model import Award, Case, Place, Trainee
from keshi.case.read import read_case

__all__ = ["Award", "Case", "Place", "Trainee", "load_structure", "read_case"]
