"""Joins the views of the four parts of a meeting."""

import sqlite3

from kernel.messages import Event, Recorded
from services.meeting import conclusions_views, minutes_views, preparation_views, sitting_views

SCHEMA = "\n".join((preparation_views.SCHEMA, sitting_views.SCHEMA, conclusions_views.SCHEMA, minutes_views.SCHEMA))


def project(connection: sqlite3.Connection, recorded: Recorded, event: Event) -> None:
    preparation_views.project(connection, recorded, event)
    sitting_views.project(connection, recorded, event)
    conclusions_views.project(connection, recorded, event)
    minutes_views.project(connection, recorded, event)
