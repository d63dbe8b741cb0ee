"""The signature of the sender's domain under a letter (DKIM, RFC 6376), and the key for it."""

import base64
import os
from dataclasses import dataclass
from pathlib import Path

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

BITS = 2048
# What a reader sees or a program acts on; RFC 8058 wants the headers of the one click among them.
_SIGNED = (
    b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"mime-version", b"content-type",
    b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip


class KeyTrouble(ValueError):
    """The key for signing cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs: the domain, the name under which its key is published, and the file with the key."""

    domain: str
    selector: str
    key_file: Path


def signed(message: bytes, signer: Signer) -> bytes:
    """The message with its signature in front. Raises `KeyTrouble`."""
    key = _read(signer.key_file)
    try:
        present = [name for name in _SIGNED if b"\r\n" + name + b":" in b"\r\n" + message.lower()]
        signature: bytes = dkim.sign(
            message,
            signer.selector.encode(),
            signer.domain.encode(),
            key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=present,
        )
    except dkim.DKIMException as error:
        raise KeyTrouble(f"the message could not be signed with {signer.key_file}: {error}") from None
    return signature + message


def published(key_file: Path) -> str:
    """What to publish in the DNS for this key. Raises `KeyTrouble`."""
    try:
        key = serialization.load_pem_private_key(_read(key_file), password=None)
    except (ValueError, TypeError) as error:
        raise KeyTrouble(f"{key_file} is no private key in PEM: {error}") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise KeyTrouble(f"{key_file} is no RSA key, which every mail server can verify")
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def make_key(key_file: Path) -> bool:
    """True when there was none and there is one now, readable by its owner alone."""
    key_file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    text = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return True


def _read(key_file: Path) -> bytes:
    try:
        return key_file.read_bytes()
    except OSError as error:
        raise KeyTrouble(f"{key_file} cannot be read: {error.strerror}") from None
