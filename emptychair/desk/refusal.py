"""What the desk does not accept, each with a name that can be counted."""

from enum import StrEnum

from sqlalchemy.exc import DontWrapMixin


class Reason(StrEnum):
    """Why something was refused."""

    TEXT_HAS_NUL = "text_has_nul"
    TEXT_IS_NOT_UNICODE = "text_is_not_unicode"
    TEXT_IS_TOO_LONG = "text_is_too_long"
    NAME_IS_EMPTY = "name_is_empty"
    EMAIL_IS_NOT_ONE = "email_is_not_one"
    EMAIL_IS_TAKEN = "email_is_taken"
    PASSWORD_IS_TOO_SHORT = "password_is_too_short"  # noqa: S105 - a name, no password
    PASSWORD_IS_TOO_LONG = "password_is_too_long"  # noqa: S105 - a name, no password
    PASSWORD_IS_GUESSABLE = "password_is_guessable"  # noqa: S105 - a name, no password
    LAST_OWNER = "last_owner"
    SETTING_IS_NOT_VALID = "setting_is_not_valid"
    IDS_ARE_THE_SAME = "ids_are_the_same"
    MERGED_ALREADY = "merged_already"
    NOBODY_HAS_THIS_ID = "nobody_has_this_id"
    NOTHING_TO_FORESEE = "nothing_to_foresee"
    SLUG_IS_NOT_ONE = "slug_is_not_one"
    SLUG_IS_TAKEN = "slug_is_taken"
    BOOKS_DO_NOT_BALANCE = "books_do_not_balance"


class Refused(ValueError, DontWrapMixin):
    """Something that the desk does not accept; the text is for the person and says what to do.

    DontWrapMixin: SQLAlchemy would otherwise wrap a refusal by a column in an error of its own.
    """

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class DeskError(Exception):
    """The desk cannot be opened; the text says why and what to do."""
