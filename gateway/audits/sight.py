"""What of an event somebody may read: no more than of the thing that it happened to.

Of every event all can be told that stands in its leaf: stream, version, type and time. What is in it is shown to who
may see that on the other pages, too; categories of streams that are not named here are shown to nobody.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from gateway import minutes_signing
from gateway.audits.names import name_in_views
from gateway.audits.words import ID, plain, sentence, worded
from gateway.edge import Context
from gateway.texts import _, translate
from kernel.messages import Recorded
from services.signing import queries as signing
from services.voting import views as voting

Asked = tuple[str, str]
"""An action of the policy, and the name of the id that it is asked about; empty for none."""

ANYBODY: Asked = ("see_directory", "")
CATEGORIES: dict[str, Asked] = {
    **dict.fromkeys(("unit", "person", "login", "ruleCard", "opinionReport"), ANYBODY),
    **dict.fromkeys(("erasure", "export", "ledger", "state"), ("read_ledger", "")),
    **dict.fromkeys(("meeting", "sitting", "conclusion", "votingRights"), ("see_meeting", "meeting_id")),
    "minutes": ("see_minutes", "minutes_of"),
    "poll": ("see_polls", "poll_id"),
    **dict.fromkeys(("ballot", "dictation"), ("see_tally", "poll_id")),
    "document": ("see_document", "document_id"),
    "opinionForm": ("see_opinion_form", "form_id"),
    "answer": ("see_opinion_answers", "form_id"),
    "task": ("see_task", "task_id"),
    "official": ("see_official", "official_id"),
    "signing": ("see_signing_order", "order_id"),
    "delegation": ("delegate_signing", "delegation_id"),
    "register": ("see_register", "body_id"),
    "incoming": ("see_incoming", "incoming_id"),
    "copy": ("see_copy", "copy_id"),
}
MORE: dict[str, tuple[Asked, ...]] = {
    **dict.fromkeys(("DiscussionNoted", "NoteCorrected"), (("see_notes", "meeting_id"),)),
    **dict.fromkeys(("CountEntered", "CountsDiffered"), (("follow_count", "poll_id"), ("see_tally", "poll_id"))),
    **dict.fromkeys(("TellersAppointed", "CountAgreed", "CountRestarted"), (("follow_count", "poll_id"),)),
    "PollTallied": (("see_tally", "poll_id"),),
    "AnswersCounted": (("see_opinion_answers", "form_id"),),
    "AnswerSaved": (("nobody", ""),),
    **dict.fromkeys(("DraftCommented", "CommentAnswered"), (("comment_official", "official_id"),)),
}
"""What else one must be allowed to, by the type of event."""

HIDDEN: dict[str, tuple[Asked, frozenset[str]]] = {
    **dict.fromkeys(("PersonRegistered", "PersonCorrected"), (("see_contacts", ""), frozenset({"email", "phone"}))),
    "AccountClosed": (("see_contacts", ""), frozenset({"reason"})),
    **dict.fromkeys(
        ("InvitationAnswered", "AbsenceRecorded", "DossierReturned", "DossierRecalled"),
        (("prepare_meeting", "meeting_id"), frozenset({"reason"})),
    ),
    **dict.fromkeys(("DossierSubmitted", "DossierApproved"), (("prepare_meeting", "meeting_id"), frozenset({"note"}))),
    **dict.fromkeys(("RollCallOpened", "CheckInCodeRenewed"), (("nobody", ""), frozenset({"code"}))),
}
"""Fields that are for fewer people than the rest of the event."""

NAMED: dict[str, Asked] = {
    **dict.fromkeys(("people", "units", "agenda_items"), ANYBODY),
    "meetings": ("see_meeting", "meeting_id"),
    "documents": ("see_document", "document_id"),
    "polls": ("see_polls", "poll_id"),
    "opinion_forms": ("see_opinion_form", "form_id"),
    "tasks": ("see_task", "task_id"),
}
"""By the table of the views that knows the name."""


ID_LETTERS = 36
"""A register's stream goes on with year and series after the body's id."""


@dataclass(frozen=True)
class Shown:
    """`data` without what is `hidden`; None when nothing of it may be read."""

    recorded: Recorded
    data: Mapping[str, Any] | None
    hidden: frozenset[str] = field(default_factory=frozenset)

    @property
    def whole(self) -> bool:
        return self.data is not None and not self.hidden


class Sight:
    """Of one person in one request."""

    def __init__(self, edge: Context) -> None:
        self._edge = edge
        self.allows = cache(self._allows)
        self.name_of = cache(self._name_of)

    def show(self, recorded: Recorded) -> Shown:
        category, _, about = recorded.stream.partition("-")
        about = about.partition("+")[0] if category != "register" else about[:ID_LETTERS]
        more = MORE.get(recorded.type, ())
        if not self._may_read(category, about) or not all(self.allows(*each, about) for each in more):
            return Shown(recorded, None)
        data = json.loads(recorded.data)
        if self._is_personal(recorded, data) or self._is_secret(recorded, about):
            return Shown(recorded, None)
        unless, fields = HIDDEN.get(recorded.type, (ANYBODY, frozenset()))
        hidden = frozenset() if self.allows(*unless, about) else fields & data.keys()
        return Shown(recorded, {name: value for name, value in data.items() if name not in hidden}, hidden)

    def sentence(self, shown: Shown) -> str:
        """Empty for what may not be read."""
        if shown.data is None:
            return ""
        return sentence(shown.recorded.type, shown.data, self.name_of, self._say)

    def told(self, field: str, value: object) -> str:
        return worded(field, value, self.name_of, self._say)

    def actor(self, shown: Shown) -> str:
        """Parts of the system act, too: at a deadline, or when a text was extracted. Empty for what may not be read."""
        by = shown.recorded.actor if shown.data is not None else ""
        if not by:
            return ""
        return plain(by, self.name_of) if ID.fullmatch(by) else self._say(_("Hệ thống (%(part)s)")) % {"part": by}

    def _may_read(self, category: str, about: str) -> bool:
        """Signatures on minutes, and the file that bears them, are for whoever may read the minutes."""
        if self.allows(*CATEGORIES.get(category, ("nobody", "")), about):
            return True
        meeting_id = self._signed_minutes(category, about)
        return meeting_id is not None and self.allows("see_minutes", "minutes_of", meeting_id)

    def _signed_minutes(self, category: str, about: str) -> str | None:
        views = self._edge.views
        order = signing.order(views, about) if category == "signing" else None
        if category == "document":
            order = next(iter(signing.orders_of_document(views, about)), None)
        return minutes_signing.meeting_of(views, order) if order else None

    def _is_personal(self, recorded: Recorded, data: Mapping[str, Any]) -> bool:
        """A paper for one person, of which nobody else is told in whose dossier it is."""
        personal = recorded.type == "DocumentAttached" and data.get("for_person_id") is not None
        return personal and not self.allows("see_document", "document_id", data["document_id"])

    def _is_secret(self, recorded: Recorded, poll_id: str) -> bool:
        """Figures of a secret ballot can tell how somebody voted; who follows the count knows them."""
        if recorded.type != "PollTallied" or self.allows("follow_count", "poll_id", poll_id):
            return False
        poll = voting.poll(self._edge.views, poll_id)
        return poll is None or poll.secret

    def _say(self, text: str) -> str:
        return translate(text, self._edge.locale)

    def _allows(self, action: str, name: str, ref: str) -> bool:
        return self._edge.allows(action, **({name: ref} if name else {}))

    def _name_of(self, of: str) -> str:
        def known(table: str, ref: str) -> bool:
            return self._allows(*NAMED[table], ref)

        return name_in_views(self._edge.views, of, known)
