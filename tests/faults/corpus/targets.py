"""Targets: forms that belong to proxies, escapes that are none, and ways up the tree."""

from tests.faults.corpus.case import (
    GOOD,
    MARK,
    REDEEM,
    SCRIPT,
    Case,
    get,
    harmless,
    malformed,
    refused,
)
from tests.http.talk import IFRAME, VALIDATE, request_bytes

HTML = "Accept: text/html"

ESCAPES = [
    "%", "%%", "%z", "%zz", "%0", "%00", "%0d%0aX-A:%20b", "%c0%af", "%c0%80", "%e0%80%af",
    "%f0%80%80%af", "%ed%a0%80", "%f4%90%80%80", "%ff%fe", "%u0041", "%25%30%30", "%C3%28",
    "%e2%80%ae", "%1b[2J", "+", "%2B", "%E2%98%83", SCRIPT.replace('"', "%22"), "\xc3\xa9", "\xff",
]  # fmt: skip

WAYS_UP = [
    "/static/../../../../etc/passwd",
    "/static/..%2f..%2f..%2fetc%2fpasswd",
    "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static/%252e%252e%252fetc%252fpasswd",
    "/static/..%c0%af..%c0%afetc/passwd",
    "/static/..\\..\\..\\etc\\passwd",
    "/static/....//....//etc/passwd",
    "/static//etc/passwd",
    "/static/framegate.css/../../server.py",
    "/static/framegate.css%00.py",
    "/static/.",
    "/static/..",
    "/static/",
    "/static/__init__.py",
    "/client/..;/auth/session-status",
    "/client/iframe.html/",
    "/client/iframe.html/../../../etc/passwd",
    "/client/./iframe.html?session_id=" + GOOD,
    "/client//iframe.html?session_id=" + GOOD,
    "/client/%69frame%2ehtml%3fsession_id=" + GOOD,
    "/./auth/validate-session?session_id=" + GOOD,
    "//auth/validate-session?session_id=" + GOOD,
    "/AUTH/VALIDATE-SESSION?session_id=" + GOOD,
    "/auth/validate-session/?session_id=" + GOOD,
    "/auth/validate-session;a=b?session_id=" + GOOD,
    f"//{MARK}.example/%2e%2e",
    f"/\\{MARK}.example",
    f"/{SCRIPT}",
    f"/%22%3E%3Cscript%3E{MARK}",
]

CASES: list[Case] = [
    harmless("absolute form", get(target=f"http://localhost{REDEEM}")),
    refused("absolute form of another host", get(target=f"http://{MARK}.example/"), 400, 404, 421),
    refused("absolute form of another scheme", get(target=f"gopher://{MARK}/"), 400, 404, 421),
    refused("absolute form with user", get(target=f"http://a:b@{MARK}/"), 400, 404, 421),
    refused("absolute form without a path", get(target=f"http://{MARK}"), 400, 404, 421),
    refused("authority form", get(target=f"{MARK}.example:443"), 400, 404),
    refused("asterisk form", get(target="*"), 400, 404),
    refused("asterisk form of OPTIONS", request_bytes("OPTIONS", "*"), 200, 204, 400, 404, 405),
    refused("no slash", get(target="auth/validate-session"), 400, 404),
    refused("only a query", get(target=f"?session_id={GOOD}"), 400, 404),
    refused("only a part", get(target=f"#{MARK}"), 400, 404),
    refused("a part after the id", get(target=f"{REDEEM}#{MARK}"), 400, 401),
    *(
        refused(f"way up {path[:60]!r}", get(header, target=path), 400, 404)
        for path in WAYS_UP
        for header in ("Accept: */*", HTML)
    ),
    *(
        refused(f"id {text!r}", get(target=f"{VALIDATE}?session_id={GOOD}{text}"), 400, 401)
        for text in ESCAPES
    ),
    *(
        refused(f"id {text!r} on a page", get(HTML, target=f"{IFRAME}?session_id={text}"), 400, 401)
        for text in [*ESCAPES, SCRIPT, f"fgs_00000000_{MARK * 5}{SCRIPT}"]
    ),
    *(
        refused(f"path {text!r}", get(header, target=f"/auth/{text}"), 400, 404)
        for text in ESCAPES
        for header in ("Accept: */*", HTML)
    ),
    *(
        harmless(f"parameter {text!r}", get(target=f"{REDEEM}&{text}={text}"), 400)
        for text in ESCAPES
    ),
    *(
        refused(f"id {query[:40]!r}", get(target=f"{path}?{query.replace('GOOD', GOOD)}"), 400)
        for path in (VALIDATE, IFRAME)
        for query in (
            "",
            "session_id",
            "session_id=GOOD&session_id=GOOD",
            "session_id=GOOD&session%5fid=GOOD",
            "session_id=GOOD&session_id=",
            f"session_id[]=GOOD&session_id[{MARK}]=GOOD",
            "Session_Id=GOOD",
            "a=1;session_id=GOOD",
            "%73ession_id=GOOD&session_id=GOOD",
            "session_id\x00=GOOD".replace("\x00", "%00"),
            "&&&&=&=&session.id=GOOD",
        )
    ),
    malformed("line feed in the query", get(target=f"{REDEEM}\nX-A: b")),
]
