"""What is done with the things of which much can be done: the last parts of their addresses."""

# What builders of a survey do with it.
SURVEY_DEEDS = (
    "copying", "opening", "pausing", "resuming", "closing", "archiving", "unarchiving", "removal",
    "restoring", "address", "draft", "languages", "quotas", "definition", "undoing", "preview", "questions",
    "questions/{question}", "questions/{question}/moving", "questions/{question}/copying",
    "questions/{question}/removal", "ballots", "marks",
)  # fmt: skip

# What researchers do with an interview, and with what stands out in it.
SESSION_DEEDS = (
    "", "/consent", "/withdrawal", "/removal", "/transcript", "/transcript/removal", "/speakers",
    "/highlights",
)  # fmt: skip
HIGHLIGHT_DEEDS = ("", "/removal", "/undoing")
STUDY_DEEDS = ("", "/inviting", "/slots", "/slots/{slot}/removal", "/people/{participant}")
# What is done about early warnings.
WARNING_DEEDS = ("looking", "{id}/standing", "{id}/segment")
# What is done with a need card.
NEED_DEEDS = (
    "statement", "merging", "separation", "dismissal", "reopening", "linking", "evidence", "evidence/removal",
)  # fmt: skip
