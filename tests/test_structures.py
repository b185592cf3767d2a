"""The first ones who read a structure may be many at once."""

import subprocess
import sys
from pathlib import Path

SCHEMES = Path(__file__).resolve().parents[1] / "schemes"
AT_ONCE = """
import sys, threading
from pathlib import Path
sys.setswitchinterval(1e-6)
from keshi.scheme import load_scheme
together = threading.Barrier(6)
digests = []
def load():
    together.wait()
    digests.append(load_scheme(Path(sys.argv[1])).digest)
threads = [threading.Thread(target=load) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(digests), len(set(digests)))
"""


def test_six_threads_that_load_the_first_scheme_at_once() -> None:
    for _process in range(3):
        done = subprocess.run(
            [sys.executable, "-X", "faulthandler", "-c", AT_ONCE, SCHEMES / "yingkou-2020"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout.split()) == (0, ["6", "1"]), done.stderr[-3000:]
