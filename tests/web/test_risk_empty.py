"""Pages of risk of a company of which nothing is known say what is missing."""

from emptychair.desk import risk_runs
from emptychair.desk.desk import Desk
from emptychair.desk.risk_runs import Deed, Run
from emptychair.domain.signal import Audience
from emptychair.web.access import Who
from tests.web.conftest import Client, Clock

FEW = "12 relationships ended in the time to learn from; 50 are needed."


def test_without_a_model_every_page_says_what_is_missing(client: Client, desk: Desk, clock: Clock) -> None:
    ada = client(Who.OWNER)
    for path in ("/customers/risk", "/employees/risk"):
        assert "No model has been trained yet" in ada.get(path).text
    with desk.begin() as tx:
        for audience in Audience:
            run = Run(
                id=risk_runs.new_run(), audience=audience, deed=Deed.TRAINING, ended_at=clock(), as_of=None,
                people=0, reason=FEW, figures={"signals": 0, "outcomes": []},
            )  # fmt: skip
            risk_runs.add(tx, run)
    for path in ("/customers/risk", "/employees/risk", "/models/risk"):
        assert FEW in ada.get(path).text
    assert FEW in client(Who.LEAD).get("/employees/risk").text
    told = ada.get("/customers/risk.json").json()
    assert (told["summary"]["lack"], told["people"]) == (FEW, [])
    assert ada.get("/models/risk/customer/90").status_code == 404
