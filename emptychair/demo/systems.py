"""The systems that send signals, and all signals of one system."""

from collections.abc import Callable, Mapping

import pyarrow as pa

from emptychair.demo.columns import Batch, labelled, signals
from emptychair.demo.streams import answers, app, care, hr, mail, money, people, public, web
from emptychair.demo.world import World

SYSTEMS: Mapping[str, Callable[[World], list[Batch]]] = {
    "demo:subscriptions": people.batches,
    "demo:billing": money.billing,
    "demo:shop": money.shop,
    "demo:stores": money.stores,
    "demo:app": app.batches,
    "demo:web": web.batches,
    "demo:mail": mail.batches,
    "demo:care": care.batches,
    "demo:survey": answers.batches,
    "demo:reviews": public.reviews,
    "demo:social": public.posts,
    "demo:people": hr.batches,
}


def system_signals(world: World, source: str) -> pa.Table:
    """The signals of one system, the same to the byte for the same world."""
    tables = [
        signals(batch, source=source, key=world.key, clock=world.clock) for batch in SYSTEMS[source](world)
    ]
    return pa.concat_tables(tables)


def labels(world: World) -> pa.Table:
    """What every text is about: columns `id` and `theme` (the name of a Theme in lower case)."""
    return pa.concat_tables(
        [
            labelled(batch, key=world.key)
            for made in SYSTEMS.values()
            for batch in made(world)
            if batch.theme is not None
        ]
    )
