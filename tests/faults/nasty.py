"""What no form and no address expects."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote_from_bytes

from werkzeug.test import TestResponse

FORM: Final = "application/x-www-form-urlencoded"
FRENCH: Final = {"Accept-Language": "fr-CH, fr;q=0.9"}
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

#: What may stand in a field, as bytes: half of it is no text at all.
NASTY: Final[Mapping[str, bytes]] = {
    "nothing": b"",
    "NUL": b"a\0b",
    "broken UTF-8": b"\xff\xfe\xc3",
    "half a surrogate pair": b"\xed\xa0\x80",
    "control characters": b"a\x01\x1b[31m\x7f\r\nb",
    "right to left": "\u202eevil\u2066".encode(),
    "minus one": b"-1",
    "a number without end": b"9" * 30,
    "more than a row number": b"2147483648",
    "infinity": b"1e999",
    "other digits": "٣१２".encode(),
    "a superscript": "²".encode(),
    "no day": b"9999-99-99T99:99",
    "the first day": b"0001-01-01T00:00",
    "the last day": b"9999-12-31T23:59",
    "a formula": b"=cmd|' /C calc'!A0",
    "markup": b"<script>alert(1)</script>{{7*7}}",
    "an address": b"https://example.org/../../etc/passwd",
    "much": b"x" * 5000,
}
#: What may stand in an address where a number belongs, and where anything does, as sent.
NUMBERS: Final = (
    "0", "-1", "2147483647", "2147483648", "9" * 30, "1.5", "1e3", "%D9%A3", "%C2%B2", "%EF%BC%91", "%00",
)  # fmt: skip
WORDS: Final = (
    "%00", "a%00b", "%FF", "%ED%A0%80", "%zz", "%", "x" * 3000, "..%2F..%2Fetc", "%2e%2e", "xx", "EN",
    "ko-Kore", "' OR 1=1", "%0D%0Aa:b", "9" * 30, "%E2%80%AE",
)  # fmt: skip
#: What is sent in queries and in the console's forms; the rest in the forms of those who sign only.
ASKED: Final = (
    "nothing", "NUL", "half a surrogate pair", "a number without end", "more than a row number",
    "a superscript", "no day", "the first day", "the last day",
)  # fmt: skip


def body_of(fields: Sequence[tuple[str, bytes]]) -> str:
    """Write a form as a browser would, whatever its bytes."""
    return "&".join(f"{name}={quote_from_bytes(value)}" for name, value in fields)


def is_a_page(answer: TestResponse, language: str = "fr") -> bool:
    """Tell whether this is a page of ours in a language."""
    return f'<html lang="{language}"' in answer.text
