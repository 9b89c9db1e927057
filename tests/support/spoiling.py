"""What can be wrong with a request: values, texts and identifiers that no client should send and some client will."""

import json
from collections.abc import Iterator
from typing import Any

UNKNOWN = "01a20000-0000-7000-8000-000000000001"
# In place of each value of a body that works.
WRONG: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 0.5, 2**31 - 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), 10**400, 1e308),
    *("", " ", "x", "\t\r\n", "\0", "a\0b", "\ud800", "\udfff\ud800", "\u202e\u2066", "\ufeff", "\U0001f600" * 40),
    *("ä" * 101, "ä" * 255, "x" * 300, "x" * 100_000, "'; DROP TABLE cart; --", "%s%n", "{{7*7}}", "../../..", "\\"),
    *(UNKNOWN, UNKNOWN.replace("-", ""), f"{{{UNKNOWN}}}", f"urn:uuid:{UNKNOWN}", UNKNOWN[:-1], "0" * 36, "NaN"),
    *("9999-12-31T23:59:59.999999+14:00", "0001-01-01T00:00:00-14:00", "2020-02-30", "12/31/9999 23:59:59", "1e5"),
    *("P1Y", "P9999999Y", "monthly", "deleted", "EUR", "a:b:c", "::", "x@y", "ga@alpenblick.example"),
    *([], [[]], [None], [{}], [1], ["x"], {}, {"a": {}}, {"parentSubscriptionId": 1}, {"": ""}, ["x"] * 5000),
)
_DEEP = 100_000


def spoiled(value: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Where, and the value with what is there gone, doubled or replaced by something wrong."""
    if where:
        for wrong in WRONG:
            yield where, wrong
    if isinstance(value, dict):
        for name, part in value.items():
            yield f"{where}.{name} gone", {other: kept for other, kept in value.items() if other != name}
            for place, below in spoiled(part, f"{where}.{name}"):
                yield place, {**value, name: below}
    elif isinstance(value, list) and value:
        yield f"{where} empty", []
        yield f"{where} doubled", [*value, *value]
        yield f"{where} many", value * 400
        for place, below in spoiled(value[0], f"{where}[0]"):
            yield place, [below, *value[1:]]


def texts(body: Any) -> Iterator[bytes]:
    """The body of a request that works, written as no parser likes it; and bodies that are none."""
    good = json.dumps(body).encode()
    yield from (b"", b" \n", b"\0", b"null", b"1", b"-", b'"x"', b"[]", b"{", b"}", b"\xff\xfe", b"\xef\xbb\xbf")
    yield from (good[: len(good) // 2], good[:-1], good + good, good + b"]", good + b"\0", b"//x\n" + good)
    yield from (b"[" + good + b"]", json.dumps(good.decode()).encode(), good.replace(b'"', b"'"), b"{}")
    yield from (good.decode().encode("utf-16"), good.decode().encode("utf-32-le"))
    # Not UTF-8, half a character, a NUL and half a surrogate pair inside each text.
    for spoil in (b"\xff", b"\xc3", b"\0", b"\\ud800", b"\\u0000", b"\\x", b"\n", b"\xed\xa0\x80"):
        yield good.replace(b'": "', b'": "' + spoil)
    for number in (b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-0", b"007", b"0x10", b"1_000", b"9" * 5000):
        yield b'{"quantity": ' + number + b"," + good[1:]
        yield good.replace(b'"quantity": ', b'"quantity": ' + number + b', "was": ')
    yield good[:-1] + b"," + good[1:]
    yield b'{"other": ' + b"[" * _DEEP + b"]" * _DEEP + b"," + good[1:]
    yield b'{"a":' * _DEEP + b"1" + b"}" * _DEEP
    yield b'{"other": "' + b"x" * 1_048_576 + b'",' + good[1:]


# Where an identifier stands in an address.
IDENTIFIERS = (
    *(
        "x",
        "%00",
        "a%00b",
        "%ff",
        "%C3%A4",
        "%27%20OR%201=1",
        "..%2f..",
        "%20",
        "0" * 32 + "0",
        "-",
        "null",
        "undefined",
    ),
    *(
        UNKNOWN[:-1],
        UNKNOWN + "0",
        f"{UNKNOWN},{UNKNOWN}",
        "z" * 36,
        "0" * 6000,
        "%F0%9F%98%80",
        "%ED%A0%80",
        "*",
        "%25",
    ),
)
CONTENT_TYPES = (
    *("text/plain", "application/xml", "multipart/form-data", "multipart/form-data; boundary=", "a/b; charset=x"),
    *(
        "application/x-www-form-urlencoded",
        "application/msgpack",
        "application/json; charset=utf-16",
        ";;;=",
        "x" * 3000,
    ),
)
# Of every header that is read: what is none of its values, and too much of it.
HEADERS = {
    "If-Match": ("x", "*", '"x"', 'W/"djE="', "=" * 9000, "\u00ff", "dg==", "djk5OTk5OTk5OTk5"),
    "MS-ContinuationToken": ("x", "=", "A" * 44, "A" * 9000, "\u00e4", "%00"),
    "MS-RequestId": ("x" * 129, "x" * 9000, "\u00e9" * 10, "a\tb"),
    "MS-CorrelationId": ("x" * 9000, "\u00e9", "a\tb"),
    "X-Locale": ("x" * 9000, "\u00ff", "../..", "de-DE-DE-DE-DE"),
    "Accept": ("text/html", "x" * 9000, "\u00ff"),
    "Cookie": ("x" * 9000, "copartner-signin=\u00ff"),
    "Content-Length": ("-1", "x", "99999999999999999999"),
    "X-Forwarded-For": ("x" * 9000,),
    "Host": ("\u00ff", "x" * 3000),
}
QUERIES = (
    *("size=0", "size=-1", "size=501", "size=99999999999", "size=x", "size=1.5", "size=%00", "size=1&size=2", "size="),
    *("seekOperation=Next", "seekOperation=x", "after=x", "after=" + "A" * 44, "after=%00", "offset=1", "offset=-1"),
    *("filter=x", "filter=%7B%7D", "filter=%5B%5D", "filter=null", "filter=%00", "filter=" + "x" * 9000, "filter=%ff"),
    "filter=%7B%22Field%22:%22CompanyName%22,%22Value%22:%22%5Cud800%22,%22Operator%22:%22starts_with%22%7D",
    "filter=%7B%22Field%22:%22CompanyName%22,%22Value%22:%22%25_%5C%5C%22,%22Operator%22:%22starts_with%22%7D",
    "filter=%7B%22Field%22:%22CustomerId%22,%22Value%22:%22x%22,%22Operator%22:%22equals%22%7D",
    *(
        "startDate=x",
        "startDate=2020-02-30",
        "startDate=9999-12-31T23:59:59-14:00",
        "startDate=0001-01-01T00:00:00%2B14:00",
    ),
    *("endDate=9999-12-31", "endDate=0001-01-01", "startDate=2026-11-22&endDate=2026-11-01", "startDate=13/32/2026"),
    *("order_id=x", "order_id=%00", f"order_id={UNKNOWN}", "billingType=x", "agreementType=x", "state=x", "side=x"),
    *(
        "country=x",
        "country=%00",
        "country=ZZ",
        "targetView=x",
        "targetSegment=x",
        "country=" + "x" * 9000,
        "%",
        "&=&&",
    ),
    "&".join(f"a{number}=1" for number in range(60)),
)
