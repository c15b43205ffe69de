"""One rebuild with a recount, to be sampled: `python -m bench.rebuild_once FOLDER`, where FOLDER holds `events.db`."""

import sys
from pathlib import Path

from bench.fresh import quiet
from bench.real_ballots import rebuilt

if __name__ == "__main__":
    quiet()
    rebuilt(Path(sys.argv[1]), 0)
