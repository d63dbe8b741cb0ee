"""A guide to begin with: questions about what people did and wanted to get done, not what they would do."""

from emptychair.desk.studies import About
from emptychair.understand.research.beginnings import Beginning

# In the order of a switch interview: the situation, the struggle, what was tried, the moment, the outcome.
_OPENING = (
    "Thank you for your time. We want to learn how it is for you: no answer is wrong, and we sell nothing.",
    "May we keep what you say, for our research alone, until the day that we agree on? You can take it back.",
)
_JOB = (
    "Tell me about the last time {about}. What day was it, where were you, what had you just done?",
    "What were you trying to get done then? Why did that matter on that day?",
    "Walk me through it step by step. Where did you stop, wait, or start again?",
    "What did you do instead, or beside it? Who or what helped?",
    "How did you do it before you had us? What was better then?",
    "What did you hope for when you began, and what worried you?",
    "When it was over: what could you do that you could not before? What was still left to do?",
    "Who else was touched by it, and what did they say?",
)
_CLOSING = (
    "What did I not ask that I should have?",
    "Of all we talked about, what would you have us change first, and why that?",
)


def proposed(begins: Beginning) -> str:
    """The questions, one a line, for a person to make their own."""
    about = _about(begins)
    lines = [*_OPENING, *(line.format(about=about) for line in _JOB)]
    if begins.want:
        lines.append(f"(We think that people want: {begins.want.strip()} Do not say so; listen for it.)")
    return "\n".join([*lines, *_CLOSING])


def _about(begins: Beginning) -> str:
    if begins.about is About.NEED and begins.when.strip():
        return f"this was so: {begins.when.strip().rstrip('.')}"
    if begins.name:
        return f"you had to do with “{begins.name}”"
    return "you used what we make"
