"""Voting: polls, ballots, tallies and the publication of results.

Streams: `poll-<id>`, `ballot-<poll>+<voter>`.
Commands: OpenPoll, CancelPoll, CastBallot, ClosePoll, TallyPoll, PublishResult.
Announces: PollOpened, PollCancelled, BallotCast, PollClosed, PollTallied, ResultPublished.
Reacts to its own PollClosed by counting the ballots that stand before it (TallyPoll).
"""
