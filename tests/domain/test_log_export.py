"""Taking the log away is itself recorded."""

from services.directory.exporting import EXPORT
from services.directory.messages import LogExported, TakeExport
from tests.given import given
from tests.stamps import ids, stamp

TAKEN = {"export_id": ids("export"), "size": 12, "root": "ab" * 32, "documents": True}


def test_who_takes_the_log_away_is_recorded_with_the_tree_that_it_was() -> None:
    given(EXPORT).when(stamp(TakeExport, **TAKEN)).then(LogExported(**TAKEN))


def test_asking_again_for_the_same_export_records_nothing_twice() -> None:
    given(EXPORT, LogExported(**TAKEN)).when(stamp(TakeExport, **TAKEN)).then_nothing()
