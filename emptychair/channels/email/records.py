"""What belongs into the DNS, so that others believe that mail in the company's name is from the company."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from emptychair.channels.email.dkim import published
from emptychair.channels.email.terms import key_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One TXT record: its name, its text, and what it is for."""

    name: str
    text: str
    what: str


def records(sender: str, server: str, selector: str, home: Path) -> list[Record]:
    """The records for mail from this address over this server; none while there is no address.

    Raises `KeyTrouble` when a selector is set and its key cannot be read.
    """
    domain = sender.rpartition("@")[2]
    if not domain:
        return []
    found = []
    if server:
        found.append(Record(name=domain, text=f"v=spf1 {_mechanism(server)} mx ~all", what="SPF"))
    if selector:
        text = published(key_file(home))
        found.append(Record(name=f"{selector}._domainkey.{domain}", text=text, what="DKIM"))
    found.append(Record(name=f"_dmarc.{domain}", text="v=DMARC1; p=none", what="DMARC"))
    return found


def _mechanism(server: str) -> str:
    """How SPF (RFC 7208, 5) names this server."""
    try:
        address = ipaddress.ip_address(server.strip("[]"))
    except ValueError:
        return f"a:{server}"
    return f"ip{address.version}:{address}"
