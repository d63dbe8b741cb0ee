"""The words for what people do, by kind, name and channel, listed so that a language can have them."""

from emptychair.web.texts import marked

ICONS = {
    "said": "message-circle",
    "rated": "star",
    "paid": "credit-card",
    "joined": "log-in",
    "left": "log-out",
    "told": "user",
    "met": "arrow-right",
    "did": "sparkles",
}
ICONS_BY_NAME = {
    "promise_made": "handshake",
    "promise_done": "circle-check",
    "reply": "undo-2",
    "exit_reason": "log-out",
    "newsletter_sent": "mail",
    "survey_sent": "clipboard-list",
    "survey invited": "clipboard-list",
    "survey seen": "clipboard-list",
    "survey dismissed": "clipboard-list",
    "call": "phone",
}
ICONS_BY_CHANNEL = {
    "email": "mail",
    "mail": "mail",
    "phone": "phone",
    "voice": "phone",
    "web": "globe",
    "app": "smartphone",
    "store": "store",
}
# By channel, for words that were written or spoken.
SAID_BY = {
    "email": marked("wrote by email"),
    "mail": marked("wrote by email"),
    "chat": marked("wrote in the chat"),
    "phone": marked("said on the phone"),
    "voice": marked("said on the phone"),
    "sms": marked("wrote a text message"),
    "social": marked("wrote in public"),
    "review": marked("wrote a review"),
    "survey": marked("answered a survey"),
    "web": marked("wrote on the site"),
    "app": marked("wrote in the app"),
    "store": marked("said in the store"),
}
SAID = {
    "exit_reason": marked("said why they left"),
    "review": marked("wrote a review"),
    "post": marked("wrote in public"),
    "comment": marked("commented"),
    "survey answer": marked("answered a survey"),
    "interview": marked("said in an interview"),
}
RATED = {
    "nps": marked("would recommend you: %(score)s of %(highest)s"),
    "enps": marked("would recommend working here: %(score)s of %(highest)s"),
    "csat": marked("is satisfied: %(score)s of %(highest)s"),
    "ces": marked("found it easy: %(score)s of %(highest)s"),
    "stars": marked("gave %(score)s of %(highest)s stars"),
}
DID = {
    "page": (marked("%(n)s page"), marked("%(n)s pages")),
    "screen": (marked("%(n)s screen"), marked("%(n)s screens")),
    "search": (marked("%(n)s search"), marked("%(n)s searches")),
    "sign_in": (marked("signed in"), marked("signed in %(n)s times")),
    "login": (marked("signed in"), marked("signed in %(n)s times")),
    "app_opened": (marked("opened the app"), marked("opened the app %(n)s times")),
    "newsletter_clicked": (marked("clicked in a newsletter"), marked("clicked in newsletters %(n)s times")),
    "request_posted": (marked("asked for something"), marked("asked for %(n)s things")),
    "request_voted": (marked("voted for a request"), marked("voted for %(n)s requests")),
    "return_requested": (marked("wanted to send something back"), marked("wanted to send %(n)s things back")),
    "survey answered": (marked("answered a survey"), marked("answered %(n)s surveys")),
}
MET = {
    "reply": marked("was answered"),
    "promise_made": marked("was promised something"),
    "promise_done": marked("a promise was kept"),
    "newsletter_sent": marked("was sent a newsletter"),
    "survey_sent": marked("was asked"),
    "survey invited": marked("was invited to a survey"),
    "survey seen": marked("saw a survey"),
    "survey dismissed": marked("sent a survey away"),
    "survey screened out": marked("was thanked and not asked further"),
    "delivered": marked("got a delivery"),
    "price_notice": marked("was told of a new price"),
    "call": marked("was called"),
    "offer": marked("was made an offer"),
    "credit": marked("was given a credit"),
    "experiment": marked("met an experiment"),
    "experiment_exposure": marked("met an experiment"),
    "email_sent": marked("was sent an email"),
    "email_opened": marked("opened an email"),
}
# Plain sendings and deliveries stand back where words and money are read.
QUIET = frozenset(
    {"newsletter_sent", "survey_sent", "survey invited", "survey seen", "delivered", "email_sent"}
)
FAILED = {
    "sign_in_failed": marked("could not sign in"),
    "login_failed": marked("could not sign in"),
    "payment_failed": marked("could not pay"),
    "checkout_failed": marked("could not pay"),
}
KIND_NAMES = {
    "did": marked("What they did"),
    "said": marked("What they said"),
    "rated": marked("Scores"),
    "paid": marked("Money"),
    "joined": marked("Joined"),
    "left": marked("Left"),
    "told": marked("What they told"),
    "met": marked("What they met"),
}
OUTCOMES = {
    "kept": marked("kept"),
    "late": marked("kept late"),
    "open": marked("open"),
    "broken": marked("overdue"),
}
FEELINGS = {
    "unhappy": marked("unhappy"),
    "mixed": marked("neither happy nor unhappy"),
    "happy": marked("happy"),
}
SCORE_NAMES = {
    "nps": marked("Would recommend (NPS)"),
    "enps": marked("Would recommend as employer (eNPS)"),
    "csat": marked("Satisfaction (CSAT)"),
    "ces": marked("Ease (CES)"),
    "stars": marked("Stars"),
}
