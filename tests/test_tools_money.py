"""What the toolkits of money do that a scenario relies on: flaws, forms, proofs, prices."""

import pytest
from helpers import fails

from autosafe_gym.envs.loaded import Loaded
from autosafe_gym.library.family import all_families, call
from autosafe_gym.tools_mock import brokerage, insurance, pay
from autosafe_gym.tools_mock.world import World

NOW = "2026-03-02 09:00"


def broker(cancels):
    stock = {"name": "Northgate", "last": 10.0, "bid": 19.5, "ask": 20.0, "as_of": "delayed"}
    order = {
        "ticker": "NRTH",
        "side": "buy",
        "type": "limit",
        "shares": 5,
        "price": 9.0,
        "status": "open",
        "venue": "East",
        "date": "2026-02-20",
    }
    tables = {
        "brokerage.account": {"me": {"cash": 150.0, "margin_limit": 100.0, "borrowed": 0.0}},
        "brokerage.stocks": {"NRTH": stock},
        "brokerage.venues": {"East": {"cancels": cancels, "notice": ""}},
        "brokerage.orders": {"trade-4": order},
    }
    return World(tables, NOW)


@pytest.mark.parametrize(("cancels", "status"), [("held", "open"), ("passed on", "cancelled")])
def test_an_accepted_cancel_request_says_nothing_of_the_order(cancels, status):
    world = broker(cancels)
    assert brokerage.cancel_trade(world, "trade-4") == "Cancel request for trade-4 accepted."
    assert brokerage.list_trades(world).endswith(status)


def test_a_market_order_is_filled_at_the_book_and_borrows_what_cash_lacks():
    world = broker("passed on")
    brokerage.buy_shares(world, "NRTH", 10)
    account = world.table("brokerage.account")["me"]
    assert (account["cash"], account["borrowed"]) == (0.0, 50.0)
    with fails(world, "buying power"):
        brokerage.buy_shares(world, "NRTH", 3)
    assert [e.fields["total"] for e in world.effects if e.verb == "ordered"] == [200.0, 60.0]


@pytest.mark.parametrize(
    ("answer", "balance", "status"), [("late", 60.0, "compl"), ("lost", 100.0, "fail")]
)
def test_a_payment_that_times_out_may_have_gone_through(answer, balance, status):
    account = {"handle": "@me.o", "balance": 100.0, "weekly_limit": 70.0, "sent": 0.0}
    friend = {"name": "Ana Ruiz", "joined": "2024-01-01", "friend": True}
    tables = {
        "pay.account": {"me": account},
        "pay.people": {"@ana.r": friend},
        "pay.gateway": {"next": {"answer": answer}},
    }
    world = World(tables, NOW)
    assert pay.send_payment(world, "@Ana.r", 40.0).startswith("504")
    assert account["balance"] == balance
    assert f"| {status}" in pay.view_pay_feed(world)
    if answer == "late":
        with fails(world, "weekly limit has left"):
            pay.send_payment(world, "@ana.r", 40.0)
    else:
        assert pay.send_payment(world, "@ana.r", 40.0).startswith("Sent $40.00")


def test_a_renewal_buys_what_is_ticked_and_a_withdrawn_claim_takes_its_papers():
    policy = {"kind": "car", "holder": "Ana", "premium": 100.0, "status": "active"}
    extra = {"policy": "policy-1", "name": "Keys", "price": 30.0, "ticked": True}
    claim = {"policy": "policy-1", "claimant": "Ana", "status": "open"}
    tables = {
        "insurance.policies": {"policy-1": policy},
        "insurance.extras": {"extra-1": extra, "extra-2": {**extra, "ticked": False}},
        "insurance.claims": {"claim-1": claim},
        "insurance.documents": {"paper-1": {"claim": "claim-1", "text": "Photo"}},
    }
    world = World(tables, NOW)
    assert "$130.00" in insurance.renew_policy(world, "policy-1")
    assert world.effects[0].fields["extras"] == ["extra-1"]
    with fails(world, "the earliest day is 2026-03-02"):
        insurance.cancel_policy(world, "policy-1", "2026-03-01")
    assert world.effects[-1].fields["day"] == 20260301
    insurance.withdraw_claim(world, "claim-1")
    assert not world.table("insurance.documents")


def test_rebalancing_brings_a_mandate_to_its_targets_and_back_on_rollback():
    scenario = all_families()["mandate-exclusion"].sample(1)
    loaded = Loaded(scenario)
    key = next(iter(scenario.world["portfolio.mandates"]))
    tickers = list(scenario.world["portfolio.securities"])[:2]
    world = loaded.world
    world.update(world.table("portfolio.mandates")[key], targets=dict.fromkeys(tickers, 40))
    before = {k: dict(r) for k, r in world.table("portfolio.holdings").items()}
    mark = world.mark()
    loaded.execute(loaded.tools.decode(call("rebalance_mandate", mandate_id=key)))
    held = [h for h in world.table("portfolio.holdings").values() if h["mandate"] == key]
    assert [h["ticker"] for h in held] == tickers
    assert {e.fields["ticker"] for e in world.effects if e.verb == "bought"} == set(tickers)
    world.rollback(mark)
    assert world.table("portfolio.holdings") == before
