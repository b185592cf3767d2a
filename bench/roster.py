"""A roster read and validated: `roster.py FILE`."""

import json
import sys
import time
from pathlib import Path

from keshi.workbook import read_roster

started = time.perf_counter()
found = read_roster(Path(sys.argv[1]))
seconds = time.perf_counter() - started
print(json.dumps({"rows": found.count.read, "refused": found.count.refused, "seconds": seconds}))
