"""The row engine alone: `rows.py NOTICE FOLDER PEOPLE` settles whole classes and keeps every explanation."""

import json
import sys
import time
from itertools import islice
from pathlib import Path

from check import awards, cases
from data import CLASS_SIZE, ITEMS
from keshi.scheme import find_scheme
from keshi.settlement import settle
from keshi.settlement.plan import make_plan

notice, folder, people = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
scheme, item = find_scheme(notice), ITEMS[notice]
number = people // CLASS_SIZE
last = f"class_id < 'C{number:07d}'"
had = awards(folder, f"id_number in (select id_number from '{folder}/trainees.parquet' where {last})")
sets = [case for _, case in islice(cases(scheme, item, folder, last), number)]
for case in sets:
    for trainee in case.trainees:
        trainee.history = tuple(had.get(trainee.id_number, ()))
plan = make_plan(scheme, item)
settle(sets[0], scheme, plan)
started = time.perf_counter()
results = [settle(case, scheme, plan) for case in sets]
seconds = time.perf_counter() - started
print(json.dumps({"trainees": sum(len(result.trainees) for result in results), "seconds": seconds}))
