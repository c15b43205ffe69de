"""The command `dienhong` as people and programs meet it: processes, exit codes, data on stdout, words on stderr."""

import json
import os
import pty
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.world import PASSWORD

DIENHONG = (sys.executable, "-m", "dienhong")
SECONDS_TO_STOP = 2.0


def environment(folder: Path, **more: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DIENHONG_")}
    return {**inherited, "DIENHONG_DATA_DIR": str(folder), "DIENHONG_PORT": "0", **more}


def dienhong(folder: Path, *words: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*DIENHONG, *words], input=stdin, capture_output=True, text=True, env=environment(folder, **more)
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def fails(folder: Path, code: int, *words: str, stdin: str = "", **more: str) -> str:
    """The one sentence that says what is wrong; nothing goes to programs."""
    done = dienhong(folder, *words, stdin=stdin, **more)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr.strip()


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen([*DIENHONG, "serve"], stderr=subprocess.PIPE, text=True, env=environment(folder))
    assert process.stderr is not None
    rest = threading.Thread(target=process.stderr.read)
    try:
        address = next(found[1] for line in process.stderr if (found := re.search(r"Ready: (http\S+)", line)))
        rest.start()
        yield process, address
    finally:
        process.kill()
        process.wait()
        rest.join()
        process.stderr.close()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one administrator, `boss`."""
    folder = tmp_path_factory.mktemp("office") / "var"
    done = dienhong(folder, "user", "add", "boss", "Trần Văn Bảy", "--role", "administrator", stdin=f"{PASSWORD}\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "boss may sign in.\n")
    return folder


@contextmanager
def signed_in(address: str, login: str, password: str = PASSWORD) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=address, timeout=60) as client:
        answer = client.post("/api/v1/session", json={"login": login, "password": password})
        assert answer.is_success, answer.text
        yield client


def events(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in dienhong(folder, "events", "export").stdout.splitlines()]


def test_a_stop_ends_live_streams_and_succeeds_within_two_seconds(office: Path) -> None:
    """A busy machine is late now and then; what is slow by itself is so each time."""
    assert any(seconds_to_stop(office) < SECONDS_TO_STOP for _ in range(5))


def seconds_to_stop(office: Path) -> float:
    with served(office) as (process, address), signed_in(address, "boss") as client:
        with client.stream("GET", "/stream?topics=directory") as stream:
            lines = stream.iter_lines()
            assert next(lines) == ": open"
            asked = time.monotonic()
            process.send_signal(signal.SIGTERM)
            list(lines)
        assert process.wait(60) == 0
        return time.monotonic() - asked


def test_one_folder_is_served_once_and_the_log_can_be_read_meanwhile(office: Path) -> None:
    with served(office):
        for words in (("serve",), ("views", "rebuild"), ("user", "passwd", "boss")):
            sentence = fails(office, 3, *words, stdin="một mật khẩu khác 2027\n")
            assert sentence.startswith(f"Another process already uses {office}/events.db.")
        tail = dienhong(office, "events", "tail", "-n", "2", "--json")
        assert [json.loads(line)["type"] for line in tail.stdout.splitlines()] == ["AccountOpened", "RoleAssigned"]
        assert dienhong(office, "events", "tail").stdout.count("\n") == 4
        stream = json.loads(tail.stdout.splitlines()[0])["stream"]
        shown = dienhong(office, "events", "show", stream, "--json").stdout.splitlines()
        assert [json.loads(line)["version"] for line in shown] == list(range(len(shown)))
        exported = dienhong(office, "events", "export")
        assert len(exported.stdout.splitlines()) == 4
        assert exported.stderr == "4 events.\n"


def test_an_export_goes_to_a_file_when_one_is_named(office: Path, tmp_path: Path) -> None:
    done = dienhong(office, "events", "export", str(tmp_path / "log.jsonl"))
    assert (done.returncode, done.stdout) == (0, "")
    assert [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()] == events(office)
    assert "cannot be written" in fails(office, 2, "events", "export", str(tmp_path / "no" / "log.jsonl"))


def test_a_stream_that_does_not_exist_is_a_found_problem(office: Path) -> None:
    assert fails(office, 1, "events", "show", "meeting-none") == "There is no stream meeting-none."


def test_a_rebuild_tells_whether_the_views_were_true_and_repairs_them(office: Path) -> None:
    def rebuilt() -> dict[str, object]:
        done = dienhong(office, "views", "rebuild", "--json")
        assert done.returncode == 0
        answer: dict[str, object] = json.loads(done.stdout)
        return answer

    no_polls: dict[str, object] = {"polls": 0, "polls_differing": []}
    rebuilt()
    with closing(sqlite3.connect(office / "views.db")) as views, views:
        views.execute("UPDATE people SET full_name = 'Kẻ mạo danh'")
    assert rebuilt() == {"position": 4, "equal_to_before": False, "differing": ["people"], **no_polls}
    assert rebuilt() == {"position": 4, "equal_to_before": True, "differing": [], **no_polls}
    (office / "views.db").write_bytes(b"not a database at all" * 1000)
    assert rebuilt()["equal_to_before"] is False
    (office / "views.db").unlink()
    assert rebuilt() == {"position": 4, "equal_to_before": None, "differing": [], **no_polls}


def test_the_settings_in_force_are_printed(tmp_path: Path) -> None:
    plain = dienhong(tmp_path, "config", "check", DIENHONG_UPLOAD_LIMIT_MIB="7").stdout.splitlines()
    assert f"DIENHONG_DATA_DIR={tmp_path}" in plain
    assert "DIENHONG_UPLOAD_LIMIT_MIB=7" in plain
    assert json.loads(dienhong(tmp_path, "config", "check", "--json").stdout)["port"] == 0


def test_a_wrong_and_a_misspelt_variable_are_refused_by_every_verb(tmp_path: Path) -> None:
    for words in (("config", "check"), ("serve",), ("events", "tail")):
        assert fails(tmp_path, 2, *words, DIENHONG_PORT="eighty").startswith("DIENHONG_PORT: ")
        sentence = fails(tmp_path, 2, *words, DIENHONG_UPLOAD_LIMIT="7")
        assert sentence.startswith("Unknown variable DIENHONG_UPLOAD_LIMIT. There are: DIENHONG_DATA_DIR, ")
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_with_a_new_account_leaves_nothing_half_made(office: Path) -> None:
    before = events(office)
    add = ("user", "add")
    assert fails(office, 2, *add, "ana", "Ana", stdin="short\n").startswith("A password needs at least 12")
    assert "too easy" in fails(office, 2, *add, "ana", "Ana", stdin="password1234567890\n")
    assert "your name" in fails(office, 2, *add, "ana", "Lê Thị Hoa", stdin="lê thị hoa rất vui\n")
    assert "at least 12" in fails(office, 2, *add, "ana", "Ana", stdin="")
    assert fails(office, 2, *add, "Ana Lê", "Ana", stdin=f"{PASSWORD}\n").startswith("login: ")
    assert fails(office, 2, *add, "boss", "Other", stdin=f"{PASSWORD}\n").startswith("The login boss belongs")
    wrong_role = fails(office, 2, *add, "ana", "Ana", "--role", "king", stdin=f"{PASSWORD}\n")
    assert wrong_role.startswith("There is no role king. There are: ")
    assert events(office) == before


def test_a_new_password_replaces_the_old_one(office: Path) -> None:
    assert fails(office, 2, "user", "passwd", "nobody", stdin=f"{PASSWORD}\n") == "There is no open account nobody."
    assert "at least 12" in fails(office, 2, "user", "passwd", "boss", stdin="short\n")
    fresh = "hai mươi con cá vàng"
    assert dienhong(office, "user", "passwd", "boss", stdin=f"{fresh}\n").returncode == 0
    with served(office) as (_, address), signed_in(address, "boss", fresh):
        old = httpx2.post(f"{address}/api/v1/session", json={"login": "boss", "password": PASSWORD}, timeout=60)
        assert old.json()["code"] == "sign_in_failed"
    assert dienhong(office, "user", "passwd", "boss", stdin=f"{PASSWORD}\n").returncode == 0


def test_a_name_is_stored_in_one_spelling(office: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "Lê Thị Hòa")
    assert dienhong(office, "user", "add", "hoa", decomposed, stdin=f"{PASSWORD}\n").returncode == 0
    shown = dienhong(office, "events", "tail", "-n", "3").stdout
    assert "Lê Thị Hòa" in shown


@pytest.mark.parametrize(
    "words",
    [(), ("bogus",), ("events",), ("events", "tail", "-n", "0"), ("events", "show"), ("user", "add", "only-login")],
    ids=" ".join,
)
def test_wrong_usage_is_exit_code_two(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = dienhong(tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Usage: " in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_log_is_named_and_stays_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    for words in (("events", "tail"), ("events", "show", "x"), ("events", "export"), ("views", "rebuild")):
        assert fails(folder, 2, *words).startswith(f"There is no log at {folder}/events.db.")
    assert not folder.exists()


@pytest.mark.parametrize("words", [("events", "tail"), ("events", "export"), ("views", "rebuild"), ("serve",)])
def test_a_damaged_log_is_named_and_left_alone(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "events.db").write_bytes(b"these are not events" * 500)
    assert fails(tmp_path, 1, *words) == f"{tmp_path}/events.db cannot be used: file is not a database."
    assert (tmp_path / "events.db").read_bytes().startswith(b"these are not events")


def test_a_log_damaged_in_the_middle_is_named(tmp_path: Path) -> None:
    assert dienhong(tmp_path, "user", "add", "boss", "Bảy", stdin=f"{PASSWORD}\n").returncode == 0
    with closing(sqlite3.connect(tmp_path / "events.db")) as log:
        log.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = log.execute("PRAGMA page_size").fetchone()[0]
    with (tmp_path / "events.db").open("r+b") as file:
        file.seek(size)
        file.write(b"\xff" * size)
    assert fails(tmp_path, 1, "events", "tail").startswith(f"{tmp_path}/events.db cannot be used: ")


def test_damaged_views_are_built_anew(tmp_path: Path) -> None:
    (tmp_path / "views.db").write_bytes(b"nothing to read here" * 500)
    with served(tmp_path) as (_, address):
        assert httpx2.get(f"{address}/ready", timeout=60).is_success


@pytest.mark.parametrize("name", ["identity.db", "followers.db"])
def test_another_damaged_file_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"nothing to read here" * 500)
    assert fails(tmp_path, 1, "serve") == f"{tmp_path}/{name} cannot be used: file is not a database."


def test_authorities_that_cannot_be_read_are_named_before_anything_is_called_untrusted(tmp_path: Path) -> None:
    trusted, broken = tmp_path / "trusted", tmp_path / "trusted" / "root.crt"
    assert fails(tmp_path, 1, "serve", DIENHONG_SIGNING_TRUST_DIR=str(trusted)).startswith(f"{trusted} cannot be used")
    trusted.mkdir()
    broken.write_text("not a certificate")
    said = fails(tmp_path, 1, "serve", DIENHONG_SIGNING_TRUST_DIR=str(trusted))
    assert said == f"{broken} cannot be used: it is no certificate."


def test_a_folder_or_an_address_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert fails(tmp_path / "file" / "var", 1, "serve").endswith("cannot be used: Not a directory.")
    assert fails(tmp_path, 1, "serve", DIENHONG_HOST="192.0.2.1").startswith("192.0.2.1:0 cannot be used: ")


def on_a_terminal(folder: Path, *words: str, **more: str) -> bytes:
    """What a person sees: stdout and stderr are a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*DIENHONG, *words], stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env=environment(folder, **more)
    )
    os.close(theirs)
    seen = b""
    try:
        while part := os.read(ours, 4096):
            seen += part
    except OSError:  # the terminal is gone once the process has ended
        pass
    os.close(ours)
    assert process.wait() == 0
    return seen


@pytest.mark.needs("pty")
def test_no_color_is_honoured(office: Path) -> None:
    colour = re.compile(rb"\x1b\[(?:\d+;)*(?:3\d|4\d|9\d)")
    terminal = {"TERM": "xterm-256color"}
    assert colour.search(on_a_terminal(office, "views", "rebuild", **terminal))
    for words in (("views", "rebuild"), ("config", "check"), ("--help",)):
        assert not colour.search(on_a_terminal(office, *words, NO_COLOR="1", **terminal))
