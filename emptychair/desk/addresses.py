"""Email addresses: which are fit to be written to, and when two are the same."""

import re
import unicodedata

import idna

from emptychair.desk.columns import Words
from emptychair.desk.refusal import Reason, Refused
from emptychair.desk.users import email_key

Address = Words(254)  # RFC 5321, 4.5.3.1.3: a path has at most 256 octets, two of which are its brackets

# RFC 5321: a dot-atom of at most 64 octets. Quoted ones are allowed there too; they are misread too often.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]+(?:\.[^.\s]+)*")
_ASCII = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]+")
_UNFIT = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})


def address_key(address: str) -> str:
    """What an address is looked up by: without regard to capitals A to Z, its domain as it is sent to.

    Look-alikes stay apart (the Kelvin sign is no k, ß is not ss), and so do Ada+news@ and ada@.

    >>> address_key(" Ada@Bücher.Example ")
    'ada@xn--bcher-kva.example'
    """
    local, _, domain = email_key(address).rpartition("@")
    return f"{local}@{_sent_to(domain) or domain}"


def domain_of(address: str) -> str:
    """The domain of an address as mail is sent to it; the text behind the @ where it cannot be one."""
    return address_key(address).rpartition("@")[2]


def is_address(address: str) -> bool:
    """Whether mail can be sent there, by its form; nobody is asked.

    >>> [is_address(text) for text in ("ada@example.com", "ada@localhost", "a b@example.com", "ada@[::1]")]
    [True, False, False, False]
    """
    local, _, domain = address.rpartition("@")
    if len(address.encode("utf-8", "replace")) > 254 or len(local.encode("utf-8", "replace")) > 64:
        return False
    if not _LOCAL.fullmatch(local) or any(not _is_fit(letter) for letter in local):
        return False
    name, dot, top = domain.rpartition(".")
    return bool(name and dot and top) and not top.isdecimal() and _sent_to(email_key(domain)) is not None


def fit(address: str) -> str:
    """The address without blanks around it. Raises `Refused` when no mail can be sent there."""
    address = address.strip()
    if not is_address(address):
        raise Refused(Reason.EMAIL_IS_NOT_ONE, "this is no email address; expected one like ada@example.com")
    return address


def _is_fit(letter: str) -> bool:
    if letter < "\x80":
        return _ASCII.fullmatch(letter) is not None
    return unicodedata.category(letter) not in _UNFIT


def _sent_to(domain: str) -> str | None:
    """The domain in ASCII by IDNA 2008, no letter mapped to another; None when it is none."""
    try:
        return idna.encode(domain, strict=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None
