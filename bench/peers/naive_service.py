"""A nameko service with one transaction per ballot: `… naive_service BUS_URL STORE_URL`."""

import warnings

warnings.filterwarnings("ignore", message=r"(?s).*Eventlet is deprecated.*")

import eventlet  # noqa: E402

eventlet.monkey_patch()

import sys  # noqa: E402
from hashlib import sha256  # noqa: E402

from nameko import config  # noqa: E402
from nameko.rpc import rpc  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402
from psycopg import connect  # noqa: E402

SCHEMA = """
CREATE TABLE IF NOT EXISTS naive_ballots (
    poll_id text NOT NULL, voter_id text NOT NULL, choice text NOT NULL, PRIMARY KEY (poll_id, voter_id)
)
"""
HOLDER = "SELECT person_id FROM identity.sessions WHERE token_hash = %s"


class NaiveVotes:
    name = "naive_votes"

    @rpc
    def cast(self, poll_id: str, token: str, choice: str) -> str:
        with connection.transaction():
            (voter_id,) = connection.execute(HOLDER, (sha256(token.encode()).hexdigest(),)).fetchone() or ("",)
            connection.execute("INSERT INTO naive_ballots VALUES (%s, %s, %s)", (poll_id, voter_id, choice))
        return voter_id


if __name__ == "__main__":
    connection = connect(sys.argv[2], autocommit=True)
    connection.execute(SCHEMA)
    with config.patch({"AMQP_URI": sys.argv[1]}):
        runner = ServiceRunner()
        runner.add_service(NaiveVotes)
        runner.start()
        print("Ready: http://bus", flush=True)
        runner.wait()
