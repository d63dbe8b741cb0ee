"""Reports of other mail systems: the examples of their standards, and whatever else arrives."""

import time
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from smtplib import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emptychair.channels.email import returns
from emptychair.channels.email.reports import Kind, understood
from emptychair.channels.email.sending import Post, send_due
from emptychair.channels.email.verp import return_path
from emptychair.desk import consents, secrets, stops
from emptychair.desk.mail_settings import SIGNING
from emptychair.desk.outbox import State
from emptychair.desk.stops import Cause
from emptychair.domain.consent import Standing
from emptychair.domain.contact import Purpose, WhyNot
from emptychair.domain.signal import Audience
from tests.channels.email.conftest import read, write
from tests.mail_server import DOMAIN, MailServer

# RFC 3464, appendix E.1, its blanks at the ends of lines left off.
RFC_3464 = b"""Date: Thu, 7 Jul 1994 17:16:05 -0400
From: Mail Delivery Subsystem <MAILER-DAEMON@CS.UTK.EDU>
Message-Id: <199407072116.RAA14128@CS.UTK.EDU>
Subject: Returned mail: Cannot send message for 5 days
To: <owner-info-mime@cs.utk.edu>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
      boundary="RAA14128.773615765/CS.UTK.EDU"

--RAA14128.773615765/CS.UTK.EDU

The original message was received at Sat, 2 Jul 1994 17:10:28 -0400
from root@localhost

--RAA14128.773615765/CS.UTK.EDU
content-type: message/delivery-status

Reporting-MTA: dns; cs.utk.edu

Original-Recipient: rfc822;louisl@larry.slip.umd.edu
Final-Recipient: rfc822;louisl@larry.slip.umd.edu
Action: failed
Status: 4.0.0
Diagnostic-Code: smtp; 426 connection timed out
Last-Attempt-Date: Thu, 7 Jul 1994 17:15:49 -0400

--RAA14128.773615765/CS.UTK.EDU
content-type: message/rfc822

Message-ID: <msg_0123456789abcdef@example.org>
Subject: hello

body
--RAA14128.773615765/CS.UTK.EDU--
"""

# RFC 5965, appendix B.2, a full report.
RFC_5965 = b"""From: <abusedesk@example.com>
Date: Thu, 8 Mar 2005 17:40:36 EDT
Subject: FW: Earn money
To: <abuse@example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report;
     boundary="part1_13d.2e68ed54_boundary"

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

This is an email abuse report for an email message received from IP
192.0.2.1 on Thu, 8 Mar 2005 14:00:00 EDT.

--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <somespammer@example.net>
Original-Rcpt-To: <user@example.com>
Arrival-Date: Thu, 8 Mar 2005 14:00:00 EDT
Source-IP: 192.0.2.1

--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822
Content-Disposition: inline

From: <somespammer@example.net>
To: <Undisclosed Recipients>
Subject: Earn money
MIME-Version: 1.0
Content-type: text/plain
Message-ID: 8787KJKJ3K4J3K4J3K4J3.mail@example.net
Date: Thu, 02 Sep 2004 12:31:03 -0500

Spam Spam Spam
--part1_13d.2e68ed54_boundary--
"""


def test_the_examples_of_the_standards_are_understood() -> None:
    failed = understood(RFC_3464)
    assert failed is not None
    assert (failed.kind, failed.told) == (Kind.UNDELIVERED, "4.0.0 given up")
    assert failed.message_ids == ("<msg_0123456789abcdef@example.org>",)
    complaint = understood(RFC_5965)
    assert complaint is not None
    assert (complaint.kind, complaint.told) == (Kind.COMPLAINT, "abuse, by SomeGenerator/1.0")
    assert "<somespammer@example.net>" in complaint.returned_to
    assert complaint.message_ids == ("8787KJKJ3K4J3K4J3K4J3.mail@example.net",)


@pytest.mark.parametrize(
    ("status", "action", "kind"),
    [
        ("5.1.1", "failed", Kind.NOBODY),
        ("5.2.1", "failed", Kind.NOBODY),
        ("5.2.2", "failed", Kind.UNDELIVERED),
        ("5.7.1", "failed", Kind.UNDELIVERED),
        ("4.4.1", "delayed", None),
        ("2.0.0", "relayed", None),
    ],
)
def test_only_a_failure_that_says_nobody_is_there_speaks_of_the_address(
    status: str, action: str, kind: Kind | None
) -> None:
    raw = RFC_3464.replace(b"Status: 4.0.0", f"Status: {status}".encode())
    found = understood(raw.replace(b"Action: failed", f"Action: {action}".encode()))
    assert (found.kind if found else None) is kind


def test_a_report_without_its_letter_and_one_that_is_cut_off_are_understood() -> None:
    whole = RFC_3464.replace(b"message/rfc822", b"text/rfc822-headers")
    found = understood(whole)
    assert found is not None
    assert found.message_ids == ("<msg_0123456789abcdef@example.org>",)
    cut = understood(
        RFC_3464[: RFC_3464.index(b"--RAA14128.773615765/CS.UTK.EDU\ncontent-type: message/rfc822")]
    )
    assert cut is not None
    assert cut.kind is Kind.UNDELIVERED


def test_not_spam_and_ordinary_mail_are_no_reports() -> None:
    assert understood(RFC_5965.replace(b"abuse\n", b"not-spam\n")) is None
    assert understood(b"From: ada@example.com\nSubject: Re: hello\n\nThank you") is None
    assert understood(b"") is None


@given(st.binary(max_size=2_000), st.integers(0, len(RFC_3464)), st.integers(0, 40))
def test_whatever_arrives_is_understood_or_not(noise: bytes, place: int, cut: int) -> None:
    for whole in (RFC_3464, RFC_5965):
        understood(noise + whole)
        understood(whole[:place] + noise + whole[place + cut :])


def test_hostile_mail_of_the_largest_size_takes_no_time() -> None:
    size = 256 * 1024
    boxes = b"".join(
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b%d\n\n--b%d\n" % (n, n)
        for n in range(3_000)
    )
    shapes = [boxes, b"a" * size, b"\n" * size, b"Subject: " + b"x\n " * (size // 3), b"--x\n" * (size // 4)]
    shapes += [RFC_3464[:300] + b"--RAA14128.773615765/CS.UTK.EDU\n" * 8_000, b"A: b\n" * (size // 5)]
    begin = time.process_time()
    for shape in shapes:
        understood(shape[:size])
    assert time.process_time() - begin < 30


def complaint_about(message_id: str, path: str) -> bytes:
    report = MIMEMultipart("report", **{"report-type": "feedback-report"})
    report["Subject"], report["From"], report["To"] = "Complaint", "fbl@example.net", f"bounces@{DOMAIN}"
    report.attach(MIMEText("somebody pressed a button"))
    fields = MIMENonMultipart("message", "feedback-report")
    fields.set_payload(f"Feedback-Type: abuse\nUser-Agent: Big/1\nVersion: 1\nOriginal-Mail-From: <{path}>\n")
    report.attach(fields)
    original = MIMENonMultipart("text", "rfc822-headers")
    original.set_payload(f"Message-ID: <{message_id}@{DOMAIN}>\nSubject: News\n")
    report.attach(original)
    return report.as_bytes()


@pytest.mark.parametrize("by", ["return path", "Message-ID"])
def test_who_complains_gets_nothing_more_that_was_not_asked_for(
    post: Post, server: MailServer, by: str
) -> None:
    message = write(post)
    assert send_due(post) == 1
    with post.desk.begin() as tx:
        key = secrets.own_key(tx, SIGNING, post.clock()).text
    path = return_path(f"bounces@{DOMAIN}", key, message.id) if by == "return path" else "x@example.net"
    with SMTP("127.0.0.1", server.smtp_port) as smtp:
        smtp.sendmail("", [f"bounces@{DOMAIN}"], complaint_about(message.id, path))
        smtp.sendmail("", [f"bounces@{DOMAIN}"], b"Subject: hello\n\nI am on holidays")
        smtp.sendmail("", [f"bounces@{DOMAIN}"], complaint_about("msg_0000000000000000", "y@example.net"))
    server.wait_for("bounces", 3)
    assert returns.read_returns(post) == returns.Returned(read=3, ours=1)
    assert read(post, message).state is State.SENT
    with post.desk.read() as tx:
        assert [stop.cause for stop in stops.of_address(tx, message.address)] == [Cause.COMPLAINED]
        said = [consents.standing_of(tx, ["ada"], Audience.CUSTOMER, purpose) for purpose in Purpose]
    assert said == [Standing.WITHDRAWN] * 3
    later = write(post, key="another")
    owed = write(post, key="a receipt", purpose=None)
    assert send_due(post) == 1
    assert read(post, later).reason is WhyNot.UNSUBSCRIBED
    assert read(post, owed).state is State.SENT
