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
TONES = (marked("negative"), marked("neutral"), marked("positive"), marked("unsure"))
STATES = (marked("listening"), marked("paused"), marked("removed"))
STANDINGS = (marked("waiting"), marked("replayed"), marked("discarded"))
FAULTS = {
    "not_json": marked("This is no JSON"),
    "not_an_object": marked("This is no JSON object"),
    "too_large": marked("Larger than 32 kB"),
    "field_is_missing": marked("A field is missing"),
    "field_is_wrong": marked("A field is of another type"),
    "type_is_unknown": marked("The type is not known"),
    "id_is_not_one": marked("An id that cannot be one"),
    "time_is_not_one": marked("A time that cannot be read"),
    "time_is_out_of_range": marked("A time before 1990"),
    "number_does_not_fit": marked("A number that does not fit"),
    "no_mapping": marked("Nobody said what its fields mean"),
    "quarantined": marked("Too hard to read"),
}
REFUSALS = {
    "automatic": marked("Written by a program"),
    "left_out": marked("Written by somebody who is left out"),
    "no_case": marked("No kind of item that is wanted"),
    "no_words": marked("Without words"),
    "not_a_review": marked("No review"),
}
TURNED_AWAY = {
    "no_key": marked("No write key"),
    "key_is_unknown": marked("A key or a secret that does not work"),
    "paused": marked("While the source was paused"),
    "origin_is_not_allowed": marked("From a site that is not allowed"),
    "too_fast": marked("Faster than the source may send"),
    "too_large": marked("More than 500 kB at once"),
    "not_unpacked": marked("Could not be unpacked"),
    "not_json": marked("No JSON at all"),
    "busy": marked("Too much at once for this machine"),
    "disk_is_full": marked("The disk was full"),
    "disk_refused": marked("The disk refused to store"),
    "closing": marked("The server was closing"),
    "left_off": marked("The request was not finished"),
}
MEANINGS = {
    "did": marked("something a person did"),
    "paid": marked("a payment"),
    "rated": marked("a score"),
    "said": marked("words"),
    "joined": marked("the beginning of a relationship"),
    "left": marked("the end of a relationship"),
    "told": marked("something that is known of a person"),
    "met": marked("something a person met with"),
    "none": marked("not wanted"),
}
SURVEY_STANDINGS = {
    "draft": marked("Draft"),
    "open": marked("Open"),
    "paused": marked("Paused"),
    "closed": marked("Closed"),
}
QUESTION_KINDS = {
    "nps": marked("Recommendation, 0 to 10 (NPS)"),
    "enps": marked("Recommendation as a place to work (eNPS)"),
    "csat": marked("Satisfaction, 1 to 5 (CSAT)"),
    "ces": marked("Effort, 1 to 7 (CES)"),
    "single": marked("One of several choices"),
    "multiple": marked("Several choices"),
    "scale": marked("A scale of your own"),
    "ranking": marked("Choices put in order"),
    "matrix": marked("The same choices for several things"),
    "text": marked("Words"),
    "file": marked("Files"),
}
FILE_TYPES = {
    "image": marked("Pictures (JPEG, PNG, GIF, WebP, TIFF, HEIC)"),
    "pdf": marked("PDF"),
    "document": marked("Documents and tables (Word, Excel, OpenDocument, text, CSV)"),
    "recording": marked("Sound and video"),
}
OPERATORS = {
    "is": marked("is"),
    "is_not": marked("is not"),
    "at_least": marked("is at least"),
    "at_most": marked("is at most"),
    "answered": marked("is answered"),
    "not_answered": marked("is not answered"),
}
FORMATS = {
    "any": marked("Any words"),
    "email": marked("An email address"),
    "number": marked("A number"),
    "date": marked("A day"),
}
ACCENTS = {
    "green": marked("Green"),
    "blue": marked("Blue"),
    "violet": marked("Violet"),
    "red": marked("Red"),
    "orange": marked("Orange"),
    "grey": marked("Grey"),
}
RESPONSE_STATES = {
    "seen": marked("Seen, nothing answered"),
    "begun": marked("Being answered"),
    "completed": marked("Completed"),
    "screened_out": marked("Thanked and not counted"),
    "given_up": marked("Given up on the way: what was answered counts"),
    "marked": marked("Left out"),
}
ANONYMOUS_STATES = {
    "completed": marked("Let out, in groups of five at least"),
    "waiting": marked("Waiting to be mixed with others"),
    "marked": marked("Left out"),
}
MARKS = {
    "link_was_used": marked("Its link was used before"),
    "same_browser": marked("The same browser again"),
    "same_address": marked("Very many from one address"),
    "same_second": marked("Very many in one second"),
    "too_fast": marked("Faster than anybody reads"),
    "honeypot": marked("A field that nobody sees was filled in"),
    "by_hand": marked("Left out by hand"),
}
PURPOSES = {
    "surveys": marked("Questions about how you find us"),
    "updates": marked("What became of something you asked for"),
    "marketing": marked("News and offers"),
}
MAIL_STATES = {
    "waiting": marked("waiting"),
    "sending": marked("under way"),
    "sent": marked("sent"),
    "failed": marked("failed"),
    "uncertain": marked("uncertain"),
    "refused": marked("not sent"),
}
WHY_NOT = {
    "no_address": marked("No address is known"),
    "address_is_not_one": marked("Mail cannot be sent to this address"),
    "address_bounces": marked("Nobody has this address"),
    "unsubscribed": marked("Unsubscribed, or complained"),
    "consent_withdrawn": marked("Said no to this"),
    "consent_missing": marked("Has not said yes to this"),
    "asked_lately": marked("Was asked something lately"),
    "contacted_often": marked("Was contacted often enough this week"),
    "quiet_hours": marked("It is evening or night there"),
    "in_holdout": marked("Is in a control group"),
    "too_late": marked("Could not be sent in time"),
    "cancelled": marked("Cancelled"),
}
MAIL_CLASSES = {
    "service": marked("owed"),
    "ask": marked("asks or tells"),
    "marketing": marked("news and offers"),
}
STOPS = {
    "unsubscribed": marked("unsubscribed"),
    "complained": marked("complained"),
    "bounced": marked("nobody has it"),
    "by_hand": marked("stopped by hand"),
}
REQUEST_STATUSES = {
    "open": marked("open"),
    "planned": marked("planned"),
    "in_progress": marked("in progress"),
    "shipped": marked("shipped"),
    "declined": marked("declined"),
}
SORTS = {
    "votes": marked("Most wanted"),
    "newest": marked("Newest"),
    "changed": marked("Changed lately"),
}
POST_STANDINGS = {
    "pending": marked("to be looked at"),
    "shown": marked("shown"),
    "hidden": marked("hidden"),
}
CONSENTS = {"given": marked("said yes"), "withdrawn": marked("said no")}
STAGES = {
    "waiting": marked("Waits to be sent"),
    "not_sent": marked("Not sent"),
    "sent": marked("Sent, not seen"),
    "seen": marked("Seen, nothing answered"),
    "begun": marked("Being answered"),
    "given_up": marked("Given up on the way"),
    "screened_out": marked("Thanked and not counted"),
    "completed": marked("Completed"),
}
NOT_SENT = {
    "closed": marked("The survey was closed before"),
    "failed": marked("The mail server refused it"),
    "uncertain": marked("Nobody knows whether it arrived"),
}
NEED_CUES = {
    "workaround": marked("Work-arounds"),
    "comparison": marked("Comparisons: elsewhere it can be done"),
    "wish": marked("Wishes"),
    "sought": marked("Looked for and not found"),
}
NEED_KINDS = {
    "theme": marked("theme"),
    "group": marked("alike words"),
    "search": marked("search that finds nothing"),
    "cue": marked("cue in words"),
    "habit": marked("habit"),
    "signal": marked("picked by hand"),
}
WARNING_STANDINGS = {
    "new": marked("new"),
    "watching": marked("being watched"),
    "dismissed": marked("dismissed"),
}
NEED_STANDINGS = {
    "new": marked("new"),
    "watching": marked("being watched"),
    "dismissed": marked("dismissed"),
    "need": marked("became a need"),
}
