"""A demo ward: 51 delegates, a session tomorrow, one running, one finished."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog.testing
from rich.console import Console

from kernel.settings import Settings

ACCOUNTS = (
    ("quantri", "quản trị hệ thống", "administrator"),
    ("vanthu", "văn thư, thư ký kỳ họp", "records clerk and minute taker"),
    ("lanhdao", "lãnh đạo phê duyệt hồ sơ", "leader who approves dossiers"),
    ("chutoa", "chủ tọa kỳ họp", "presiding officer"),
    ("daibieu01 … daibieu49", "đại biểu", "delegates"),
    ("truongphong, chuyenvien", "đơn vị thực hiện nhiệm vụ", "a unit that carries out tasks"),
    ("kiemtoan", "kiểm toán", "auditor"),
)


def prepare(settings: Settings, say: Callable[[str], None]) -> bool:
    """Sets up the demo in an empty data folder; false when there is a log already."""
    from dienhong.demo.script import perform
    from dienhong.demo.signing import make_keys
    from dienhong.demo.stage import Stage

    if (settings.data_dir / "events.db").exists():
        return False
    say("Setting up the demo council (some seconds, only the first time)…")
    unfinished = settings.data_dir.with_name(settings.data_dir.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    make_keys(unfinished)
    today = datetime.now(UTC)
    with structlog.testing.capture_logs():
        stage = Stage(settings.model_copy(update={"data_dir": unfinished}), today - timedelta(days=21))
        try:
            perform(stage, today)
        finally:
            stage.close()
    settings.data_dir.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(unfinished, settings.data_dir, dirs_exist_ok=True)
    shutil.rmtree(unfinished)
    return True


def announce(address: str, console: Console) -> None:
    from dienhong.demo.people import PASSWORD

    console.print(
        f"\nDiên Hồng: [bold]{address}[/bold]\n\nDemo accounts, all with the password [bold]{PASSWORD}[/bold]:"
    )
    for login, vietnamese, english in ACCOUNTS:
        console.print(f"  {login:<26} {vietnamese} – {english}", highlight=False, soft_wrap=True)
    console.print("\nStop with Ctrl+C. Start anew: remove the folder var/ first.")
