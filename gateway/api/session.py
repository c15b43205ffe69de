"""Signing in and out, one's own sessions and password."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from gateway.api.commands import Body
from gateway.edge import AnyGate, Context, Edge, Gate
from services.directory import views as directory

router = APIRouter(tags=["session"])

Password = Annotated[str, Field(min_length=1, max_length=1000)]
Login = Annotated[str, Field(min_length=1, max_length=200)]


class SignIn(Body):
    login: Login
    password: Password


class Activation(Body):
    """`code`: as given out by the administrator; capitals, dashes and spaces do not matter."""

    login: Login
    code: str = Field(min_length=1, max_length=60)
    new_password: Password


class PasswordChange(Body):
    current_password: Password
    new_password: Password


class RoleOfMine(BaseModel):
    role: str
    unit_id: str | None


class Me(BaseModel):
    person_id: str
    full_name: str
    roles: list[RoleOfMine]


class SessionShown(BaseModel):
    id: UUID
    begun_at: datetime
    used_at: datetime
    address: str
    agent: str
    current: bool


@router.post("/session", summary="Sign in", operation_id="sign_in")
def sign_in(body: SignIn, request: Request, response: Response, gate: AnyGate) -> Me:
    token = gate.identity.sign_in(body.login, body.password, address_of(request), _agent(request))
    return _begin(token, request, response, gate)


@router.post("/activation", summary="Choose a password by an activation code and sign in", operation_id="activate")
def activate(body: Activation, request: Request, response: Response, gate: AnyGate) -> Me:
    token = gate.identity.activate(
        body.login, body.code, body.new_password, address=address_of(request), agent=_agent(request)
    )
    return _begin(token, request, response, gate)


@router.get("/session", summary="Who is signed in", operation_id="who_am_i")
def who_am_i(edge: Edge) -> Me:
    return Me(
        person_id=edge.me.person_id,
        full_name=edge.me.full_name,
        roles=[RoleOfMine(role=role, unit_id=unit_id) for role, unit_id in sorted(edge.me.roles, key=str)],
    )


@router.post("/sign-out", status_code=204, summary="End this session", operation_id="sign_out")
def sign_out(request: Request, gate: AnyGate) -> Response:
    token = request.cookies.get(gate.identity.cookie_name)
    if token:
        gate.identity.sign_out(token)
    response = Response(status_code=204)
    response.delete_cookie(
        gate.identity.cookie_name, path="/", secure=gate.identity.secure, httponly=True, samesite="strict"
    )
    # What this person saw must not stay in a shared tablet.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@router.get("/sessions", summary="My living sessions", operation_id="my_sessions")
def my_sessions(edge: Edge) -> list[SessionShown]:
    found = edge.gate.identity.sessions_of(edge.me.person_id, token_of(edge))
    return [SessionShown.model_validate(vars(each)) for each in found]


@router.post("/sessions/{session_id}/end", status_code=204, summary="End a session of mine", operation_id="end_session")
def end_session(edge: Edge, session_id: UUID) -> None:
    edge.gate.identity.end_session(edge.me.person_id, str(session_id))


@router.post("/sessions/end-others", status_code=204, summary="End all my other sessions", operation_id="end_others")
def end_other_sessions(edge: Edge) -> None:
    edge.gate.identity.end_other_sessions(edge.me.person_id, token_of(edge))


@router.post("/me/password", summary="Change my password; my other sessions end", operation_id="change_password")
def change_password(body: PasswordChange, edge: Edge, response: Response) -> Me:
    token = edge.gate.identity.change_password(
        edge.me.person_id,
        body.current_password,
        body.new_password,
        address=address_of(edge.request),
        agent=_agent(edge.request),
    )
    _set_cookie(response, edge.gate, token)
    return who_am_i(edge)


def token_of(edge: Context) -> str:
    return edge.request.cookies.get(edge.gate.identity.cookie_name, "")


def _begin(token: str, request: Request, response: Response, gate: Gate) -> Me:
    """Every sign-in begins a new session; the one that this browser had before ends."""
    earlier = request.cookies.get(gate.identity.cookie_name)
    if earlier:
        gate.identity.sign_out(earlier)
    _set_cookie(response, gate, token)
    person_id = gate.identity.subject_of(token) or ""
    person = directory.person(gate.views.reader(), person_id)
    roles = directory.roles_of(gate.views.reader(), person_id)
    return Me(
        person_id=person_id,
        full_name=person.full_name if person else "",
        roles=[RoleOfMine(role=each.role, unit_id=each.unit_id) for each in roles],
    )


def _set_cookie(response: Response, gate: Gate, token: str) -> None:
    response.set_cookie(
        gate.identity.cookie_name,
        token,
        max_age=gate.identity.session_seconds,
        path="/",
        secure=gate.identity.secure,
        httponly=True,
        samesite="strict",
    )


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def _agent(request: Request) -> str:
    return request.headers.get("user-agent", "")
