"""Routes of official documents: who may use each, on a resolution that waits for its first signature.

Each row: who may, who knows of the thing (others get 404), and a body, as in test_authorisation.py.
"""

from typing import Any

from tests.official_examples import described
from tests.signing.papers import scan
from tests.signing.test_blanks import draft
from tests.stamps import ids
from tests.world import COMMITTEE, COUNCIL, WORKS, World

API = "/api/v1"
OFFICIAL, ORDER = f"{API}/officials/{{official_id}}", f"{API}/signing-orders/{{order_id}}"
COPY = f"{API}/copies/{{copy_id}}"
BOOK, ARRIVED = f"{API}/registers/{{issuer_id}}/{{year}}/{{series}}", f"{API}/incoming/{{incoming_id}}"
REASON = {"reason": "Lý do"}
SHA256 = {"sha256": "0" * 64}

ALL = None
"""Everybody knows that there are bodies and units."""

HOUSE = {"clerk", "chair", "leader"}
CLERK, FIRST, RECEIVER = {"clerk"}, {"leader"}, {"other_clerk"}
AWAITED, ORDER_KNOWN = FIRST | {"ana"}, HOUSE | {"ana"}
"""Ana may sign in the leader's place."""

ARRIVAL = {"other_clerk", "auditor"}
KEEPERS = HOUSE | {"auditor"}

OF_ONESELF = {
    *(f"GET {API}/{each}" for each in ("officials", "signing-orders", "signing-delegations", "registers", "incoming")),
    *(f"GET {API}/copies", "GET /copies"),
    *(f"GET /{each}" for each in ("officials", "signing-orders", "signing-delegations", "registers", "incoming")),
    *(f"POST {API}/signing-delegations", f"POST {API}/signature-checks", "GET /signature-checks"),
    *(f"GET {API}/signature-forecast", "GET /signature-forecast"),
}
OPEN_TO_ALL = {
    f"GET {API}/signing-agent/downloads/{{token}}",
    f"POST {API}/signing-agent/uploads/{{token}}",
    f"POST {API}/signing-agent/vgca-uploads/{{token}}",
}
"""The token in the address is the right: test_signing_agent.py."""

READS: dict[str, tuple[set[str], set[str] | None]] = {
    f"GET {OFFICIAL}": (HOUSE, HOUSE),
    f"GET {OFFICIAL}/words": (CLERK, HOUSE),
    **{f"GET {each}": (ORDER_KNOWN, ORDER_KNOWN) for each in (ORDER, f"{ORDER}/file")},
    f"GET {ARRIVED}": (ARRIVAL, ARRIVAL),
    **{f"GET {each}": (KEEPERS, KEEPERS) for each in (COPY, "/copies/{copy_id}", "/copies/{copy_id}/_next")},
    **{f"GET /copies/{each}": (CLERK | RECEIVER, ALL) for each in ("new", "scan")},
    f"GET {BOOK}": (HOUSE | {"auditor", "admin"}, ALL),
    **{f"GET /officials/{{official_id}}{each}": (HOUSE, HOUSE) for each in ("", "/_way", "/_origin")},
    **{f"GET /officials/{{official_id}}/{each}": (CLERK, HOUSE) for each in ("edit", "text")},
    **{
        f"GET /officials/{each}": (HOUSE | {"other_clerk", "officer", "head", "works"}, ALL)
        for each in ("new", "write")
    },
    **{f"GET /signing-orders/{{order_id}}{each}": (ORDER_KNOWN, ORDER_KNOWN) for each in ("", "/_state")},
    "GET /incoming/new": (CLERK | RECEIVER, ALL),
    **{f"GET /incoming/{{incoming_id}}{each}": (ARRIVAL, ARRIVAL) for each in ("", "/_check")},
    "GET /registers/{issuer_id}/{year}/{series}": (HOUSE | {"auditor", "admin"}, ALL),
}
FACTS = described(issuer_id=COUNCIL, drafter_id=COUNCIL).model_dump(mode="json")
WRITTEN = {**FACTS, "text": "Điều 1. Thông qua."}
WRITTEN.pop("document_id")
STEPS = [{"act": "sign", "signer_ids": [str(ids("chair"))], "needed": 1}]
COPY_WISH = {
    "form": "true_copy",
    "body_symbol": "HĐND",
    "purpose": "Để thực hiện",
    "ordered_by": str(ids("chair")),
}
SCAN_WISH = {**COPY_WISH, "scan_id": str(ids("scan")), "issuer": "Bộ Nội vụ", "summary": "Về biên chế"}
ACT = {"seen_sha256": "0" * 64, "password": "x", "pin": "x"}
WRITES: dict[str, tuple[set[str], set[str] | None, Any]] = {
    f"PUT {API}/bodies/{{issuer_id}}/official-texts": (HOUSE, ALL, draft()),
    f"POST {API}/officials": (HOUSE, ALL, FACTS),
    **{f"POST {API}/officials/{each}": (HOUSE, ALL, WRITTEN) for each in ("text", "text/preview", "written")},
    f"POST {OFFICIAL}/conclusions": (CLERK, HOUSE, {"conclusions": [{"item_id": str(ids("item")), "revision": 1}]}),
    f"PUT {OFFICIAL}": (CLERK, HOUSE, FACTS),
    f"PUT {OFFICIAL}/written": (CLERK, HOUSE, WRITTEN),
    f"POST {OFFICIAL}/comments": (HOUSE, HOUSE, {"text": "Bổ sung."}),
    f"POST {OFFICIAL}/comments/{{comment_id}}/answer": (CLERK, HOUSE, {"accepted": True}),
    **{f"POST {OFFICIAL}/{each}": (CLERK, HOUSE, REASON) for each in ("abandonment", "recall")},
    f"POST {OFFICIAL}/submission": (CLERK, HOUSE, {**SHA256, "steps": STEPS}),
    **{f"POST {OFFICIAL}/{each}": (CLERK, HOUSE, None) for each in ("seal", "issue")},
    f"POST {OFFICIAL}/number": (CLERK, HOUSE, {}),
    f"POST {OFFICIAL}/archive": (CLERK, HOUSE, {"file_code": "01.2026"}),
    f"POST {OFFICIAL}/withdrawal": (CLERK, HOUSE, {"how": "recalled", **REASON}),
    f"POST {ORDER}/signatures": (AWAITED, ORDER_KNOWN, ACT),
    f"POST {ORDER}/agent-addresses": (AWAITED, ORDER_KNOWN, {"seen_sha256": "0" * 64, "password": "x"}),
    f"POST {ORDER}/refusal": (AWAITED, ORDER_KNOWN, REASON),
    f"POST {API}/signing-delegations/{{delegation_id}}/revocation": (FIRST, ALL, REASON),
    f"POST {BOOK}/reservations": (CLERK, ALL, REASON),
    f"POST {BOOK}/{{number}}/void": (CLERK, ALL, REASON),
    f"PUT {API}/units/{{receiver_id}}/incoming": (RECEIVER, ALL, draft()),
    **{f"POST {ARRIVED}/{each}": (RECEIVER, ARRIVAL, None) for each in ("acknowledgement", "registration")},
    f"POST {OFFICIAL}/copies": (CLERK, HOUSE, COPY_WISH),
    f"POST {ARRIVED}/copies": (RECEIVER, ARRIVAL, COPY_WISH),
    f"PUT {API}/bodies/{{issuer_id}}/scans": (CLERK, ALL, scan()),
    f"POST {API}/bodies/{{issuer_id}}/copies": (CLERK, ALL, SCAN_WISH),
    f"POST {COPY}/issue": (CLERK, KEEPERS, None),
    f"POST {ARRIVED}/return": (RECEIVER, ARRIVAL, REASON),
    f"POST {ARRIVED}/routing": (RECEIVER, ARRIVAL, {"unit_id": str(WORKS), "instruction": "Tham mưu."}),
}


def official_ids(world: World) -> dict[str, str]:
    """A resolution submitted for signature, an authorisation by its first signer, and a document that arrived."""
    clerk, headers = world.client("clerk"), {"X-File-Name": "van-ban.pdf"}
    text = clerk.ok("PUT", f"/bodies/{COUNCIL}/official-texts", content=draft(), headers=headers)["id"]
    official = clerk.ok("POST", "/officials", {**FACTS, "document_id": text})["id"]
    sha256 = clerk.ok("GET", f"/documents/{text}")["document"]["versions"][0]["sha256"]
    steps = [{"act": "initial", "signer_ids": [str(ids("leader"))], "needed": 1}, *STEPS]
    order = clerk.ok("POST", f"/officials/{official}/submission", {"sha256": sha256, "steps": steps})["id"]
    days = {"valid_from": str(world.today), "valid_until": str(world.today)}
    given = {"to_id": str(ids("ana")), "basis": "Giấy ủy quyền số 02", **days}
    sent = {"sender": "Bộ Nội vụ", "summary": "Về biên chế năm 2027"}
    path = f"/units/{COMMITTEE}/incoming"
    arrived = world.client("other_clerk").ok("PUT", path, content=draft(), params=sent, headers=headers)["id"]
    paper = clerk.ok("PUT", f"/bodies/{COUNCIL}/scans", content=scan(), headers=headers)["id"]
    return {
        "copy_id": clerk.ok("POST", f"/bodies/{COUNCIL}/copies", {**SCAN_WISH, "scan_id": paper})["id"],
        "official_id": official,
        "order_id": order,
        "delegation_id": world.client("leader").ok("POST", "/signing-delegations", given)["id"],
        "incoming_id": arrived,
        "issuer_id": str(COUNCIL),
        "receiver_id": str(COMMITTEE),
        "year": str(world.today.year),
        "series": "resolution",
        "number": "1",
    }
