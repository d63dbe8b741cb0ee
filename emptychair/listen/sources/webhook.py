"""Webhooks: messages that systems of others send by themselves, signed or with a secret that both know."""

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import msgspec
from standardwebhooks import Webhook

from emptychair.listen.intake.mapped import came
from emptychair.listen.intake.splitting import Door
from emptychair.listen.sources.system import Ask, System, Want

STANDARD, SHARED = "standard", "secret"
# A message that was signed earlier or later than this may have been recorded and sent again.
TOLERANCE = timedelta(minutes=5)
SHORTEST = 16
_PREFIX = "whsec_"


class NotProven(Exception):
    """A message that does not prove that it comes from who knows the secret."""


class NotReadable(Exception):
    """A message that is no JSON and no form."""


def new_secret(chance: Callable[[int], bytes]) -> str:
    """A secret as Standard Webhooks writes it: 24 bytes nobody guesses; `chance` gives so many."""
    return _PREFIX + base64.b64encode(chance(24)).decode()


def prove(
    scheme: str, secret: str, headers: Mapping[str, str], query: str, body: bytes, now: datetime
) -> str | None:
    """The id of a message that proves itself, None where the scheme has none. Raises NotProven.

    `headers` by their names in small letters. Standard Webhooks (https://www.standardwebhooks.com, symmetric
    v1), also under the names that Svix gave them first.
    """
    if scheme == STANDARD:
        return _signed(secret, headers, body, now)
    if not any(hmac.compare_digest(shown.encode(), secret.encode()) for shown in _shown(headers, query)):
        raise NotProven("The secret is missing or another one.")
    return None


def message(body: bytes, kind: str, key: str | None) -> bytes:
    """A message to be kept: JSON as it came, or the fields of a form as JSON. Raises NotReadable."""
    try:
        if kind.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
            found = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=500)
            body = msgspec.json.encode(
                {name: each[0] if len(each) == 1 else each for name, each in found.items()}
            )
        _ANY.decode(body)
        return came(body, key)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError):
        raise NotReadable("Expected JSON, or a form.") from None


def _signed(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    for prefix in ("webhook", "svix"):
        parts = [headers.get(f"{prefix}-{name}", "") for name in ("id", "timestamp", "signature")]
        if all(parts):
            break
    else:
        raise NotProven("The headers webhook-id, webhook-timestamp and webhook-signature are needed.")
    key, at, signatures = parts
    if not (at.isascii() and at.isdigit() and len(at) < 12):
        raise NotProven("webhook-timestamp is not in seconds since 1970.")
    signed_at = datetime.fromtimestamp(int(at), UTC)
    if abs(now - signed_at) > TOLERANCE:
        raise NotProven("The message was signed more than five minutes ago, or a clock is wrong.")
    try:
        expected = Webhook(secret).sign(key, signed_at, body.decode())
    except UnicodeDecodeError:
        raise NotProven("The body is not UTF-8.") from None
    if not any(hmac.compare_digest(each.encode(), expected.encode()) for each in signatures.split(" ")):
        raise NotProven("No signature fits.")
    return key


def _shown(headers: Mapping[str, str], query: str) -> list[str]:
    """Where senders can put a secret: a header, Bearer, the password of Basic, or the address."""
    found = [headers.get("x-webhook-secret", "")]
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        found.append(given.strip())
    elif scheme.lower() == "basic":
        with suppress(binascii.Error, ValueError):
            found.append(base64.b64decode(given, validate=True).decode().partition(":")[2])
    with suppress(ValueError):
        found += parse_qs(query, max_num_fields=50).get("secret", [])
    return [text for text in found if text]


def _faults(settings: Mapping[str, str], secrets: Mapping[str, str]) -> dict[str, str]:
    secret = secrets.get("secret")
    if secret is None:
        return {}
    if settings.get("scheme") == SHARED:
        return {} if len(secret) >= SHORTEST else {"secret": f"At least {SHORTEST} characters, please."}
    try:
        is_long = len(base64.b64decode(secret.removeprefix(_PREFIX), validate=True)) >= SHORTEST
    except (binascii.Error, ValueError):
        is_long = False
    return {} if is_long else {"secret": "Expected a secret such as whsec_ and 32 letters and digits."}


_ANY = msgspec.json.Decoder()

SYSTEM = System(
    key="webhook",
    door=Door.WEBHOOK,
    is_mapped=True,
    makes="secret",
    faults=_faults,
    asks=(
        Ask(name="scheme", want=Want.CHOICE, choices=(STANDARD, SHARED), default=STANDARD),
        Ask(name="secret", want=Want.SECRET, longest=300),
    ),
)
