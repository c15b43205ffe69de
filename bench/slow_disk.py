"""A disk that syncs slowly, simulated: in a server with this environment, every sync to disk returns later."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

DELAY_MS = 2

SOURCE = f"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
static int later(const char *name, int file) {{
    int done = ((int (*)(int)) dlsym(RTLD_NEXT, name))(file);
    nanosleep(&(struct timespec) {{0, {DELAY_MS * 1_000_000}}}, 0);
    return done;
}}
int fsync(int file) {{ return later("fsync", file); }}
int fdatasync(int file) {{ return later("fdatasync", file); }}
"""


def missing() -> str:
    return "" if shutil.which("cc") else "a C compiler"


def slowed(folder: Path) -> Mapping[str, str]:
    """The environment, by a library that is compiled into this folder; the program and its data stay what they are."""
    library = folder / "slow_sync.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-x", "c", "-", "-o", str(library), "-ldl"]
    subprocess.run(command, input=SOURCE, text=True, check=True)
    return {"LD_PRELOAD": str(library)}
