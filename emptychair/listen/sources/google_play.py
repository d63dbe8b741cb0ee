"""Google Play: reviews of an app of one's own, through the Android Publisher API with a service account."""

from datetime import timedelta
from typing import Any

import msgspec
from google.auth import crypt, jwt
from msgspec import Raw, Struct

from emptychair.listen.intake import fields
from emptychair.listen.intake.hearing import Batch, Heard
from emptychair.listen.intake.instants import instant
from emptychair.listen.intake.reasons import Refusal, Unwanted
from emptychair.listen.intake.splitting import Door
from emptychair.listen.sources import posts
from emptychair.listen.sources.asked import matching, web_address
from emptychair.listen.sources.asking import asked
from emptychair.listen.sources.kept import compact, looked_at, remember
from emptychair.listen.sources.system import Ask, Errand, Fetched, SourceTrouble, System, Want

_SCOPE = "https://www.googleapis.com/auth/androidpublisher"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"  # RFC 7523
_PAGE = 100
_HINTS = {
    401: "Google does not take the service account's key: give a new one.",
    403: "The service account may not read this app's reviews: invite it in the Play Console with the right "
    "“View app information”, and switch the Google Play Android Developer API on.",
    404: "Google Play knows no app with this package name.",
}
_TOKEN_HINTS = {400: "Google does not take the service account's key: give a new one."}


class _Tokens(Struct):
    nextPageToken: str | None = None  # noqa: N815  # as it is written


class _Page(Struct):
    reviews: list[Raw] = []
    tokenPagination: _Tokens | None = None  # noqa: N815


class _Key(Struct):
    reviewId: str  # noqa: N815


class _Lent(Struct):
    access_token: str
    expires_in: int = 3600


class _Account(Struct):
    client_email: str
    private_key: str
    token_uri: str


_PAGES = msgspec.json.Decoder(_Page)
_KEYS = msgspec.json.Decoder(_Key)
_LENT = msgspec.json.Decoder(_Lent)
_ACCOUNTS = msgspec.json.Decoder(_Account)


def step(errand: Errand) -> Fetched:
    """One page of the reviews that were written or changed in the last week: the API has no older ones."""
    cursor = errand.cursor
    params = {"maxResults": str(_PAGE)}
    if cursor.get("page"):
        params["token"] = str(cursor["page"])
    app = errand.setting("app")
    url = f"{errand.means.hosts.google_play}/androidpublisher/v3/applications/{app}/reviews"
    headers = {"authorization": f"Bearer {_token(errand)}"}
    try:
        found: _Page = asked(errand, "GET", url, params=params, headers=headers, hints=_HINTS).decoded(_PAGES)
    except SourceTrouble:
        errand.tokens.clear()
        raise
    items = [(_key(raw), _told(raw, app)) for raw in found.reviews]
    fresh, seen = remember(cursor.get("seen"), reversed(items))
    following = found.tokenPagination.nextPageToken if found.tokenPagination else None
    if following:
        return Fetched(items=fresh, cursor={"seen": seen, "page": following}, is_more=True)
    return Fetched(items=fresh, cursor={"seen": seen})


def _token(errand: Errand) -> str:
    """What Google lends for an hour to whoever shows a text signed with the account's key (RFC 7523)."""
    now = int(errand.now.timestamp())
    if errand.tokens.get("until", 0) > now + 60:
        return str(errand.tokens["token"])
    account = _ACCOUNTS.decode(errand.secrets["key"])
    claims = {"iss": account.client_email, "scope": _SCOPE, "aud": account.token_uri, "iat": now}
    signer = crypt.RSASigner.from_string(account.private_key)  # type: ignore[no-untyped-call]
    signed: bytes = jwt.encode(signer, claims | {"exp": now + 3600})  # type: ignore[no-untyped-call]
    form = {"grant_type": _GRANT, "assertion": signed.decode()}
    lent: _Lent = asked(errand, "POST", account.token_uri, form=form, hints=_TOKEN_HINTS).decoded(_LENT)
    errand.tokens.update(token=lent.access_token, until=now + lent.expires_in)
    return lent.access_token


def _key(raw: Raw) -> str:
    return looked_at(raw, _KEYS, lambda key: _Key(reviewId=key)).reviewId


def _told(raw: Raw, app: str) -> bytes:
    return compact(msgspec.json.encode({"app": app, "review": raw}))


class _Moment(Struct):
    seconds: str | int = 0


class _Comment(Struct):
    starRating: int | None = None  # noqa: N815
    text: str = ""
    lastModified: _Moment | None = None  # noqa: N815
    reviewerLanguage: str | None = None  # noqa: N815
    appVersionName: str | None = None  # noqa: N815
    device: str | None = None
    thumbsUpCount: int | None = None  # noqa: N815


class _Comments(Struct):
    userComment: _Comment | None = None  # noqa: N815


class _Review(Struct):
    reviewId: str  # noqa: N815
    authorName: str | None = None  # noqa: N815
    comments: list[_Comments] = []


class _Item(Struct):
    app: str
    review: _Review


_ITEMS = msgspec.json.Decoder(_Item)


def heard(raw: Raw | bytes, batch: Batch) -> Heard:
    """A review. Raises Unheard and Unwanted."""
    try:
        item = _ITEMS.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fields.unheard(error) from None
    review = item.review
    comment = next((each.userComment for each in review.comments if each.userComment), None)
    if comment is None or comment.starRating is None:
        raise Unwanted(Refusal.NOT_A_REVIEW)
    at = comment.lastModified.seconds if comment.lastModified else None
    return posts.reviewed(
        batch,
        system="googleplay",
        key=review.reviewId,
        stars=comment.starRating,
        # Title and text come in one, with a tab between them.
        text=comment.text.strip().replace("\t", "\n\n", 1),
        at=instant(at, "lastModified"),
        person=None,
        channel="google play",
        client="Google Play",
        properties={
            "author": review.authorName,
            "language": comment.reviewerLanguage,
            "version": comment.appVersionName,
            "device": comment.device,
            "votes": comment.thumbsUpCount,
            "app": item.app,
        },
    )


def account_key(text: str) -> str:
    """The JSON file of a service account's key."""
    try:
        account: Any = _ACCOUNTS.decode(text)
        crypt.RSASigner.from_string(account.private_key)  # type: ignore[no-untyped-call]
    except (msgspec.MsgspecError, ValueError):
        raise ValueError("expected the whole JSON file of a service account's key") from None
    web_address(account.token_uri)
    return text


SYSTEM = System(
    key="google_play",
    door=Door.GOOGLE_PLAY,
    step=step,
    every=timedelta(hours=6),
    asks=(
        Ask(
            name="app",
            is_needed=True,
            check=matching(r"[A-Za-z]\w*(\.[A-Za-z]\w*)+", "a package name such as com.example.app"),
        ),
        Ask(name="key", want=Want.SECRET_LINES, is_needed=True, check=account_key, longest=10_000),
    ),
)
