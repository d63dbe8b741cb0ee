"""Words that pages take from data rather than from templates, listed so that a language can have them."""

from emptychair.web.texts import marked

ROLES = (marked("viewer"), marked("agent"), marked("analyst"), marked("lead"), marked("owner"))
STATUSES = (marked("previewed"), marked("running"), marked("done"), marked("failed"), marked("withdrawn"))
SHAPES = (
    marked("orders"),
    marked("contracts"),
    marked("answers"),
    marked("messages"),
    marked("reviews"),
    marked("employees"),
    marked("events"),
    marked("traits"),
)
KINDS = (
    marked("did"),
    marked("said"),
    marked("rated"),
    marked("paid"),
    marked("joined"),
    marked("left"),
    marked("told"),
    marked("met"),
)
