"""Documentation names everything that people meet: variables, metrics, event types, commands."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from prometheus_client import REGISTRY

import dienhong.embedded as composition
from dienhong.cli import app
from gateway import problems
from gateway.texts import CATALOGUES, translations
from kernel.settings import Settings

ROOT = Path(__file__).parents[2]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
EVENTS = (ROOT / "docs" / "events.md").read_text()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_variable_is_documented(name: str) -> None:
    assert f"`DIENHONG_{name.upper()}`" in OPERATIONS


@pytest.mark.parametrize("name", sorted(m.name for m in REGISTRY.collect() if m.name.startswith("dienhong_")))
def test_every_metric_is_documented(name: str) -> None:
    assert f"`{name}" in OPERATIONS


@pytest.mark.parametrize("name", sorted(composition.CODEC.types))
def test_every_event_type_has_its_sentence(name: str) -> None:
    assert re.search(rf"^\| `{name}` \| .{{10,}} \|$", EVENTS, re.MULTILINE)


def test_every_command_of_the_command_line_is_documented() -> None:
    verbs = [c.name or c.callback.__name__ for c in app.registered_commands if c.callback]
    for group in app.registered_groups:
        assert group.typer_instance is not None
        verbs += [f"{group.name} {c.name}" for c in group.typer_instance.registered_commands]
    assert [verb for verb in verbs if f"`dienhong {verb}" not in OPERATIONS] == []


def test_commands_that_nobody_here_could_run_are_marked() -> None:
    engines = r"`(?:docker|helm|kubectl) (?!kustomize)[^`]+`"
    assert re.findall(engines, OPERATIONS)
    assert re.findall(rf"{engines}(?! †)", OPERATIONS) == []


def msgids() -> set[str]:
    from babel.messages.extract import extract_from_dir

    found = extract_from_dir(
        str(ROOT / "gateway"),
        [("**.py", "python"), ("**/templates/**.html", "jinja2")],
        options_map={"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}},
        keywords={"_": None, "gettext": None, "ngettext": (1, 2)},
    )
    return {text for _, _, message, _, _ in found for text in ([message] if isinstance(message, str) else message)}


def test_every_text_exists_in_english() -> None:
    english = translations("en")
    # Some versions of gettext find a text that has a plural only when they are asked for its number.
    said = {text: {english.gettext(text), english.ngettext(text, text, 1)} for text in msgids() if text}
    assert sorted(text for text, english_text in said.items() if english_text == {text} and not _same(text)) == []


def test_every_problem_has_a_sentence_in_english() -> None:
    english = translations("en")
    assert [code for code, (_, text) in problems.PROBLEMS.items() if english.gettext(text) == text] == []


def test_no_catalogue_translates_a_text_that_is_gone() -> None:
    used = msgids()
    for path in sorted((CATALOGUES / "en").glob("*.po")):
        with path.open("rb") as file:
            ids = {m.id[0] if isinstance(m.id, tuple) else m.id for m in read_po(file) if m.id}
        assert sorted(ids - used) == [], path.name


def test_one_text_has_one_english_wording() -> None:
    wordings: dict[str, set[str]] = {}
    for path in sorted((CATALOGUES / "en").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                text = message.id[0] if isinstance(message.id, tuple) else message.id
                wordings.setdefault(str(text), set()).add(str(message.string))
    assert {text: english for text, english in wordings.items() if text and len(english) > 1} == {}


def _same(text: str) -> bool:
    """Names and marks that are the same in both languages."""
    return not re.search(r"[a-zà-ỹđ]{2}", text) or text in {"Diên Hồng", "PDF", "CSV", "English", "Tiếng Việt"}


def test_every_refusal_has_its_status_and_sentence() -> None:
    sources = [path for part in ("kernel", "services", "gateway") for path in (ROOT / part).rglob("*.py")]
    codes = {
        code for path in sources for code in re.findall(r"(?:Refused|TryLater)\(\s*\"([a-z_0-9]+)\"", path.read_text())
    }
    assert sorted(codes - problems.PROBLEMS.keys()) == []


DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", page.read_text())
    relative = [link for link in links if ":" not in link]
    assert [link for link in relative if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("guide", sorted((ROOT / "docs" / "roles").glob("*.md")), ids=lambda path: path.stem)
def test_the_guides_name_buttons_by_the_words_on_them(guide: Path) -> None:
    vietnamese, english = guide.read_text().split("\n## English\n")
    texts, translated = msgids(), translations("en")
    named = {bold for bold in re.findall(r"\*\*(.+?)\*\*", vietnamese) if not bold.endswith(":")}
    assert sorted(named - texts) == []
    pairs = re.findall(r"\*\*([^*]+)\*\* \[([^]]+)\]", english)
    assert pairs
    assert [(text, word) for text, word in pairs if text not in texts or translated.gettext(text) != word] == []


@pytest.mark.parametrize("guide", sorted((ROOT / "docs" / "roles").glob("*.md")), ids=lambda path: path.stem)
def test_the_guides_quote_refusals_by_the_words_that_people_read(guide: Path) -> None:
    """As they begin or in part; what the command line says is told by its exit code."""
    texts, translated = msgids(), translations("en")
    pools = ("\n".join(texts), "\n".join(translated.gettext(text) for text in texts))
    for half, pool in zip(guide.read_text().split("\n## English\n"), pools, strict=True):
        rows = re.findall(r"^\| ((?!Thông báo|You read|-)[^|]+?) \| [^|]+ \|$", half, re.MULTILINE)
        quoted = [part for row in rows if "(mã thoát" not in row and "(exit code" not in row for part in cut(row)]
        assert quoted
        assert [part for part in quoted if part not in pool] == []


def cut(row: str) -> list[str]:
    return [part.rstrip("…") for part in re.split(r"(?<=\.) ", row)]
