"""Who may do what: the whole table, role by role, and the cases that a table cannot show."""

import re
from pathlib import Path

import pytest

from gateway import policy
from gateway.identity.policy_table import Leave, leave, policy_table
from gateway.identity.typical_matter import BODY, PERSON, matter
from gateway.policy import RULES, allowed
from gateway.policy.subject import Subject
from gateway.resources import Resource
from services.directory.messages import RoleName

GATEWAY = Path(policy.__file__).parent
LETTERS = {"a": Leave.always, "i": Leave.involved, "-": Leave.never}

# a: the role in the body is enough; i: only who is invited, named or charged; -: never.
# Columns: presiding officer, delegate, minute taker, records clerk, leader, officer, guest, auditor, administrator.
TABLE = """
see_minutes             a i a a i i i a i
write_minutes           i i a a i i i i i
work_on_minutes         a i a a i i i i i
approve_minutes         a i i i i i i i i
publish_minutes         a i a a i i i i i
see_polls               a i a a a i i a a
cast_ballot             a i a a a i i a a
conduct_polls           a i i i i i i i i
see_tally               a i a a i i i i i
count_papers            i i i i i i i i i
follow_count            a i a a i i i a i
record_dictation        a i a a i i i i i
record_voting_rights    a i a a i i i i i
propose_rule_card       - - - a - - - - a
approve_rule_card       a - - - a - - - -
draft_opinion_form      - - - a - - - - a
see_opinion_form        a i i a a i i a a
prepare_opinion_form    - - - a - - - - a
decide_opinion_form     a i i i a i i i i
withdraw_opinion_form   a i i a a i i i a
answer_opinion_form     i i i i i i i i i
see_opinion_answers     a i i a a i i i i
resolve_comments        a i i a a i i i i
draft_official          a - a a a a - - -
see_official            a i i a a a i i i
comment_official        a i i a a a i i i
write_official          i i i a i i i i i
register_official       - - - a - - - - -
see_signing_order       a i i a a a i i i
sign_document           i i i i i i i i i
delegate_signing        i i i i i i i i i
check_signatures        a a a a a a a a a
see_register            a - - a a - - a a
keep_register           - - - a - - - - -
see_incoming            a i i a a i i a i
receive_incoming        - - - a - - - - -
route_incoming          a - - a a - - - -
see_copy                a - - a a - - a -
make_copy               - - - a - - - - -
see_document            a i a a a i i a a
revise_document         - - - a - - - - a
circulate_document      - - - a - - - - a
record_conclusion       i i i a i i i i i
see_task                a a a a a a a a a
assign_task             a - - - a - - - -
work_on_task            - - - - a a - - -
contribute_to_task      - - - - a a - - -
direct_task             i i i i i i i i i
hand_over_task          i i i i i i i i a
plan_meeting            - - - a - - - - a
see_meeting             a i a a a i i a a
prepare_meeting         - - - a - - - - a
cancel_meeting          i i i a i i i i a
publish_meeting         i i i a i i i i a
approve_dossier         i i i i a i i i i
answer_invitation       i i i i i i i i i
see_sitting             a i a a a i i a a
check_in                a i a a a i i a a
request_floor           a i a a a i i a a
withdraw_floor_request  a i a a i i i i i
take_roll_call          a i a a i i i i i
extend_roll             a i a a i i i i i
lead_discussion         a i a a i i i i i
take_notes              a i a a i i i i i
see_notes               a i a a i i i a i
hold_session            a i i i i i i i i
sign_in                 a a a a a a a a a
see_directory           a a a a a a a a a
see_contacts            - - - a - - - - a
manage_directory        - - - - - - - - a
see_policy              - - - - - - - a a
read_ledger             - - - - - - - a a
export_log              - - - - - - - a a
"""
EXPECTED = {row.split()[0]: row.split()[1:] for row in TABLE.strip().splitlines()}


def test_the_table_names_every_action() -> None:
    assert set(EXPECTED) == set(RULES)


@pytest.mark.parametrize("action", sorted(RULES))
def test_each_role_may_do_what_the_table_says(action: str) -> None:
    found = {role: leave(RULES[action], role) for role in RoleName}
    assert found == {role: LETTERS[letter] for role, letter in zip(RoleName, EXPECTED[action], strict=True)}


def test_every_action_is_printed_in_words_for_auditors() -> None:
    assert [row.action for row in policy_table() if row.words == row.action] == []


def test_every_action_that_a_route_asks_for_is_in_the_table() -> None:
    asked = re.compile(r"""(?:action=|edge\.require\(\s*|edge\.allows\(\s*|\bsee=)["'](\w+)["']""")
    pages = [each for each in GATEWAY.glob("web/*.py") if not each.name.startswith("vendor")]
    sources = [*GATEWAY.glob("api/*.py"), *pages, *GATEWAY.rglob("*.html")]
    named = {name for source in sources for name in asked.findall(source.read_text())}
    assert named - set(RULES) == set()


def test_what_is_not_in_the_table_nobody_may() -> None:
    everything = Subject(PERSON, "", frozenset((role.value, None) for role in RoleName))
    assert not allowed("launch_rockets", everything, matter(involved=True))


OF_EVERYBODY = {"sign_in", "see_directory", "check_signatures"}


@pytest.mark.parametrize("action", sorted(set(RULES) - OF_EVERYBODY))
def test_without_a_role_and_uninvolved_one_may_nothing(action: str) -> None:
    assert not allowed(action, Subject(PERSON, ""), matter(involved=False))


# Roles that count wherever they are held: contacts are needed for inviting, the policy for auditing,
# and those who preside, chase or audit follow the tasks of all units.
BEYOND_THE_BODY = {"see_contacts", "see_policy", "read_ledger", "see_task", "assign_task"}


@pytest.mark.parametrize("role", [each for each in RoleName])
@pytest.mark.parametrize("action", sorted(set(RULES) - OF_EVERYBODY - BEYOND_THE_BODY))
def test_a_role_in_another_body_gives_nothing_here(action: str, role: RoleName) -> None:
    elsewhere = Subject(PERSON, "", frozenset({(role.value, "another body")}))
    assert not allowed(action, elsewhere, matter(involved=False))


def of_body(role: str) -> Subject:
    return Subject(PERSON, "", frozenset({(role, BODY)}))


@pytest.mark.parametrize("role", ["presiding_officer", "leader", "minute_taker", "auditor", "administrator"])
def test_a_closed_sitting_is_seen_only_by_those_invited_and_the_clerk(role: str) -> None:
    closed = matter(involved=False).with_facts(closed_sitting=True)
    assert not allowed("see_meeting", of_body(role), closed)
    assert allowed("see_meeting", of_body("records_clerk"), closed)
    assert allowed("see_meeting", of_body(role), matter(involved=True).with_facts(closed_sitting=True))


@pytest.mark.parametrize("role", ["delegate", "guest", "officer", "auditor"])
def test_a_meeting_in_preparation_is_seen_only_by_those_who_prepare_it(role: str) -> None:
    unpublished = matter(involved=False).with_facts(published=False)
    assert not allowed("see_meeting", of_body(role), unpublished)
    assert allowed("see_meeting", of_body("records_clerk"), unpublished)


def test_an_administrator_of_one_unit_does_not_manage_the_directory() -> None:
    assert not allowed("manage_directory", of_body("administrator"), Resource(body_id=BODY))


def test_a_leader_of_all_hands_tasks_over_but_a_leader_of_one_unit_only_their_own() -> None:
    of_all = Subject(PERSON, "", frozenset({("leader", None)}))
    assert allowed("hand_over_task", of_all, matter(involved=False))
    assert not allowed("hand_over_task", of_body("leader"), matter(involved=False))


def test_a_role_for_the_whole_deployment_holds_in_every_body() -> None:
    clerk = Subject(PERSON, "", frozenset({("records_clerk", None)}))
    assert allowed("prepare_meeting", clerk, matter(involved=False))


def following(closed: bool = False, issued: bool = True) -> Resource:
    """An official document of the body that follows from its published meeting, to which PERSON is invited."""
    meeting = matter(involved=True).with_facts(
        closed_sitting=closed, presiding_officer_id="", minute_taker_id="", leader_id=""
    )
    return matter(involved=False).with_facts(follows=meeting, official_issued=issued)


def uninvited(subject: Resource) -> Resource:
    follows = subject.facts["follows"]
    assert isinstance(follows, Resource)
    return subject.with_facts(follows=follows.with_facts(is_invited=lambda _person_id: False))


def test_once_issued_what_follows_from_a_meeting_is_for_whoever_may_see_the_meeting() -> None:
    delegate = of_body("delegate")
    assert allowed("see_official", delegate, following())
    assert not allowed("see_official", delegate, following(issued=False))
    assert not allowed("see_official", delegate, uninvited(following()))


@pytest.mark.parametrize("role", ["leader", "presiding_officer", "auditor", "officer"])
def test_what_follows_from_a_closed_sitting_is_for_who_may_see_it_and_those_named(role: str) -> None:
    closed = uninvited(following(closed=True))
    assert not allowed("see_official", of_body(role), closed)
    assert allowed("see_official", of_body(role), following(closed=True))
    assert allowed("see_official", of_body(role), closed.with_facts(is_signer=lambda _person_id: True))
    assert allowed("see_official", of_body("records_clerk"), closed)
    assert not allowed("see_copy", of_body(role), closed)
    assert allowed("see_copy", of_body("records_clerk"), closed)
