"""Keeps signatures provable: each night, what could soon no longer be checked gets a new archive time stamp.

Every gateway does it. The command's id derives from order and bytes, so that one of several stamps is kept.
"""

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog

from gateway.regular import Regular
from gateway.views import Views
from kernel.decider import Refused
from kernel.ids import derived
from kernel.messages import Accepted, Command
from kernel.ports import AppendError, Blobs, Corrupt, NotStored
from kernel.vietnam import VIETNAM, day_of
from services.signing import lists
from services.signing.messages.orders import RenewProof
from services.signing.pdf import SigningDesk, proof_expires
from services.signing.records import Order

NOTICE_DAYS = 90
"""So long before the last day on which it can be checked a signature is stamped again."""

NIGHT_HOUR = 2
SECONDS = 600
ACTOR = "signing.renewal"

log = structlog.get_logger()


class Renewer(Regular):
    def __init__(
        self,
        views: Views,
        blobs: Blobs,
        desk: SigningDesk,
        execute: Callable[[Command], Accepted],
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__("renewer", SECONDS, failure="renewal_failed")
        self._views = views
        self._blobs = blobs
        self._desk = desk
        self._execute = execute
        self._clock = clock
        self._done: date | None = None

    def tick(self) -> None:
        """Once a night; a night in which something was away begins again with the next tick."""
        now = self._clock().astimezone(VIETNAM)
        if now.hour == NIGHT_HOUR and now.date() != self._done:
            self.renew()
            self._done = now.date()

    def renew(self) -> int:
        """How many signed documents were stamped; what could not be is logged and tried the next night."""
        before = day_of(self._clock()) + timedelta(days=NOTICE_DAYS)
        stamped = 0
        for order in lists.orders_to_renew(self._views.reader(), before):
            if self._stopping.is_set():
                break
            try:
                self._execute(self._renewal(order))
                stamped += 1
            except (Refused, AppendError, NotStored, Corrupt) as known:
                log.warning("proof_not_renewed", order=order.id, until=order.provable_until, reason=str(known))
        return stamped

    def _renewal(self, order: Order) -> RenewProof:
        content = self._desk.archive(self._blobs.read(order.sha256))
        until = proof_expires(self._desk.examine(content))
        if until is None or (order.provable_until and until <= datetime.fromisoformat(order.provable_until)):
            raise Refused("proof_expired", "a stamp by this authority would prove it no longer than before")
        sha256 = hashlib.sha256(content).hexdigest()
        self._blobs.put([content], size=len(content), sha256=sha256)
        return RenewProof(
            id=derived(UUID(order.id), f"renew {order.sha256}"),
            actor=ACTOR,
            at=self._clock(),
            order_id=UUID(order.id),
            stamped_sha256=sha256,
            stamped_size=len(content),
            provable_until=until,
        )
