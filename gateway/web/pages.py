"""Renders pages in the reader's language. Pages only read; every write goes through the JSON API."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from gateway.problems import Problem
from gateway.texts import LOCALES, translations
from kernel.vietnam import VIETNAM

if TYPE_CHECKING:
    from gateway.edge import Context

HERE = Path(__file__).parent


def local(value: datetime | str) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(VIETNAM)


def _environment(locale: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(translations(locale), newstyle=False)  # type: ignore[attr-defined]
    environment.filters.update(
        datetime=lambda value: f"{local(value):%d/%m/%Y %H:%M}",
        date=lambda value: f"{date.fromisoformat(value[:10]) if isinstance(value, str) else value:%d/%m/%Y}",
        day=lambda value: f"{local(value):%d/%m/%Y}",
        time=lambda value: f"{local(value):%H:%M}",
        datetime_input=lambda value: f"{local(value):%Y-%m-%dT%H:%M}",
        translate=lambda text: translations(locale).ugettext(text) if text else "",
    )
    environment.globals.update(locale=locale)
    return environment


ENVIRONMENTS = {locale: _environment(locale) for locale in LOCALES}


def render(edge: "Context", template: str, status: int = 200, **values: Any) -> Response:
    """A page or fragment for a signed-in person; templates also get `edge`, `me`, `now` and `position`."""
    page = ENVIRONMENTS[edge.locale].get_template(template)
    text = page.render(
        edge=edge,
        me=edge.me,
        now=edge.now,
        position=edge.position,
        request=edge.request,
        **values,
    )
    return HTMLResponse(text, status, headers={"Content-Language": edge.locale})


def render_public(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A page for people who are not signed in."""
    locale = getattr(request.state, "locale", "vi")
    page = ENVIRONMENTS[locale].get_template(template)
    text = page.render(edge=None, me=None, now=None, position=0, request=request, **values)
    return HTMLResponse(text, status, headers={"Content-Language": locale})


def error_page(request: Request, problem: Problem, headers: dict[str, str]) -> Response:
    response = render_public(request, "error.html", problem.status, problem=problem)
    response.headers.update(headers)
    return response


def to_sign_in(request: Request) -> Response:
    """Leads to the sign-in page and back. A fragment must not fill with it: then the whole page is asked for again."""
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Refresh": "true"})
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse("/sign-in" if here == "/" else f"/sign-in?next={quote(here, safe='/')}", 303)
