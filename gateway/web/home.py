"""The first page after sign-in: what is on today and what waits for this person."""

from fastapi import APIRouter
from fastapi.responses import Response

from gateway.edge import Edge
from gateway.web.pages import render

router = APIRouter()


@router.get("/")
def home(edge: Edge) -> Response:
    return render(edge, "home.html")
