"""Whatever bytes come, both verifiers answer or refuse; neither falls over."""

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

SECONDS = int(os.environ.get("FUZZ_SECONDS", "5"))
"""For each of the targets."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(SECONDS * 10 + 120),
    pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not on this machine"),
]


@pytest.mark.parametrize("target", ["note", "policy", "receipt", "proof", "leaf", "segment"])
def test_no_input_makes_a_verifier_fall_over(target, tmp_path):
    words = [sys.executable, "-m", "tests.audit.fuzz", target, str(tmp_path), f"-artifact_prefix={tmp_path}/"]
    # Its limit on memory would count the peak of the process that starts it.
    limits = [f"-max_total_time={SECONDS}", "-max_len=4096", "-rss_limit_mb=0"]
    done = subprocess.run([*words, *limits], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Done " in done.stderr
