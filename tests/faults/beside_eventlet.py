"""Run as a process: the PostgreSQL store where eventlet has replaced threads, as in every nameko service."""

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402
import threading  # noqa: E402

from kernel.adapters.postgres_sessions import open_session  # noqa: E402
from kernel.adapters.store_postgres import TAKE_TURN, PostgresStore  # noqa: E402
from kernel.offload import blocking  # noqa: E402
from kernel.ports import NO_STREAM  # noqa: E402
from tests.contract.event_store import event  # noqa: E402


def others_go_on_while_an_append_waits(store: PostgresStore, url: str) -> None:
    other = blocking(open_session, url)
    blocking(other.execute, TAKE_TURN)
    append = eventlet.spawn(store.append, "thing-1", [event()], NO_STREAM)
    for _ in range(100):
        eventlet.sleep(0.001)
    assert not append.dead
    blocking(other.execute, "COMMIT")
    assert append.wait().last_position == 1
    other.close()


def a_greenlet_ended_in_its_turn_takes_nobody_with_it(store: PostgresStore, url: str) -> None:
    other = blocking(open_session, url)
    blocking(other.execute, TAKE_TURN)
    commits = eventlet.spawn(store.append, "thing-2", [event()], NO_STREAM)
    eventlet.sleep(0.05)
    waits, follows = (eventlet.spawn(store.append, f"thing-{n}", [event()], NO_STREAM) for n in (3, 4))
    eventlet.sleep(0.05)
    waits.kill()
    commits.kill()
    blocking(other.execute, "COMMIT")
    assert follows.wait().version == 0
    assert store.read("thing-3") == []
    other.close()


def followers_and_writers_share_the_hub(store: PostgresStore) -> None:
    after = store.wait(0, 0)
    seen: list[int] = []

    def follow() -> None:
        while len(seen) < 320:
            store.wait(after + len(seen), 5.0)
            seen.extend(each.position for each in store.read_all(after + len(seen), 100))

    def write(writer: int) -> None:
        for n in range(20):
            store.append(f"many-{writer}+{n}", [event()], NO_STREAM)

    threads = [threading.Thread(target=follow), *(threading.Thread(target=write, args=(n,)) for n in range(16))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert seen == list(range(after + 1, after + 321))


def main(url: str) -> None:
    store = PostgresStore(url)
    others_go_on_while_an_append_waits(store, url)
    a_greenlet_ended_in_its_turn_takes_nobody_with_it(store, url)
    followers_and_writers_share_the_hub(store)
    store.close()
    print("done")


if __name__ == "__main__":
    main(sys.argv[1])
