"""Sign-in, first password, own account, and the policy table for auditors."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from gateway.api.session import token_of
from gateway.edge import AnyGate, Edge
from gateway.identity.devices import device
from gateway.identity.policy_table import policy_table
from gateway.web.directory_words import ROLES
from gateway.web.pages import render, render_public
from services.directory import views as directory

router = APIRouter()


@router.get("/sign-in")
def sign_in(request: Request, gate: AnyGate, next: Annotated[str, Query(max_length=500)] = "/") -> Response:
    token = request.cookies.get(gate.identity.cookie_name)
    if token and gate.identity.subject_of(token):
        return RedirectResponse(own_path(next), 303)
    return render_public(request, "identity/login.html", next=own_path(next))


@router.get("/activate")
def activate(request: Request) -> Response:
    return render_public(request, "identity/activate.html")


@router.get("/account")
def account(edge: Edge) -> Response:
    me = edge.me.person_id
    sessions = edge.gate.identity.sessions_of(me, token_of(edge))
    return render(
        edge,
        "identity/account.html",
        person=directory.person(edge.views, me),
        roles=directory.roles_of(edge.views, me),
        mandates=directory.mandates_of(edge.views, me),
        sessions=sessions,
        devices={each.id: device(each.agent) for each in sessions},
        role_words=ROLES,
    )


@router.get("/policy")
def policy(edge: Edge) -> Response:
    edge.require("see_policy")
    return render(edge, "identity/policy.html", rows=policy_table(), role_words=ROLES)


def own_path(target: str) -> str:
    """A path of this site; anything that a browser could read as another site becomes the first page."""
    if not target.startswith("/") or target.startswith(("//", "/\\")) or not target.isprintable():
        return "/"
    return target
