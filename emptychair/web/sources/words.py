"""What kinds of sources and their fields are called, with what a person has to know to fill them in."""

from collections.abc import Mapping
from dataclasses import dataclass

from emptychair.web.texts import marked


@dataclass(frozen=True, slots=True)
class KindWords:
    """A kind of source: its name, what it brings, and its page in the documentation."""

    name: str
    about: str
    page: str


@dataclass(frozen=True, slots=True)
class FieldWords:
    """A field: its label, what to write there, and an example."""

    label: str
    hint: str = ""
    example: str = ""


KINDS: Mapping[str, KindWords] = {
    "feed": KindWords(
        marked("Feed (RSS, Atom)"),
        marked("Posts of a blog, a forum, a review site or a status page, as words that somebody wrote."),
        "feed.md",
    ),
    "app_store": KindWords(
        marked("App Store reviews"),
        marked("Stars and words of Apple's customers, country by country. It needs no account."),
        "app-store.md",
    ),
    "google_play": KindWords(
        marked("Google Play reviews"),
        marked("Stars and words of Android's customers, for an app of your own."),
        "google-play.md",
    ),
    "mastodon": KindWords(
        marked("Mastodon"),
        marked("Posts with a hashtag, or those that mention an account of yours."),
        "mastodon.md",
    ),
    "bluesky": KindWords(
        marked("Bluesky"),
        marked("Posts that mention something. It needs an account and an app password."),
        "bluesky.md",
    ),
    "reddit": KindWords(
        marked("Reddit"),
        marked(
            "Posts that mention something, in all subreddits or in some. It needs an app's id and secret."
        ),
        "reddit.md",
    ),
    "hacker_news": KindWords(
        marked("Hacker News"),
        marked("Stories and comments that mention something. It needs no account."),
        "hacker-news.md",
    ),
    "mailbox": KindWords(
        marked("Mailbox (IMAP)"),
        marked("What people write to an address such as feedback@. The mailbox is read and never changed."),
        "mailbox.md",
    ),
    "folder": KindWords(
        marked("Folder of files"),
        marked("Exports that another program drops into a folder of the server, each taken in as an import."),
        "folder.md",
    ),
    "table": KindWords(
        marked("Database table"),
        marked("Rows of a table or a view of your own database, as they come. You say what they mean."),
        "table.md",
    ),
    "webhook": KindWords(
        marked("Webhook"),
        marked(
            "What another system sends here by itself. You say on a message that came what its fields mean."
        ),
        "webhook.md",
    ),
}

# By field, or by kind and field where a kind means something of its own.
_FIELDS: Mapping[str, FieldWords] = {
    "every": FieldWords(marked("How often it is looked at")),
    "back": FieldWords(marked("How far back it begins")),
    "leave_out": FieldWords(
        marked("Authors to leave out"),
        marked("One a line: accounts of the company itself, robots."),
    ),
    "feed.address": FieldWords(
        marked("Address of the feed"),
        marked("The feed itself, not the page around it."),
        "https://blog.example.com/feed.xml",
    ),
    "app_store.app": FieldWords(
        marked("App"),
        marked("Its number, or its address in the App Store."),
        "https://apps.apple.com/us/app/name/id1234567890",
    ),
    "app_store.countries": FieldWords(
        marked("Countries"), marked("By their two letters, with commas."), "us, gb, de"
    ),
    "google_play.app": FieldWords(marked("Package name of the app"), "", "com.example.app"),
    "google_play.key": FieldWords(
        marked("Key of the service account"),
        marked(
            "The whole JSON file. The account needs the right to view app information in the Play Console."
        ),
    ),
    "mastodon.server": FieldWords(marked("Server"), "", "https://mastodon.example"),
    "mastodon.what": FieldWords(marked("What is looked for")),
    "mastodon.hashtags": FieldWords(
        marked("Hashtags"), marked("With commas; not needed for mentions."), "pourwell, coffee"
    ),
    "mastodon.token": FieldWords(
        marked("Access token"),
        marked(
            "With the right read. It is needed for mentions, and on servers that show nothing to strangers."
        ),
    ),
    "bluesky.query": FieldWords(
        marked("Words to look for"), marked("Words in quotes have to stand together."), '"pourwell"'
    ),
    "bluesky.handle": FieldWords(marked("Handle of your account"), "", "pourwell.bsky.social"),
    "bluesky.password": FieldWords(
        marked("App password"), marked("Made under Settings, Privacy and security, App passwords.")
    ),
    "bluesky.server": FieldWords(marked("Server of your account")),
    "reddit.query": FieldWords(
        marked("Words to look for"), marked("Words in quotes have to stand together."), '"pourwell"'
    ),
    "reddit.subreddits": FieldWords(
        marked("Subreddits"), marked("With commas; none: everywhere."), "coffee, espresso"
    ),
    "reddit.client_id": FieldWords(marked("Id of the app"), marked("Under reddit.com/prefs/apps.")),
    "reddit.client_secret": FieldWords(marked("Secret of the app")),
    "hacker_news.query": FieldWords(
        marked("Words to look for"), marked("Words in quotes have to stand together."), '"pourwell"'
    ),
    "hacker_news.what": FieldWords(marked("Where")),
    "mailbox.host": FieldWords(marked("Mail server"), "", "imap.example.com"),
    "mailbox.security": FieldWords(marked("Encryption")),
    "mailbox.port": FieldWords(marked("Port")),
    "mailbox.user": FieldWords(marked("Name of the account"), "", "feedback@example.com"),
    "mailbox.password": FieldWords(marked("Password"), marked("Some providers want an app password.")),
    "mailbox.folder": FieldWords(marked("Folder of the mailbox")),
    "mailbox.leave_out": FieldWords(
        marked("Senders to leave out"), marked("One a line: the company's own addresses.")
    ),
    "mailbox.forms": FieldWords(
        marked("Addresses of contact forms"),
        marked("One a line: of what they send, who is to be answered is the one who wrote it."),
    ),
    "mailbox.automatic": FieldWords(
        marked("Take automatic mails too"), marked("Out-of-office replies, bounces, newsletters.")
    ),
    "folder.folder": FieldWords(
        marked("Folder on the server"),
        marked(
            "A name inside the folder “drop” of the home folder, or a whole path that the operator allowed."
        ),
        "shop",
    ),
    "folder.pattern": FieldWords(marked("Names of files"), marked("* stands for anything."), "*.csv"),
    "folder.shape": FieldWords(marked("What one row is")),
    "folder.mapping": FieldWords(
        marked("Where fields come from"),
        marked(
            "FIELD=COLUMN, one a line, as --map of the command line takes it. What is not said is proposed."
        ),
        "time=Date:dmy",
    ),
    "table.address": FieldWords(
        marked("Address of the database"),
        marked("Without the password. Behind the ? sslmode may stand."),
        "postgresql://reader@db.example.com/shop",
    ),
    "table.password": FieldWords(marked("Password"), marked("Of an account that may only read.")),
    "table.table": FieldWords(marked("Table or view"), "", "public.orders"),
    "table.watermark": FieldWords(
        marked("Column that only grows"),
        marked("A number that counts up, or when a row was written or changed."),
        "updated_at",
    ),
    "table.key": FieldWords(
        marked("Key"), marked("The columns that tell a row from every other, with commas."), "id"
    ),
    "table.overlap": FieldWords(
        marked("Read again"),
        marked("For times: how long a transaction may take that writes under an earlier one."),
    ),
    "webhook.scheme": FieldWords(marked("How messages prove themselves")),
    "webhook.secret": FieldWords(
        marked("Secret"),
        marked("The one that the other system shows; without one, one is made and shown once."),
    ),
}

_CHOICES: Mapping[str, str] = {
    "every.5": marked("every 5 minutes"),
    "every.15": marked("every 15 minutes"),
    "every.60": marked("every hour"),
    "every.360": marked("every 6 hours"),
    "every.1440": marked("once a day"),
    "back.0": marked("now"),
    "back.7": marked("a week"),
    "back.30": marked("a month"),
    "back.365": marked("a year"),
    "back.all": marked("as far as there is anything"),
    "what.hashtags": marked("posts with a hashtag"),
    "what.mentions": marked("posts that mention the account"),
    "what.both": marked("stories and comments"),
    "what.stories": marked("stories"),
    "what.comments": marked("comments"),
    "shape.": marked("as it is found"),
    "shape.orders": marked("orders"),
    "shape.contracts": marked("contracts"),
    "shape.answers": marked("answers"),
    "shape.messages": marked("messages"),
    "shape.reviews": marked("reviews"),
    "shape.employees": marked("employees"),
    "shape.events": marked("events"),
    "shape.traits": marked("traits"),
    "security.tls": marked("TLS from the beginning"),
    "security.starttls": marked("STARTTLS"),
    "overlap.0": marked("nothing"),
    "overlap.5": marked("the last 5 minutes"),
    "overlap.60": marked("the last hour"),
    "overlap.1440": marked("the last day"),
    "scheme.standard": marked("signed (Standard Webhooks)"),
    "scheme.secret": marked("with a secret that both know"),
}

# The fields of a mapping.
MAPPING: Mapping[str, str] = {
    "items": marked("The items of a message"),
    "when": marked("When this field"),
    "is": marked("is one of"),
    "kind": marked("It is"),
    "unit": marked("Money is written"),
    "is_refund": marked("Money that went back"),
    "person": marked("Who"),
    "account": marked("Account"),
    "occurred_at": marked("When it happened"),
    "text": marked("Words"),
    "title": marked("Title"),
    "score": marked("Score"),
    "value": marked("Sum"),
    "currency": marked("Currency"),
    "name": marked("Called"),
    "channel": marked("Channel"),
    "id": marked("Its id there"),
    "major": marked("in whole units (12.50)"),
    "minor": marked("in the smallest coins (1250)"),
}

CONDITIONS: Mapping[str, str] = {
    "new": marked("not looked at yet"),
    "well": marked("well"),
    "troubled": marked("in trouble"),
    "stopped": marked("stopped"),
}


def of_field(kind: str, name: str) -> FieldWords:
    """The words of a field of this kind."""
    return _FIELDS.get(f"{kind}.{name}") or _FIELDS[name]


def of_choice(name: str, value: str) -> str:
    """What a choice is called."""
    return _CHOICES[f"{name}.{value}"]
