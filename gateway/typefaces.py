"""The faces that papers are set in; `make setup` fetches them."""

from pathlib import Path

FONTS = Path(__file__).parent / "web" / "static" / "vendor" / "tinos"
