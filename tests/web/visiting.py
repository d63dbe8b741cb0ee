"""A browser for tests: a plain httpx client whose requests go straight into the application."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx
from fastapi import FastAPI

BASE = "https://chair.example.com"


class IntoTheApp(httpx.BaseTransport):
    """Carries requests into an ASGI application; what fails inside is answered, as a server would."""

    def __init__(self, app: FastAPI) -> None:
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=False, client=("203.0.113.7", 50_000))
        self._elsewhere = ThreadPoolExecutor(1)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request in a loop of its own."""
        body = request.read()

        async def carried() -> httpx.Response:
            inner = httpx.Request(request.method, request.url, headers=request.headers, content=body)
            answer = await self._inner.handle_async_request(inner)
            raw = b"".join([chunk async for chunk in answer.aiter_raw()])
            return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(raw))

        # In a thread of its own: the browser tests keep a loop in the main one.
        return self._elsewhere.submit(lambda: asyncio.run(carried())).result()

    def close(self) -> None:
        """End the thread."""
        self._elsewhere.shutdown()


def visitor(app: FastAPI, **headers: str) -> httpx.Client:
    """A browser without a session."""
    return httpx.Client(
        transport=IntoTheApp(app),
        base_url=BASE,
        headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin", **headers},
        follow_redirects=False,
    )
