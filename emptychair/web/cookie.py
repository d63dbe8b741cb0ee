"""The session cookie, and why a browser would not keep it."""

import ipaddress
from urllib.parse import urlsplit

from fastapi import Request, Response

from emptychair.desk.sessions import LIFETIME
from emptychair.web.visitor import COOKIE


def keep(response: Response, token: str) -> None:
    """Give the browser its session; no script reads it, no other site sends it with a change."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LIFETIME.absolute.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )


def drop(response: Response) -> None:
    """Take the session from the browser."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")


def is_kept(request: Request, base_url: str) -> bool:
    """Whether browsers keep a Secure cookie here: over https, or on this very machine."""
    if base_url.startswith("https://") or request.url.scheme == "https":
        return True
    return _is_this_machine(request.headers.get("host", ""))


def _is_this_machine(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or name.endswith(".localhost") or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
