"""Templates of messages, as people write them: Liquid over texts, bounded, and preview is what is sent."""

from collections.abc import Mapping
from functools import cache

from liquid import DictLoader, Environment, StrictUndefined
from liquid.exceptions import LiquidError, UndefinedError
from liquid.token import TOKEN_CONTENT, TOKEN_ILLEGAL, TOKEN_OUTPUT

LONGEST = 20_000
# Nothing that loops, counts, keeps or reads another template: a text grows by what is put into it alone.
TAGS = frozenset({TOKEN_CONTENT, TOKEN_OUTPUT, TOKEN_ILLEGAL, "#", "case", "comment", "if", "unless"})
# Left out are those that multiply, one after the other: `replace`, `base64_encode` and their like;
# and `date`, whose formats may be a gigabyte wide.
FILTERS = frozenset(
    {"append", "capitalize", "default", "downcase", "prepend", "remove", "size", "strip", "truncate",
     "truncatewords", "upcase"}
)  # fmt: skip


class TemplateRefused(ValueError):
    """A template that cannot be used; the text is for the person who wrote it and names the line."""


class _Bounded(Environment):
    block_nesting_limit = 10
    context_depth_limit = 10
    loop_iteration_limit = 0
    local_namespace_limit = 0
    output_stream_limit = 200_000


def filled(template: str, values: Mapping[str, str]) -> str:
    """The text with its values in their places. Raises `TemplateRefused`.

    Values are text and stay it: braces in them are shown, not understood, and nothing is escaped here.

    >>> filled("Hello {{ name | default: 'there' }}", {"name": ""}), filled("{{ name }}", {"name": "{{ 1 }}"})
    ('Hello there', '{{ 1 }}')
    """
    if len(template) > LONGEST:
        raise TemplateRefused(
            f"a template has at most {LONGEST:,} characters; this one has {len(template):,}"
        )
    try:
        return _environment().from_string(template).render(**values)
    except UndefinedError as error:
        known = ", ".join(sorted(values)) or "none"
        raise TemplateRefused(f"line {_line(error)}: {error.message}; known here: {known}") from None
    except LiquidError as error:
        raise TemplateRefused(f"line {_line(error)}: {error.message}") from None
    except (ValueError, TypeError, ArithmeticError, LookupError, RecursionError) as error:
        # Half letters, numbers of five thousand digits, and the like: the library lets them through.
        raise TemplateRefused(f"this template cannot be understood ({error})"[:300]) from None


@cache
def _environment() -> Environment:
    environment = _Bounded(
        extra=False, autoescape=False, undefined=StrictUndefined, loader=DictLoader({}), strict_filters=True
    )
    for name in set(environment.tags) - TAGS:
        del environment.tags[name]
    for name in set(environment.filters) - FILTERS:
        del environment.filters[name]
    return environment


def _line(error: LiquidError) -> int:
    """The line, from 1; 1 where it is not told."""
    if error.token is None or error.token.start_index < 0:
        return 1
    return error.token.source.count("\n", 0, error.token.start_index) + 1
