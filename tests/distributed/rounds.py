"""How often each fault is repeated: a few times in every run of the tests, twenty times by `make faults`."""

import os

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "3"))
