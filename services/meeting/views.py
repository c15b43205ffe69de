"""Joins the views of the four parts of a meeting."""

import sqlite3

from kernel.messages import Event, Recorded
from services.meeting import conclusions_views, minutes_views, preparation_views, sitting_views
from services.meeting.messages import EVENTS

SCHEMA = "\n".join((preparation_views.SCHEMA, sitting_views.SCHEMA, conclusions_views.SCHEMA, minutes_views.SCHEMA))

OWN = frozenset(EVENTS)
"""Of others' events only the minutes tell."""


def project(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    if type(event) in OWN:
        preparation_views.project(connection, recorded, event)
        sitting_views.project(connection, recorded, event)
        conclusions_views.project(connection, recorded, event)
    minutes_views.project(connection, recorded, event)
