"""One batch: `batch.py NOTICE FOLDER` prints how long it took and what it came to."""

import json
import sys
import time
from pathlib import Path

import duckdb

from data import ITEMS
from keshi.scheme import find_scheme
from keshi.settlement.batch import settle_batch

notice, folder = sys.argv[1], Path(sys.argv[2])
scheme = find_scheme(notice)
files = [folder / f"{name}.parquet" for name in ("trainees", "history", "classes")]
cpu = time.process_time()
summary = settle_batch(*files, scheme, ITEMS[notice], folder / "out.parquet", threads=2)
cpu = time.process_time() - cpu
history = duckdb.execute(f"select count(*) from '{files[1]}'").fetchone()
assert history is not None
print(json.dumps({
    "rows": summary.rows, "history": history[0], "seconds": summary.seconds, "cpu": cpu,
    "checksum": f"{summary.amount:,} + {summary.advance:,}",
}))  # fmt: skip
