"""A whole command: `whole.py COMMAND …` prints its wall time and the peak memory of its process in MB."""

import json
import os
import subprocess
import sys
import time

started = time.perf_counter()
with subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as running:
    assert running.stderr is not None
    said = running.stderr.read()
    _, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
seconds = time.perf_counter() - started
if running.returncode:
    raise SystemExit(f"{sys.argv[1:]} ended with {running.returncode}: {said.decode()}")
print(json.dumps({"seconds": seconds, "peak": usage.ru_maxrss / 1024}))
