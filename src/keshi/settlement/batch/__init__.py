"""Settling whole sets at once: a scheme's formulas as exact integer SQL, Parquet in, Parquet out."""

from keshi.settlement.batch.engine import Engine
from keshi.settlement.batch.run import STEPS, BatchSummary, Progress, settle_batch

__all__ = ["STEPS", "BatchSummary", "Engine", "Progress", "settle_batch"]
