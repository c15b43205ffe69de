"""Voting: polls, ballots, tallies and results; a body's own rule cards; opinions gathered outside a session.

Streams: `poll-<id>`, `ballot-<poll>+<voter>`, `dictation-<poll>+<voter>`, and those that `messages/` names.
Commands: OpenPoll, CancelPoll, CastBallot, DictateBallot, ConfirmDictation, ClosePoll, TallyPoll, PublishResult,
ProposeRuleCard, ApproveRuleCard and more, in `messages/`, which also lists what is announced.
Reacts to its own PollClosed by counting the ballots that stand before it (TallyPoll), likewise to OpinionFormClosed;
to OpinionResultAnnounced and the meeting service's SessionOpened by reporting results to the body's next session.
"""
