"""What a user can mend: errors that are told in one line instead of a trace."""

from emptychair import app
from emptychair.cli.remote import DatesInDisorder, ServerRefused
from emptychair.config import ConfigError
from emptychair.demo.company import AnotherCompanyError
from emptychair.desk.refusal import DeskError, Refused
from emptychair.home import HomeInUse
from emptychair.ledger.errors import LedgerError
from emptychair.listen.imports.problem import ImportRefused
from emptychair.measure.periods import PeriodNotOverError
from emptychair.understand.fields import UnknownFieldError
from emptychair.understand.language.own import ModelTrouble
from emptychair.web.way_in import NobodyToSignIn

REFUSALS: tuple[type[Exception], ...] = (
    AnotherCompanyError,
    ConfigError,
    DatesInDisorder,
    DeskError,
    HomeInUse,
    ImportRefused,
    LedgerError,
    NobodyToSignIn,
    ModelTrouble,
    PeriodNotOverError,
    Refused,
    ServerRefused,
    UnknownFieldError,
    app.PortInUse,
)
