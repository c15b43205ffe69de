"""A browser's User-Agent in words that let people recognise their own devices."""

SYSTEMS = (("iPad", "iPad"), ("iPhone", "iPhone"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"))
BROWSERS = (
    ("Edg/", "Edge"),
    ("coc_coc", "Cốc Cốc"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)


def device(agent: str) -> str:
    """Such as `Chrome, Windows`; the beginning of the text itself when nothing is known in it."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in (*SYSTEMS, ("Linux", "Linux")) if mark in agent), "")
    return ", ".join(each for each in (browser, system) if each) or agent[:40] or "?"
