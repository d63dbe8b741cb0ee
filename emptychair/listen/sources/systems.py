"""Every kind of source that is looked at from here, by its key."""

from collections.abc import Mapping
from types import MappingProxyType

from emptychair.listen.sources import (
    app_store,
    bluesky,
    feed,
    folder,
    google_play,
    hacker_news,
    mailbox,
    mastodon,
    reddit,
    table,
    webhook,
)
from emptychair.listen.sources.system import System

SYSTEMS: Mapping[str, System] = MappingProxyType(
    {
        system.key: system
        for system in (
            feed.SYSTEM,
            app_store.SYSTEM,
            google_play.SYSTEM,
            mastodon.SYSTEM,
            bluesky.SYSTEM,
            reddit.SYSTEM,
            hacker_news.SYSTEM,
            mailbox.SYSTEM,
            webhook.SYSTEM,
            folder.SYSTEM,
            table.SYSTEM,
        )
    }
)
