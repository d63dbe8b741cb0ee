"""From the headers of a letter that was delivered to the one click that ends it."""

import urllib.parse

from emptychair.channels.email.sending import Post, send_due
from emptychair.domain.contact import WhyNot
from emptychair.ledger.ledger import Ledger
from emptychair.listen.intake.reception import Reception
from emptychair.web.site import site
from tests.channels.email.conftest import BASE, read, write
from tests.mail_server import MailServer
from tests.web.visiting import visitor


def test_the_one_click_of_a_delivered_letter_unsubscribes(post: Post, server: MailServer) -> None:
    write(post)
    assert send_due(post) == 1
    (mail,) = server.wait_for("ada", 1)
    # What a mail program does: RFC 8058, 3.2.
    url = urllib.parse.urlsplit(mail["List-Unsubscribe"].strip("<>"))
    assert f"{url.scheme}://{url.netloc}" == BASE
    name, _, value = mail["List-Unsubscribe-Post"].partition("=")
    ledger = Ledger.open(post.home / "ledger")
    app = site(
        ledger=ledger,
        desk=post.desk,
        home=post.home,
        base_url=BASE,
        clock=post.clock,
        version="0.1.0",
        reception=Reception(post.desk, post.clock),
        outside=post.outside,
    )
    program = visitor(app, Accept="*/*")
    del program.headers["Sec-Fetch-Site"]
    assert program.post(url.path, data={name: value}).status_code == 200
    program.close()
    ledger.close()
    later = write(post, key="another")
    assert send_due(post) == 0
    assert read(post, later).reason is WhyNot.UNSUBSCRIBED
    assert len(server.mails("ada")) == 1
