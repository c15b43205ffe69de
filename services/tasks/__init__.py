"""Tasks from assignment to completion, and their due dates in Vietnamese working days.

Streams `task-<id>`. Takes: assign, accept, name the responsible person, report, deliver, judge, extend,
hand over, withdraw.
Announces each of them as a fact; on time or late is decided once, by when the accepted report was delivered.
Reacts to `ConclusionRecorded`: every new obligation becomes one task of its lead unit.
"""
