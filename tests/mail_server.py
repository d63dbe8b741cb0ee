"""A private Postfix and Dovecot from Debian's packages, in a temporary folder, gone after the tests."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

import trustme

from tests.postgres import _unavailable

DOMAIN = "example.org"
USER, PASSWORD = "bounces", "a word of the tests"
# People whose mailbox is there; everybody else is unknown, and mail to them comes back.
PEOPLE = ("ada", "ben", "cyd", "bounces")


@dataclass
class MailServer:
    """Both servers as they run. `answers` tells what to say to a recipient before the mail is taken."""

    folder: Path
    smtp_port: int
    imap_port: int
    authority: trustme.CA
    answers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def mailbox(self, person: str) -> Path:
        """The folder in which the mail of somebody lies."""
        return self.folder / "boxes" / DOMAIN / person

    def mails(self, person: str) -> list[Message]:
        """What arrived for somebody until now."""
        return [
            message_from_bytes(file.read_bytes())
            for place in ("new", "cur")
            for file in sorted((self.mailbox(person) / place).glob("*"))
        ]

    def wait_for(self, person: str, number: int, seconds: float = 20) -> list[Message]:
        """What arrived, as soon as it is so many."""
        end = time.monotonic() + seconds
        while len(found := self.mails(person)) < number and time.monotonic() < end:
            time.sleep(0.05)
        return found

    def settle(self) -> None:
        """Wait until nothing is under way any more."""
        queues = [self.folder / "queue" / name for name in ("incoming", "active", "maildrop")]
        end = time.monotonic() + 20
        while time.monotonic() < end and any(file.is_file() for queue in queues for file in queue.rglob("*")):
            time.sleep(0.05)

    def empty(self) -> None:
        """As if nothing had ever arrived."""
        self.answers.clear()
        self.asked.clear()
        for file in self.folder.glob("boxes/*/*/*/*"):
            file.unlink(missing_ok=True)


@contextmanager
def private_mail() -> Iterator[MailServer]:
    """Skips where Postfix or Dovecot is not installed, or may not be started."""
    for program in ("/usr/sbin/postfix", "/usr/sbin/dovecot"):
        if not Path(program).exists():
            _unavailable(f"{program} is not installed: apt-get install postfix dovecot-imapd")
    if os.geteuid() != 0:
        _unavailable("Postfix changes its user when it starts, which root alone may do")
    # Not below pytest's own folder, into which other users cannot look.
    folder = Path(tempfile.mkdtemp(prefix="empty-chair-mail-"))
    folder.chmod(0o755)
    try:
        with _policy() as policy:
            yield from _both(folder, policy)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _both(folder: Path, policy: "_Policy") -> Iterator[MailServer]:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1", "localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "tls.pem"))
    auth_port, imap_port, smtp_port = (_free_port() for _ in range(3))
    server = MailServer(folder=folder, smtp_port=smtp_port, imap_port=imap_port, authority=authority)
    policy.server.mail = server  # type: ignore[attr-defined]
    for person in PEOPLE:
        for name in ("new", "cur", "tmp"):
            _made(server.mailbox(person) / name, "nobody", folder)
    with _dovecot(folder, imap_port, auth_port), _postfix(folder, smtp_port, auth_port, policy.port):
        yield server


@contextmanager
def _postfix(folder: Path, port: int, auth_port: int, policy_port: int) -> Iterator[None]:
    settings = folder / "postfix"
    settings.mkdir()
    _made(folder / "queue", "root", folder)
    _made(folder / "data", "postfix", folder)
    boxes = "".join(f"{person}@{DOMAIN} {DOMAIN}/{person}/\n" for person in PEOPLE)
    (settings / "boxes").write_text(boxes)
    (settings / "main.cf").write_text(f"""
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.{DOMAIN}
mydestination =
alias_maps =
virtual_mailbox_domains = {DOMAIN}
virtual_mailbox_base = {folder}/boxes
virtual_mailbox_maps = texthash:{settings}/boxes
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 1
recipient_delimiter = +
smtpd_reject_unlisted_recipient = no
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:{policy_port}
smtpd_tls_security_level = may
smtpd_tls_chain_files = {folder}/tls.pem
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth_port}
smtpd_client_connection_count_limit = 0
smtp_dns_support_level = disabled
default_transport = error:nothing leaves this machine
smtputf8_enable = yes
notify_classes =
minimal_backoff_time = 1s
""")
    services = f"""
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
flush unix n - n 1000? 0 flush
showq unix n - n - - showq
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
    (settings / "master.cf").write_text(services)
    _run(["/usr/sbin/postfix", "-c", str(settings), "start"])
    try:
        _listens(port)
        yield
    finally:
        _run(["/usr/sbin/postfix", "-c", str(settings), "stop"])


@contextmanager
def _dovecot(folder: Path, imap_port: int, auth_port: int) -> Iterator[None]:
    (folder / "passwords").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    (folder / "passwords").chmod(0o644)
    settings = folder / "dovecot.conf"
    settings.write_text(f"""
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/dovecot
state_dir = {folder}/dovecot
log_path = {folder}/dovecot.log
ssl = yes
ssl_cert = <{folder}/tls.pem
ssl_key = <{folder}/tls.pem
disable_plaintext_auth = no
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{folder}/boxes/{DOMAIN}/%n
passdb {{
  driver = passwd-file
  args = {folder}/passwords
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home={folder}/boxes/{DOMAIN}/%n
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {auth_port}
  }}
}}
service anvil {{
  chroot =
}}
""")
    _run(["/usr/sbin/dovecot", "-c", str(settings)])
    try:
        _listens(imap_port)
        yield
    finally:
        _run(["/usr/bin/doveadm", "-c", str(settings), "stop"])


@dataclass
class _Policy:
    """A policy service as Postfix asks it for every recipient; greylisting is one of them."""

    port: int
    server: ThreadingTCPServer


@contextmanager
def _policy() -> Iterator[_Policy]:
    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            wanted: dict[str, str] = {}
            for raw in self.rfile:
                name, _, value = raw.decode("utf-8", "replace").strip().partition("=")
                if name:
                    wanted[name] = value
                    continue
                mail: MailServer = self.server.mail  # type: ignore[attr-defined]
                recipient = wanted.get("recipient", "")
                mail.asked.append(recipient)
                self.wfile.write(f"action={mail.answers.get(recipient, 'dunno')}\n\n".encode())
                wanted = {}

    class Quiet(ThreadingTCPServer):
        daemon_threads = True

    server = Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield _Policy(server.server_address[1], server)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _made(path: Path, owner: str, top: Path) -> None:
    path.mkdir(parents=True)
    person = pwd.getpwnam(owner)
    for part in [path, *path.parents]:
        if part == top:
            break
        os.chown(part, person.pw_uid, person.pw_gid)


def _run(command: list[str]) -> None:
    # A daemon keeps what it was started with: a pipe here would be waited for as long as it lives.
    with tempfile.TemporaryFile() as told:
        done = subprocess.run(
            command, cwd="/", stdin=subprocess.DEVNULL, stdout=told, stderr=told, check=False
        )
        told.seek(0)
        assert done.returncode == 0, f"{command}: {told.read().decode()}"


def _listens(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.settimeout(5)
            if connection.recv(1):
                return
        time.sleep(0.05)
    raise AssertionError(f"nobody listens on port {port}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
