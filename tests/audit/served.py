"""What tests of a running product wait for."""

from tests.ledger.test_book import wait_until
from tests.world import World


def until_signed(world: World) -> None:
    """Everything that was recorded, reactions included, stands under the newest checkpoint."""
    world.settle()
    ledger, store = world.embedded.ledger, world.embedded.store
    wait_until(lambda: ledger.file.signed_size() == store.wait(0, 0))
