"""Why something that clients sent was not taken in, each with a name that is counted and shown."""

from enum import StrEnum


class Fault(StrEnum):
    """Why an event is parked: it was kept as it is, and may be heard after a fix."""

    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    TOO_LARGE = "too_large"
    FIELD_IS_MISSING = "field_is_missing"
    FIELD_IS_WRONG = "field_is_wrong"
    TYPE_IS_UNKNOWN = "type_is_unknown"
    ID_IS_NOT_ONE = "id_is_not_one"
    TIME_IS_NOT_ONE = "time_is_not_one"
    TIME_IS_OUT_OF_RANGE = "time_is_out_of_range"
    NUMBER_DOES_NOT_FIT = "number_does_not_fit"
    NO_MAPPING = "no_mapping"
    QUARANTINED = "quarantined"


class Refusal(StrEnum):
    """Why an item that was understood is not wanted: it is counted, and nothing of it is kept."""

    AUTOMATIC = "automatic"
    LEFT_OUT = "left_out"
    NO_CASE = "no_case"
    NO_WORDS = "no_words"
    NOT_A_REVIEW = "not_a_review"


class TurnedAway(StrEnum):
    """Why a request was answered with no: nothing of it was kept."""

    NO_KEY = "no_key"
    KEY_IS_UNKNOWN = "key_is_unknown"
    PAUSED = "paused"
    ORIGIN_IS_NOT_ALLOWED = "origin_is_not_allowed"
    TOO_FAST = "too_fast"
    TOO_LARGE = "too_large"
    NOT_UNPACKED = "not_unpacked"
    NOT_JSON = "not_json"
    BUSY = "busy"
    DISK_IS_FULL = "disk_is_full"
    DISK_REFUSED = "disk_refused"
    CLOSING = "closing"
    LEFT_OFF = "left_off"


class Unheard(Exception):
    """An event that cannot be understood: the reason, the field, and what was expected of it."""

    def __init__(self, fault: Fault, field: str, expected: str) -> None:
        super().__init__(f"{field}: {expected}")
        self.fault, self.field, self.expected = fault, field, expected


class Unwanted(Exception):
    """An item that was understood and is not wanted."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason
