"""Payment cards and bank accounts in a text, by their check digits."""

import re
from collections.abc import Iterator

_CARD = re.compile(r"(?<![\d\w])(?<!\d[.,])\d(?:[ \-\u00a0]?\d){12,18}")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \-\u00a0]?[A-Za-z0-9]){11,30}")

# The first digits of the networks and the lengths of their numbers (ISO/IEC 7812 and the networks' pages).
_NETWORKS = (
    (re.compile(r"4"), (13, 16, 19)),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), (16,)),
    (re.compile(r"3[47]"), (15,)),
    (re.compile(r"3(?:0[0-5]|[689])"), (14,)),
    (re.compile(r"6011|64[4-9]|65"), (16, 19)),
    (re.compile(r"35(?:2[89]|[3-8])"), (16,)),
    (re.compile(r"62"), (16, 17, 18, 19)),
)
# Letters and digits of an IBAN, and whose (the registry of SWIFT).
_IBANS = {
    15: "NO",
    16: "BE",
    18: "DK FI FO GL NL",
    19: "MK SI",
    20: "AT BA EE KZ LT LU XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS",
    23: "AE GI IL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "PT",
    26: "IS TR",
    27: "FR GR IT MC SM",
    28: "AL AZ CY DO GT HU LB PL",
    29: "BR EG PS QA UA",
    30: "JO KW MU",
    31: "MT",
}
_LENGTHS = {country: length for length, countries in _IBANS.items() for country in countries.split()}


def cards(text: str) -> Iterator[tuple[int, int]]:
    """Where the numbers of payment cards are: a network's first digits, its length, and Luhn's sum."""
    for match in _CARD.finditer(text):
        places = [match.start() + at for at, sign in enumerate(match.group()) if sign.isdecimal()]
        digits = "".join(text[place] for place in places)
        lengths = next((lengths for first, lengths in _NETWORKS if first.match(digits)), ())
        for length in reversed(lengths):
            if length <= len(digits) and _is_card(text, places[length - 1] + 1, digits[:length]):
                yield match.start(), places[length - 1] + 1
                break


def _is_card(text: str, end: int, digits: str) -> bool:
    return not text[end : end + 1].isalnum() and luhn(digits)


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    doubled = (int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def ibans(text: str) -> Iterator[tuple[int, int]]:
    """Where bank accounts are: the country's length, and 1 as the remainder by 97."""
    for match in _IBAN.finditer(text):
        places = [match.start() + at for at, sign in enumerate(match.group()) if sign.isalnum()]
        signs = "".join(text[place] for place in places).upper()
        length = _LENGTHS.get(signs[:2], 0)
        if 0 < length <= len(signs) and not text[places[length - 1] + 1 :][:1].isalnum():
            turned = "".join(str(int(sign, 36)) for sign in signs[4:length] + signs[:4])
            if int(turned) % 97 == 1:
                yield match.start(), places[length - 1] + 1
