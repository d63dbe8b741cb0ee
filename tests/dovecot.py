"""A private Dovecot from Debian's package, in a temporary folder, gone after the tests."""

import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest
import trustme
from imapclient import IMAPClient

PASSWORD = "four-words-make-one"
_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{folder}/mails/%u
disable_plaintext_auth = yes
auth_failure_delay = 0
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mails/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server: its ports, who vouches for its certificate, and its folder."""

    tls_port: int
    plain_port: int
    authority: ssl.SSLContext
    folder: Path

    @contextmanager
    def client(self, name: str) -> Iterator[IMAPClient]:
        """Its mailbox, to put mails in."""
        client = IMAPClient("localhost", self.tls_port, ssl_context=self.authority)
        try:
            client.login(name, PASSWORD)
            client.select_folder("INBOX")
            yield client
        finally:
            client.logout()


@contextmanager
def private_dovecot() -> Iterator[Dovecot]:
    """A server with an account for every name, all with one password; skips where there is no Dovecot."""
    program = shutil.which("dovecot") or "/usr/sbin/dovecot"
    if not Path(program).exists():
        _unavailable("Dovecot is not installed: apt-get install dovecot-imapd")
    folder = Path(tempfile.mkdtemp(prefix="chair-"))  # short: it holds the names of sockets
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    group = "nogroup" if os.geteuid() == 0 else str(os.getegid())
    try:
        authority = trustme.CA()
        ports = _free_port(), _free_port()
        _written(folder, authority, owner.pw_name, group, ports)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)
        server = subprocess.Popen(
            [program, "-F", "-c", folder / "dovecot.conf"],
            user=owner.pw_uid if os.geteuid() == 0 else None,
            group=owner.pw_gid if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(ports[0], server, folder)
            trusting = ssl.create_default_context()
            authority.configure_trust(trusting)
            yield Dovecot(ports[0], ports[1], trusting, folder)
        finally:
            server.terminate()
            server.wait(timeout=20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _written(folder: Path, authority: trustme.CA, user: str, group: str, ports: tuple[int, int]) -> None:
    proof = authority.issue_cert("localhost", "127.0.0.1")
    (folder / "cert.pem").write_bytes(b"".join(blob.bytes() for blob in proof.cert_chain_pems))
    (folder / "key.pem").write_bytes(proof.private_key_pem.bytes())
    for name in ("run", "state", "mails"):
        (folder / name).mkdir()
    config = _CONFIG.format(
        password=PASSWORD, folder=folder, user=user, group=group, tls=ports[0], plain=ports[1]
    )
    (folder / "dovecot.conf").write_text(config)


def _wait(port: int, server: "subprocess.Popen[bytes]", folder: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    log = folder / "log"
    raise AssertionError(f"Dovecot did not start: {log.read_text() if log.exists() else ''}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _unavailable(why: str) -> NoReturn:
    """Skip at home; in continuous integration a test that does not run is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)
