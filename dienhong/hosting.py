"""One service as a process: `python -m dienhong.hosting NAME`. The transport must be prepared before all else."""

import importlib
import os
import sys
import warnings

from kernel import logs
from kernel.settings import from_environment


def main(name: str) -> None:
    logs.configure(name)
    os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")  # it would replace the system's resolver, and starts slowly
    # Eventlet says of itself that new projects should not use it (its documentation, "migration"); nameko needs it.
    warnings.filterwarnings("ignore", message=r"(?s).*Eventlet is deprecated.*")
    from kernel.adapters import hosting_nameko

    settings = from_environment()
    hosting_nameko.prepare(settings.bus_url)
    host = getattr(importlib.import_module(f"services.{name}.host"), f"{name.title()}Host")
    hosting_nameko.run(host, settings)


# The worker process of documents imports this module again; it must not host a second service.
if __name__ == "__main__":
    main(sys.argv[1])
