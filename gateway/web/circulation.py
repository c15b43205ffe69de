"""Pages of opinion forms."""

from fastapi import APIRouter

router = APIRouter()
