"""Exports of known systems: recognised by their columns, with their quirks, and each row once."""

# ruff: noqa: E501 -- small files stand here as they are written

import json

import pytest

from emptychair.listen.imports import Shape
from tests.listen.conftest import Door, at

SUBSCRIPTIONS = """id,Customer ID,Customer Description,Customer Email,Plan,Quantity,Interval,Amount,Status,Created (UTC),Start (UTC),Current Period Start (UTC),Current Period End (UTC),Trial Start (UTC),Trial End (UTC),Coupon,Canceled At (UTC),Ended At (UTC),Cancellation Reason
sub_1,cus_1,,ada@example.com,price_1,1,month,"1,020.00",active,2026-01-05 14:33,2026-01-05 14:33,2026-03-05 14:33,2026-04-05 14:33,,,,,,
sub_2,cus_2,,ben@example.com,price_1,1,month,20.00,canceled,2026-01-06 10:00,2026-01-06 10:00,2026-02-06 10:00,2026-03-06 10:00,,,,2026-02-20 09:00,2026-03-06 10:00,too_expensive
sub_3,cus_3,,cyd@example.com,price_1,1,month,20.00,incomplete_expired,2026-01-07 10:00,2026-01-07 10:00,2026-01-07 10:00,2026-02-07 10:00,,,,,2026-01-08 10:00,
sub_4,cus_4,,dan@example.com,price_1,1,month,20.00,active,2026-01-08 10:00,2026-01-08 10:00,2026-03-08 10:00,2026-04-08 10:00,,,,2026-03-20 10:00,,
"""
PAYMENTS = """id,Created date (UTC),Amount,Amount Refunded,Currency,Converted Amount,Fee,Description,Status,Customer ID,Customer Email,Captured
ch_1,2026-01-05 14:33:07,20.50,0.00,eur,20.50,0.90,Order 1,Paid,cus_1,ada@example.com,true
ch_2,2026-01-06 14:33:07,10.00,10.00,eur,10.00,0.50,Order 2,Refunded,cus_2,ben@example.com,true
ch_3,2026-01-07 14:33:07,99.00,0.00,eur,99.00,0.00,Order 3,Failed,cus_3,cyd@example.com,false
"""
REFUNDS = """id,Amount,Currency,Created (UTC),Status,Reason,Charge ID,Customer Email
re_1,10.00,eur,2026-01-09 10:00:00,succeeded,requested_by_customer,ch_2,ben@example.com
re_2,5.00,eur,2026-01-09 11:00:00,failed,,ch_1,ada@example.com
"""
ZENDESK = """Summation column,Id,Requester,Requester id,Requester external id,Requester email,Submitter,Assignee,Group,Subject,Tags,Status,Priority,Via,Created at,Updated at,Satisfaction Score
1,101,Ada,9001,,ada@example.com,Ada,Bob,Support,My grinder is loud,grinder,Solved,Normal,Mail,2026-01-05 10:00:00,2026-01-06 10:00:00,Good
1,102,Ben,9002,,ben@example.com,Ben,Bob,Support,Where is my order?,,Open,High,Web form,2026-01-05 11:00:00,2026-01-05 11:00:00,Not Offered
"""
CHATWOOT = """Agent Name,Rating,Feedback Comment,Contact Name,Contact Email Address,Contact Phone Number,Link to the conversation,Recorded date
Bob (bob@example.com),5,Quick and kind,Ada,ada@example.com,,https://chat.example.com/app/accounts/1/conversations/7,2026-01-05 10:00:00
Bob (bob@example.com),1,,Ben,ben@example.com,,https://chat.example.com/app/accounts/1/conversations/8,2026-01-06 10:00:00
"""
INTERCOM = """message_id,message_body,message_type,message_created_at,message_author_type,message_author_id,message_author_user_id,message_author_name,message_author_email,conversation_tags,conversation_id,conversation_state
m1,The app does not start,conversation_message,2026-01-05 10:00:00,user,5f,u1,Ada,ada@example.com,,c1,closed
m2,Have you tried again?,comment,2026-01-05 10:05:00,admin,1,,Bob,bob@example.com,,c1,closed
m3,Yes and it works now,comment,2026-01-05 10:10:00,lead,5g,,Ada,ada@example.com,,c1,closed
"""
RATINGS = """number,threadid,threadCreatedAt,id,type,ratingId,ratingCustomerId,ratingComments,ratingCreatedAt,ratingCustomerName,ratingUserName
10,501,2026-01-05T10:00:00Z,901,email,1,7001,Wonderful help from all of you,2026-01-05T12:00:00Z,Ada,Bob
11,502,2026-01-06T10:00:00Z,902,email,3,7002,I am still waiting for an answer,2026-01-06T12:00:00Z,Ben,Bob
"""
DELIGHTED = """Response ID,Survey Type,Score,Comment,Permalink,Created At,Person ID,Person Email
1,nps,9,Great coffee and quick delivery,https://app.delighted.example/r/1,2026-01-05 10:00:00,10,ada@example.com
2,nps,3,,https://app.delighted.example/r/2,2026-01-06 10:00:00,11,ben@example.com
"""
QUALTRICS = """StartDate,EndDate,Status,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,RecipientLastName,RecipientFirstName,RecipientEmail,ExternalReference,DistributionChannel,UserLanguage,Q1_NPS_GROUP,Q1,Q2
Start Date,End Date,Response Type,Progress,Duration (in seconds),Finished,Recorded Date,Response ID,Recipient Last Name,Recipient First Name,Recipient Email,External Data Reference,Distribution Channel,User Language,"How likely are you
to recommend us? - Group",How likely are you to recommend us?,"Why, exactly?"
"{""ImportId"":""startDate"",""timeZone"":""America/Denver""}","{""ImportId"":""endDate"",""timeZone"":""America/Denver""}","{""ImportId"":""status""}","{""ImportId"":""progress""}","{""ImportId"":""duration""}","{""ImportId"":""finished""}","{""ImportId"":""recordedDate"",""timeZone"":""America/Denver""}","{""ImportId"":""_recordId""}","{""ImportId"":""recipientLastName""}","{""ImportId"":""recipientFirstName""}","{""ImportId"":""recipientEmail""}","{""ImportId"":""externalDataReference""}","{""ImportId"":""distributionChannel""}","{""ImportId"":""userLanguage""}","{""ImportId"":""QID1_NPS_GROUP""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2_TEXT""}"
2026-01-05 10:00:00,2026-01-05 10:04:00,0,100,240,1,2026-01-05 10:04:01,R_1,King,Ada,ada@example.com,,email,EN,Promoter,9,It grinds well and looks good
2026-07-05 10:00:00,2026-07-05 10:01:00,0,40,60,0,2026-07-12 10:01:00,R_2,,,ben@example.com,,email,EN,Detractor,2,
2026-07-05 10:00:00,2026-07-05 10:02:00,0,100,120,1,2026-07-05 10:02:00,R_3,,,cyd@example.com,,email,EN,Detractor,3,Too loud for my kitchen
"""
FORMBRICKS = """No.,Response ID,Timestamp,Finished,Survey ID,Formbricks ID (internal),User ID,Notes,Tags,url,1. How likely are you to recommend us?,2. Why?
1,cm1,2026-01-05 10:00:00,Yes,s1,p1,u1,,,https://shop.example.com,9,It is easy to clean
2,cm2,2026-01-06 10:00:00,Yes,s1,p2,u2,,,https://shop.example.com,4,The tank is too small
"""
FILES = {
    "Stripe's subscriptions": (SUBSCRIPTIONS, Shape.CONTRACTS),
    "Stripe's payments": (PAYMENTS, Shape.ORDERS),
    "Stripe's refunds": (REFUNDS, Shape.ORDERS),
    "Zendesk's tickets": (ZENDESK, Shape.MESSAGES),
    "Intercom's messages": (INTERCOM, Shape.MESSAGES),
    "Chatwoot's CSAT answers": (CHATWOOT, Shape.ANSWERS),
    "Help Scout's ratings": (RATINGS, Shape.MESSAGES),
    "Delighted's answers": (DELIGHTED, Shape.ANSWERS),
    "Qualtrics' answers": (QUALTRICS, Shape.ANSWERS),
    "Formbricks' answers": (FORMBRICKS, Shape.ANSWERS),
}


@pytest.mark.parametrize("name", FILES)
def test_an_export_is_recognised_and_says_so(door: Door, name: str) -> None:
    content, shape = FILES[name]
    plan = door.plan(door.write(content))
    assert plan.reasons[0] == f"This is an export of {name}."
    assert plan.shape is shape
    assert plan.problems == ()


@pytest.mark.parametrize("name", FILES)
def test_an_export_with_its_columns_in_another_order_is_the_same_and_adds_nothing(
    door: Door, name: str
) -> None:
    content, _ = FILES[name]
    first = door.text(content)
    assert first.stored > 0
    again = door.text(content)
    assert (again.stored, again.duplicate, again.parked) == (0, first.stored, first.parked)


def test_subscriptions_of_stripe_run_until_they_ended(door: Door) -> None:
    summary = door.text(SUBSCRIPTIONS)
    assert (summary.stored, summary.parked) == (3, 1)
    assert door.rows("person, kind, occurred_at, text", "kind = 'left'") == [
        ("cus_2", "left", at(2026, 3, 6, 10), "too_expensive")
    ]
    assert [person for (person,) in door.rows("person", "kind = 'joined'")] == ["cus_1", "cus_2", "cus_4"]
    (fault,) = summary.parked_rows.to_pylist()
    assert (fault["row"], fault["field"], fault["value"]) == (3, "Status", "incomplete_expired")
    # A month later one more has ended.
    later = door.text(SUBSCRIPTIONS.replace("2026-03-20 10:00,,", "2026-03-20 10:00,2026-04-08 10:00,"))
    assert (later.stored, later.duplicate) == (1, 2)


def test_payments_of_stripe_that_failed_are_none_and_refunds_go_back(door: Door) -> None:
    assert (door.text(PAYMENTS).stored, door.text(REFUNDS).stored) == (2, 1)
    rows = door.rows("id, name, value, currency, person")
    assert [(key, name, str(value)) for key, name, value, _, _ in rows] == [
        ("stripe.ch_1", "order", "20.5000"),
        ("stripe.ch_2", "order", "10.0000"),
        ("stripe.re_1", "return", "-10.0000"),
    ]
    assert {currency for _, _, _, currency, _ in rows} == {"EUR"}


def test_a_row_whose_status_has_changed_is_known(door: Door) -> None:
    door.text(PAYMENTS)
    later = door.text(
        PAYMENTS.replace(",0.00,eur,20.50,0.90,Order 1,Paid", ",20.50,eur,20.50,0.90,Order 1,Refunded")
    )
    assert (later.stored, later.duplicate) == (0, 2)
    door.text(ZENDESK)
    assert door.text(ZENDESK.replace("Open", "Solved")).stored == 0


def test_tickets_of_zendesk_in_json_have_their_words(door: Door) -> None:
    tickets = [
        {
            "id": n,
            "url": f"https://x.zendesk.example/api/v2/tickets/{n}.json",
            "via": {"channel": "email", "source": {"rel": None}},
            "created_at": f"2026-01-0{n}T22:55:29Z",
            "subject": "Help",
            "description": f"The grinder is on fire, for the {n}. time.\nWhat shall I do?",
            "status": "open",
            "requester": {"id": 9, "name": "Ada", "email": "ada@example.com"},
            "satisfaction_rating": {"score": "good", "comment": "thanks"},
            "comments": [{"body": "The grinder is on fire"}],
        }
        for n in (1, 2)
    ]
    path = door.write("\n".join(json.dumps(ticket) for ticket in tickets), "tickets.json")
    plan = door.plan(path)
    assert plan.reasons[0] == "This is an export of Zendesk's tickets (JSON)."
    door.take(path)
    first, _ = door.rows("id, person, channel, text, occurred_at")
    assert first == (
        "zendesk.1",
        "ada@example.com",
        "email",
        "The grinder is on fire, for the 1. time.\nWhat shall I do?",
        at(2026, 1, 1, 22, 55, 29),
    )


def test_conversations_of_help_scout_in_json(door: Door) -> None:
    line = {
        "id": 1,
        "number": 12,
        "subject": "Order",
        "preview": "Where is my order? It is late.",
        "status": "active",
        "createdAt": "2026-01-05T10:00:00Z",
        "primaryCustomer": {"id": 7, "first": "Ada", "email": "ada@example.com"},
        "source": {"type": "email", "via": "customer"},
    }
    path = door.write(
        json.dumps(line) + "\n" + json.dumps(line | {"id": 2, "number": 13}), "conversations.json"
    )
    assert "Help Scout's conversations" in door.plan(path).reasons[0]
    door.take(path)
    assert [row[0] for row in door.rows("id")] == ["helpscout.1", "helpscout.2"]
    assert door.rows("person, channel")[0] == ("ada@example.com", "email")


def test_only_what_customers_wrote_is_taken_of_intercom(door: Door) -> None:
    summary = door.text(INTERCOM)
    assert (summary.stored, summary.parked) == (2, 1)
    assert "Have you tried again?" not in [text for (text,) in door.rows("text")]


def test_the_three_heads_of_qualtrics_are_no_data_and_its_dates_are_in_its_zone(door: Door) -> None:
    summary = door.text(QUALTRICS)
    assert (summary.read, summary.stored, summary.parked) == (3, 2, 1)
    assert door.rows("id, person, name, score, occurred_at") == [
        ("qualtrics.R_1", "ada@example.com", "nps", 9, at(2026, 1, 5, 17, 4, 1)),
        ("qualtrics.R_3", "cyd@example.com", "nps", 3, at(2026, 7, 5, 16, 2)),  # summer time
    ]
    two = "\n".join(line for line in QUALTRICS.split("\n") if "ImportId" not in line)
    assert door.text(two.replace("R_", "S_")).read == 3


def test_answers_of_chatwoot_and_delighted_are_on_their_scales(door: Door) -> None:
    door.text(CHATWOOT)
    door.text(DELIGHTED)
    assert sorted(door.rows("name, score, person", "kind = 'rated'")) == [
        ("csat", 1, "ben@example.com"),
        ("csat", 5, "ada@example.com"),
        ("nps", 3, "ben@example.com"),
        ("nps", 9, "ada@example.com"),
    ]


def test_what_a_person_states_counts_more(door: Door) -> None:
    path = door.write(SUBSCRIPTIONS)
    by_mail = door.plan(path, "person=Customer Email")
    assert by_mail.fields["person"].column is not None
    assert by_mail.fields["person"].column.name == "Customer Email"
    assert by_mail.fields["end"].column is not None
    assert by_mail.fields["end"].column.name == "Ended At (UTC)"
    whole = door.plan(door.write(PAYMENTS), "id=id", "person=Customer ID", "time=Created date (UTC)")
    assert whole.fields["id"].known_by == "stripe.", "a form states everything, also what was known"
    other = door.plan(door.write(SUBSCRIPTIONS), shape=Shape.TRAITS)
    assert "export" not in other.reasons[0]
