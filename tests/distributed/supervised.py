"""A supervisor to be killed: private servers, every service, the relay and a gateway in the folder named."""

import signal
import sys
from pathlib import Path

from dienhong.nodes.distributed import Composition
from dienhong.nodes.postgres import PostgresNode
from dienhong.nodes.rabbitmq import RabbitNode
from kernel.settings import Settings
from tests.processes import addressed, environment

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    postgres, rabbit = PostgresNode(folder / "postgres"), RabbitNode(folder / "rabbitmq")
    postgres.start()
    rabbit.start()
    settings = addressed(Settings(data_dir=folder / "data", deployment="test.dienhong"), postgres, rabbit)
    Composition(environment(settings), (0,), lambda line: print(line, file=sys.stderr)).start()
    print("ready", flush=True)
    signal.pause()
