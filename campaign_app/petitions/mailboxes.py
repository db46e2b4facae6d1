"""One mailbox, however it is written: `Mi.Na+news@Gmail.com` is `mina@gmail.com`.

Rules are data that an administrator edits; the most specific one wins. What leaves this file is
fed to an HMAC, so a change here changes who counts as the same: tests freeze its results.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

LONGEST: Final = 254


@dataclass(frozen=True, slots=True)
class Rule:
    """How one provider reads its addresses."""

    domain: str
    strip_dots: bool = False
    cut_at: str = ""
    same_as: str | None = None


#: Shipped; copied into the database, where an administrator may edit them.
WELL_KNOWN: Final = (
    Rule("gmail.com", strip_dots=True, cut_at="+"),
    Rule("googlemail.com", strip_dots=True, cut_at="+", same_as="gmail.com"),
    *(Rule(d, cut_at="+") for d in ("outlook.com", "hotmail.com", "live.com", "msn.com")),
    *(Rule(d, cut_at="+") for d in ("outlook.fr", "hotmail.fr", "live.fr", "outlook.kr")),
    Rule("icloud.com", cut_at="+"),
    Rule("me.com", cut_at="+", same_as="icloud.com"),
    Rule("mac.com", cut_at="+", same_as="icloud.com"),
    Rule("proton.me", strip_dots=True, cut_at="+"),
    Rule("protonmail.com", strip_dots=True, cut_at="+", same_as="proton.me"),
    Rule("pm.me", strip_dots=True, cut_at="+", same_as="proton.me"),
    Rule("fastmail.com", cut_at="+"),
    Rule("yahoo.com", cut_at="-"),
    Rule("yahoo.fr", cut_at="-"),
    Rule("naver.com", cut_at="+"),
    Rule("kakao.com", cut_at="+"),
    Rule("hanmail.net", same_as="daum.net"),
    Rule("gmx.de", cut_at="+"),
    Rule("gmx.net", cut_at="+"),
    Rule("posteo.de", cut_at="+"),
    Rule("tutanota.com", same_as="tuta.com"),
    Rule("yandex.ru", cut_at="+"),
    Rule("ya.ru", cut_at="+", same_as="yandex.ru"),
    Rule("yandex.com", cut_at="+", same_as="yandex.ru"),
)


def checked(address: str) -> ValidatedEmail | None:
    """Read an address by the standards' syntax (no look-up); None if it is none."""
    address = address.strip()
    if len(address) > LONGEST:
        return None
    try:
        return validate_email(address, check_deliverability=False)
    except (EmailNotValidError, ValueError):
        return None


def by_domain(rules: Iterable[Rule]) -> dict[str, Rule]:
    """Index rules by the domain they are for."""
    return {rule.domain.lower(): rule for rule in rules}


def normalised(address: ValidatedEmail, rules: Mapping[str, Rule]) -> str:
    """Write a mailbox in the one way that all its spellings share."""
    local = unicodedata.normalize("NFKC", address.local_part).casefold()
    domain = (address.ascii_domain or address.domain).lower()
    rule = rule_for(domain, rules)
    if rule is None:
        return f"{local}@{domain}"
    return f"{_shortened(local, rule)}@{rule.same_as or domain}"


def _shortened(local: str, rule: Rule) -> str:
    if rule.cut_at:
        local = local.split(rule.cut_at, 1)[0] or local
    return (local.replace(".", "") or local) if rule.strip_dots else local


def rule_for(domain: str, rules: Mapping[str, Rule]) -> Rule | None:
    """Find the most specific rule: the domain itself, else the nearest `.parent`."""
    if domain in rules:
        return rules[domain]
    labels = domain.split(".")
    parents = ("." + ".".join(labels[start:]) for start in range(len(labels)))
    return next((rules[parent] for parent in parents if parent in rules), None)


def domain_and_parents(address: ValidatedEmail) -> list[str]:
    """List a mailbox's domain and all above it, for the block list."""
    labels = (address.ascii_domain or address.domain).lower().split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]
