"""A case and a scheme to findings, class hours, amounts and a receipt."""

from keshi.settlement.render import result_structure
from keshi.settlement.result import Finding, Result, Step, TraineeResult
from keshi.settlement.settle import settle

__all__ = ["Finding", "Result", "Step", "TraineeResult", "result_structure", "settle"]
