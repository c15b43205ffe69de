"""A process ends when it is asked to, however often, whatever its main thread is about at that moment."""

import subprocess
import sys

ASKED_WHILE_IT_HOLDS_A_LOCK = """
import os, signal, threading
from dienhong.stopping import when_asked_to_stop

lock, stopping = threading.Lock(), threading.Event()

def stop():
    with lock:
        stopping.set()

when_asked_to_stop(stop)
with lock:
    for _ in range(3):
        os.kill(os.getpid(), signal.SIGTERM)
stopping.wait()
"""


def test_who_is_asked_while_it_holds_what_stopping_needs_ends_all_the_same() -> None:
    subprocess.run([sys.executable, "-c", ASKED_WHILE_IT_HOLDS_A_LOCK], check=True, timeout=120)
