"""What is taught, where and by whom: occupations, tariffs, platforms, courses, teachers, and their evaluation."""

from keshi_web.catalogue.models.directory import Course, Listing, Platform, Teacher
from keshi_web.catalogue.models.evaluation import CheckResult, Evaluation, EvaluationMaterial, ExpertOpinion
from keshi_web.catalogue.models.occupations import CatalogueEntry, Occupation
from keshi_web.catalogue.models.registration import Registration
from keshi_web.catalogue.models.tariffs import TariffTable

__all__ = [
    "CatalogueEntry",
    "CheckResult",
    "Course",
    "Evaluation",
    "EvaluationMaterial",
    "ExpertOpinion",
    "Listing",
    "Occupation",
    "Platform",
    "Registration",
    "TariffTable",
    "Teacher",
]
