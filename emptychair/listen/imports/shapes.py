"""What one row of the file is: the shape that its columns fit best, with the reason."""

from collections.abc import Mapping

from emptychair.listen.imports.fields import EXTRA, FIELDS, assigned
from emptychair.listen.imports.plan import Shape
from emptychair.listen.imports.profile import Column, Found
from emptychair.listen.imports.reading import Reading
from emptychair.listen.imports.words import EMPLOYEE, listed, words

Chosen = Mapping[str, tuple[Column, float]]
_SURVEY = frozenset(
    listed("""
        nps, enps, csat, ces, survey, recommend, recommendation, promoter, effort, likelihood,
        questionnaire, satisfaction, satisfied
    """)
)
_CUSTOMER = frozenset(listed("customer, client, clientnum, subscriber, account, card, member"))
_REVIEW = frozenset(
    listed("""
        review, reviews, stars, star, rating, ratings, overall
    """)
)


def fitting(reading: Reading, stated: Mapping[str, Column | None]) -> list[tuple[float, Shape, str]]:
    """The shapes that fit, best first, each with a sentence why; a shape has every field that was stated."""
    nameless = is_nameless(reading)
    every_word = {word for column in reading.columns for word in words(column.name)}
    fits = []
    sure = {name: (column, 3.5) for name, column in stated.items() if column is not None}
    able = [shape for shape in Shape if set(stated) <= {*FIELDS[shape], *EXTRA}]
    for shape in able or Shape:
        chosen = {**assigned(shape, reading.columns, stated, nameless=nameless), **sure}
        points, reason = _fit(shape, chosen, every_word)
        if points > 0:
            fits.append((points, shape, reason))
    return sorted(fits, key=lambda fit: -fit[0])


def is_nameless(reading: Reading) -> bool:
    """Whether the file has no header."""
    return all(column.name == f"c{column.place + 1}" for column in reading.columns)


def summarised_purchases(reading: Reading) -> bool:
    """Whether the rows are purchases already summed up per customer (frequency, recency, T)."""
    names = {column.name.lower() for column in reading.columns}
    return {"frequency", "recency"} <= names or {"x", "t_x", "t"} <= names


def _sure(chosen: Chosen, field: str, least: float = 2.0) -> bool:
    return field in chosen and chosen[field][1] >= least


def _fit(shape: Shape, chosen: Chosen, every_word: set[str]) -> tuple[float, str]:
    if shape in (Shape.CONTRACTS, Shape.EMPLOYEES):
        return _tenure_fit(shape, chosen, every_word)
    if shape in (Shape.ANSWERS, Shape.REVIEWS):
        return _score_fit(shape, chosen, every_word)
    if shape is Shape.ORDERS:
        return _order_fit(chosen)
    if shape is Shape.MESSAGES and "text" in chosen and chosen["text"][1] >= 0.5:
        return 4.0, f"Column {chosen['text'][0].name} holds words."
    if shape is Shape.EVENTS and "time" in chosen and (_sure(chosen, "name") or _sure(chosen, "person")):
        return 3.0, f"Rows are dated by {chosen['time'][0].name} and hold neither money, scores nor text."
    if shape is Shape.TRAITS and _sure(chosen, "person", 1.0) and _is_unique(chosen["person"][0]):
        return 2.0, f"Each row describes another person, named by {chosen['person'][0].name}."
    return 0.0, ""


def _is_unique(column: Column) -> bool:
    return column.distinct >= 0.98 * column.filled


def _tenure_fit(shape: Shape, chosen: Chosen, every_word: set[str]) -> tuple[float, str]:
    spans = _sure(chosen, "start") and ("end" in chosen or _sure(chosen, "flag", 2.9))
    snapshot = _sure(chosen, "tenure") and _sure(chosen, "flag")
    if not spans and not snapshot:
        return 0.0, ""
    if spans and "end" in chosen:
        reason = f"Rows run from {chosen['start'][0].name} to {chosen['end'][0].name}."
    elif snapshot:
        length, flag = chosen["tenure"][0].name, chosen["flag"][0].name
        reason = f"Column {length} is a length of time and {flag} says who left."
    else:
        reason = f"Rows start at {chosen['start'][0].name} and {chosen['flag'][0].name} says who left."
    workers = sorted(EMPLOYEE & every_word)
    if shape is Shape.EMPLOYEES:
        enough = len(workers) >= 2 or bool({"hire", "hired", "eintrittsdatum"} & every_word)
        enough |= "attrition" in every_word and not _CUSTOMER & every_word
        return (
            (10.0, f"{reason} Columns speak of employees ({', '.join(workers[:4])}).")
            if enough
            else (0.0, "")
        )
    return 9.0, reason


def _score_fit(shape: Shape, chosen: Chosen, every_word: set[str]) -> tuple[float, str]:
    if not _sure(chosen, "score", 1.5):
        return 0.0, ""
    column = chosen["score"][0]
    own = set(words(column.name))
    has_text = "text" in chosen and chosen["text"][0].found in (Found.TEXT, Found.CODE, Found.CATEGORY)
    span = f"from {column.low:g} to {column.high:g}" if column.low is not None else "of a scale"
    if shape is Shape.ANSWERS:
        if _SURVEY & own or (_SURVEY & every_word and not (_REVIEW & own)):
            return 8.0, f"Column {column.name} holds the scores {span} of a survey."
        wide = column.high is not None and column.high > 5
        return (
            6.0 if has_text and not wide else 6.6 if has_text else 5.0
        ), f"Column {column.name} holds scores {span}."
    if has_text or _REVIEW & own:
        stars = column.high is None or column.high <= 5
        points = (7.0 if has_text else 5.5) if stars else 1.0
        return points, f"Column {column.name} holds stars {span}" + (" beside a text." if has_text else ".")
    return 0.0, ""


def _order_fit(chosen: Chosen) -> tuple[float, str]:
    if "time" not in chosen or not ("amount" in chosen or {"quantity", "price"} <= set(chosen)):
        return 0.0, ""
    if not any(_sure(chosen, field, 1.0) for field in ("amount", "price")):
        return 0.0, ""
    money = (
        chosen["amount"][0].name
        if "amount" in chosen
        else " x ".join(chosen[field][0].name for field in ("quantity", "price"))
    )
    backed = any(_sure(chosen, field) for field in ("order", "product", "quantity"))
    return (7.5 if backed else 6.5), f"Rows are dated by {chosen['time'][0].name} and move money ({money})."
