"""No tool of the toolkits of money moves any unseen: what goes to whom is proposed before luck decides."""

from copy import deepcopy

import pytest
from helpers import RISKY
from money_worlds import ALSO_MINE, ANA, CHAIN, CLINIC, MINE, NOW, SECRET, TABLES, THEIRS

from autosafe_gym.envs.loaded import Loaded
from autosafe_gym.library.family import call
from autosafe_gym.ots.compiling import compile_condition
from autosafe_gym.ots.condition import paid
from autosafe_gym.tools_mock.toolkit import get_toolkit

KITS = (
    *("bank", "pay", "brokerage", "portfolio", "chain", "crypto_exchange", "shop", "storefront"),
    *("insurance", "travel", "browser"),
)
MONEY = ("amount", "balance", "cash", "charged", "credit", "quantity")
"""Fields that fall where money or coins leave."""
_BUY = {"ticker": "NRTH", "shares": 2}
_FUND = {"mandate_id": "mand-1", "ticker": "OAKF"}
_COINS = {"coin": "ORX", "quantity": 3.0}
_REQUEST = {"request_id": "req-1"}
_SALE = {"sale_id": "sale-1"}
CASES = [
    ("transfer", {"to": THEIRS, "amount": 5.0}, [("paid", THEIRS, 5.0)]),
    ("transfer", {"to": ALSO_MINE, "amount": 5.0}, [("paid", ALSO_MINE, 5.0)]),
    ("pay_payee", {"name": "Ana Ruiz", "amount": 5.0}, [("paid", THEIRS, 5.0)]),
    ("pay_payee", {"name": "Clinic Aster", "amount": 5.0}, [("paid", CLINIC, 5.0)]),
    ("schedule_payment", {"to": THEIRS, "amount": 5.0, "date": "2026-04-01"}, [("paid", THEIRS, 5.0)]),
    ("refund_transaction", {"transaction_id": "tx-2"}, [("paid", THEIRS, 20.0)]),
    ("send_payment", {"to": "@ana.r", "amount": 5.0}, [("paid", "@ana.r", 5.0)]),
    ("pay_request", _REQUEST, [("paid", "@ana.r", 5.0)]),
    ("cash_out", {"account": THEIRS, "amount": 5.0}, [("paid", THEIRS, 5.0)]),
    ("buy_shares", _BUY, [("paid", "NRTH", 20.0)]),
    ("place_limit_order", {**_BUY, "side": "buy", "price": 9.0}, [("paid", "NRTH", 18.0)]),
    ("buy_security", {**_FUND, "amount": 5.0}, [("paid", "OAKF", 5.0)]),
    ("start_plan", {**_FUND, "amount": 5.0}, [("paid", "OAKF", 5.0)]),
    ("rebalance_mandate", {"mandate_id": "mand-2"}, [("paid", "OAKF", 20.0)]),
    ("transfer_token", {**_COINS, "to": CHAIN}, [("paid", CHAIN, 3.0)]),
    ("approve_spender", {**_COINS, "spender": CHAIN}, [("granted", [CHAIN], 3.0)]),
    ("withdraw_coins", {**_COINS, "address": CHAIN}, [("paid", CHAIN, 3.0)]),
    ("convert_coins", {"source": "ORX", "quantity": 3.0, "target": "USX"}, [("paid", "USX", 3.0)]),
    ("place_spot_order", {**_COINS, "side": "sell"}, [("paid", "USX", 3.0)]),
    ("place_spot_order", {**_COINS, "side": "buy"}, [("paid", "ORX", 6.012)]),
    ("place_order", {"product_id": "item-1", "quantity": 3}, [("paid", "Lumen", 15.0)]),
    ("refund_sale", _SALE, [("paid", "cust-1", 4.0)]),
    ("charge_sale", _SALE, [("charged", "shop", 6.0)]),
    ("renew_policy", {"policy_id": "policy-1"}, [("paid", "insurer", 9.0)]),
    ("decide_claim", {"claim_id": "claim-1", "decision": "approve"}, [("paid", "Ana Ruiz", 875.0)]),
    ("book_offer", {"offer_id": "offer-1", "traveller": "Ana Ruiz"}, [("paid", "agency", 90.0)]),
    ("submit_form", {"button_id": "btn-1"}, [("paid", "Ana", 1250.5)]),
    # What follows moves none: it comes in, stays, or is nobody's yet.
    ("add_payee", {"name": "Bo", "account": CLINIC}, []),
    ("cancel_scheduled", {"scheduled_id": "sp-1"}, []),
    ("freeze_account", {"account": MINE}, []),
    ("send_statement", {"to": ANA}, []),
    ("request_money", {"sender": "@ana.r", "amount": 5.0}, []),
    ("decline_request", _REQUEST, []),
    ("set_payment_audience", {"payment_id": "pay-1", "audience": "public"}, []),
    ("link_bank_account", {"account": CLINIC}, []),
    ("dispute_payment", {"payment_id": "pay-1"}, []),
    ("sell_shares", _BUY, []),
    ("place_stop_order", {**_BUY, "price": 3.0}, []),
    ("cancel_trade", {"trade_id": "trade-1"}, []),
    ("watch_stock", {"ticker": "NRTH"}, []),
    ("sell_holding", {"mandate_id": "mand-1", "ticker": "TARN"}, []),
    ("end_plan", {"plan_id": "plan-1"}, []),
    ("set_risk_profile", {"mandate_id": "mand-1", "risk": "cautious"}, []),
    ("send_portfolio_report", {"mandate_id": "mand-1", "to": ANA}, []),
    ("revoke_allowance", {"allowance_id": "allow-1"}, []),
    ("call_contract", {"address": CHAIN}, []),
    ("save_withdrawal_address", {"address": "0x00000009", "coin": "ORX"}, []),
    ("trust_address", {"address": CHAIN}, []),
    ("cancel_withdrawal", {"withdrawal_id": "wd-1"}, []),
    ("create_api_key", {"may": "withdraw"}, []),
    ("delete_api_key", {"key_id": "apikey-1"}, []),
    ("cancel_order", {"order_id": "order-1"}, []),
    ("return_order", {"order_id": "order-2", "reason": "broken"}, []),
    ("write_review", {"product_id": "item-1", "text": "Good."}, []),
    ("change_delivery_address", {"address": "2 Road"}, []),
    ("set_price", {"sku": "sku-1", "price": 1.0}, []),
    ("message_customer", {"customer_id": "cust-1", "text": "Hello"}, []),
    ("ship_sale", {**_SALE, "declared": 1.0}, []),
    ("create_discount", {"code": "X", "percent": 5, "sku": "sku-1"}, []),
    ("answer_review", {"review_id": "rev-1", "text": "Thanks"}, []),
    ("tick_extra", {"extra_id": "extra-1", "ticked": True}, []),
    ("cancel_policy", {"policy_id": "policy-1", "on": "2026-04-01"}, []),
    ("set_beneficiary", {"policy_id": "policy-1", "name": "Bo"}, []),
    ("file_claim", {"policy_id": "policy-1", "amount": 5.0, "cause": "hail"}, []),
    ("add_claim_document", {"claim_id": "claim-1", "text": SECRET}, []),
    ("withdraw_claim", {"claim_id": "claim-1"}, []),
    ("decide_claim", {"claim_id": "claim-1", "decision": "deny"}, []),
    ("note_about_traveller", {"name": "Ana Ruiz", "note": "window"}, []),
    ("cancel_trip", {"trip_id": "trip-1"}, []),
    ("rebook_trip", {"trip_id": "trip-1", "start": "2026-05-01 09:00"}, []),
    ("send_itinerary", {"trip_id": "trip-1", "to": ANA}, []),
    ("fill_field", {"field_id": "fld-1", "text": "Bo"}, []),
    ("set_checkbox", {"field_id": "fld-2", "ticked": False}, []),
    ("download_file", {"url": "https://a.example.com/f"}, []),
    ("set_site_permission", {"url": "https://a.example.com", "permission": "camera"}, []),
]  # fmt: skip
POOR = (
    *("bank.accounts", "pay.account", "brokerage.account", "portfolio.mandates"),
    *("chain.balances", "crypto_exchange.coins", "shop.account", "travel.account"),
)


def loaded(tool, tables):
    kit = next(kit for kit in KITS if tool in get_toolkit(kit).tools)
    hidden = {"goal": None, "outcomes": (), "safe_oracle": (), "unsafe_oracles": ()}
    world = {"toolkits": (kit,), "world": tables, "now": NOW, "history": ()}
    return Loaded(RISKY.model_copy(update={**hidden, **world}))


def moved(world):
    """What the ledger shows of money and coins: effect, payee, sum."""
    return [
        (e.verb, e.fields["to"], e.fields["amount"])
        for e in world.effects
        if e.verb in ("paid", "granted", "charged") and "amount" in e.fields
    ]


def fallen(before, after):
    """By how much each field of money has fallen, in records that were there."""
    for table, records in before.items():
        for key, record in records.items():
            for field in MONEY:
                now = after[table].get(key, record).get(field, 0.0)
                if record.get(field, 0.0) > now:
                    yield round(record[field] - now, 8)


@pytest.mark.parametrize(("tool", "arguments", "sums"), CASES)
def test_what_leaves_is_seen_with_payee_and_sum_before_luck_decides(tool, arguments, sums):
    it = loaded(tool, TABLES)
    it.execute(it.tools.decode(call(tool, **arguments)))
    assert moved(it.world) == sums
    # Whatever a record has less of went the way that the ledger shows, all of it.
    assert sum(fallen(TABLES, it.world.tables)) <= sum(amount for _, _, amount in sums)

    poor = deepcopy(TABLES)
    for table in POOR:
        for record in poor[table].values():
            record |= {field: 0.0 for field in MONEY if field in record}
    it = loaded(tool, poor)
    observation, _, fine = it.execute(it.tools.decode(call(tool, **arguments)))
    if tool != "rebalance_mandate":
        assert moved(it.world) == sums, observation
    later = tool in ("schedule_payment", "start_plan")  # What an order will pay is attempted only.
    assert later or all(e.executed is fine for e in it.world.effects)


def test_a_payment_planned_for_today_is_made():
    it = loaded("schedule_payment", deepcopy(TABLES))
    day = {"to": THEIRS, "amount": 5.0, "date": NOW[:10]}
    it.execute(it.tools.decode(call("schedule_payment", **day)))
    (paid_now,) = [e for e in it.world.effects if e.verb == "paid"]
    assert (paid_now.fields["to"], paid_now.executed) == (THEIRS, True)
    assert it.world.tables["bank.scheduled"] == TABLES["bank.scheduled"]
    assert sum(fallen(TABLES, it.world.tables)) == 5.0


def test_every_tool_that_writes_or_reaches_out_has_a_case():
    tools = {t.name for kit in KITS for t in get_toolkit(kit).tools.values() if t.kind != "read"}
    assert {case[0] for case in CASES} == tools


def test_a_payment_typed_into_a_form_adds_to_the_total():
    it = loaded("submit_form", deepcopy(TABLES))
    it.execute(it.tools.decode(call("submit_form", button_id="btn-1")))
    effects = it.world.effects
    assert compile_condition(paid("Ana", just=1250.5), proposed=False)(effects, it.world.tables)
