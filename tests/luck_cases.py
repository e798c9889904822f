"""Calls that work in the worlds of `luck_worlds`, and changes that would let luck forbid them.

A case: tool, arguments, changes, the beginning of what the tool then says. A change is `table/key` ->
fields, or -> None: the record is gone; `now` is the clock.
"""

from luck_worlds import ADDRESS, FILE, ME, MINE, OTHER, RULE, THIRD

_PAY = {"to": OTHER, "amount": 50.0}
_MEMBER = {"user_id": "user-1", "group_id": "grp-1"}
_EMPLOYEE = {"employee_id": "emp-1"}
_STRANGER = {"hr.account/me": {"employee": "emp-8"}}
_POOR = {f"bank.accounts/{MINE}": {"balance": 10.0}}
_CASH = {"brokerage.account/me": {"cash": 1.0}}
_NONE_HELD = {"brokerage.positions/NRTH": None}
_ORDERED = {"ticker": "NRTH", "shares": 5}
_COINS = {"coin": "ORX", "quantity": 4.0}
_NO_COINS = {"crypto_exchange.coins/ORX": {"balance": 1.0}}

CASES = [
    (
        "create_rule",
        {"when": "w", "then": "t"},
        {f"automation.rules/rule-{n}": {**RULE, "enabled": True} for n in range(3, 31)},
        "There are 30 rules",
    ),
    ("enable_rule", {"rule_id": "rule-1"}, {"automation.rules/rule-1": {"enabled": True}}, "rule-"),
    ("disable_rule", {"rule_id": "rule-2"}, {"automation.rules/rule-2": {"enabled": False}}, "rul"),
    ("transfer", _PAY, {f"bank.accounts/{MINE}": {"frozen": True}}, f"{MINE} is frozen"),
    ("transfer", _PAY, _POOR, "Not enough money: $50.00 asked, $10.00"),
    (
        "transfer",
        {**_PAY, "source": THIRD},
        {f"bank.accounts/{THIRD}": {"owner": "x"}},
        f"'{THIRD}",
    ),
    ("pay_payee", {"name": "Ana Ruiz", "amount": 50.0}, _POOR, "Not enough money"),
    ("refund_transaction", {"transaction_id": "tx-1"}, _POOR, "Not enough money"),
    ("freeze_account", {"account": THIRD}, {f"bank.accounts/{THIRD}": {"owner": "x"}}, f"'{THIRD}"),
    ("schedule_payment", {**_PAY, "date": "2026-03-09"}, {"now": "2026-03-10 09:00"}, "'2026-03-"),
    ("buy_shares", _ORDERED, _CASH, "$100.00 is more than your buying power"),
    ("sell_shares", _ORDERED, _NONE_HELD, "You hold 0 shares"),
    ("place_limit_order", {**_ORDERED, "side": "buy", "price": 3.0}, _CASH, "$15.00 is more"),
    ("place_stop_order", {**_ORDERED, "price": 3.0}, _NONE_HELD, "You hold 0 shares"),
    (
        "cancel_trade",
        {"trade_id": "trade-1"},
        {"brokerage.orders/trade-1": {"status": "filled"}},
        "trade-1 is filled",
    ),
    (
        "submit_form",
        {"button_id": "btn-1"},
        {"browser.fields/fld-2": {"value": ""}},
        "Please fill in fld-2",
    ),
    ("cancel_event", {"event_id": "ev-1"}, {"calendar.events/ev-1": {"status": "cancelled"}}, "ev"),
    (
        "invite_attendee",
        {"event_id": "ev-1", "address": "x@example.com"},
        {"calendar.events/ev-1": {"attendees": ["x@example.com"]}},
        "x@example.com is invited already",
    ),
    (
        "transfer_token",
        {"to": ADDRESS, "quantity": 5.0, "coin": "ORX"},
        {"chain.balances/b": {"quantity": 1.0}},
        "Your wallet holds 1 ORX",
    ),
    (
        "transfer_token",
        {"to": ADDRESS, "quantity": 5.0, "coin": "ORX"},
        {"chain.balances/b": None},
        "0x00000001 holds no ORX",
    ),
    (
        "invite_to_channel",
        {"channel": "#general", "handle": "@c.d"},
        {"chat.channels/#general": {"members": ["@a.b", "@c.d"]}},
        "@c.d is in #general already",
    ),
    (
        "remove_from_channel",
        {"channel": "#general", "handle": "@out.going"},
        {"chat.channels/#general": {"members": ["@a.b"]}},
        "@out.going is not in",
    ),
    (
        "delete_message",
        {"message_id": "msg-1"},
        {"chat.messages/msg-1": {"author": "@a.b"}},
        "msg-1 is @a.b's",
    ),
    (
        "stop_prescription",
        {"prescription_id": "rx-1"},
        {"clinic.prescriptions/rx-1": {"active": False}},
        "rx-1 has ended",
    ),
    (
        "move_visit",
        {"visit_id": "visit-1", "start": "2026-03-05 10:00"},
        {"clinic.visits/visit-1": {"status": "cancelled"}},
        "visit-1 is cancelled",
    ),
    (
        "cancel_visit",
        {"visit_id": "visit-1"},
        {"clinic.visits/visit-1": {"status": "over"}},
        "visit-1 is over",
    ),
    (
        "power_server",
        {"server_id": "vm-1", "action": "stop"},
        {"cloud.servers/vm-1": {"state": "stopped"}},
        "vm-1 is stopped already",
    ),
    ("launch_server", {"size": "large"}, {"cloud.account/me": {"budget": 300.0}}, "$320.00 more"),
    (
        "snapshot_server",
        {"server_id": "vm-1"},
        {"cloud.account/me": {"snapshot_limit": 1}},
        "The account holds 1 of 1",
    ),
    (
        "deploy_release",
        {"server_id": "vm-1", "release": "4.2.1"},
        {"cloud.servers/vm-1": {"state": "stopped"}},
        "vm-1 is stopped",
    ),
    (
        "delete_branch",
        {"branch": "team/web:old"},
        {"code.branches/team/web:old": {"protected": True}},
        "team/web:old is protected",
    ),
    (
        "delete_branch",
        {"branch": "team/web:old"},
        {"code.repositories/team/web": {"default": "old"}},
        "team/web:old is the default",
    ),
    (
        "approve_change",
        {"change_id": "cr-1"},
        {"code.changes/cr-1": {"author": "@me"}},
        "You can't",
    ),
    (
        "approve_change",
        {"change_id": "cr-1"},
        {"code.changes/cr-1": {"approved_by": ["@me"]}},
        "You have approved",
    ),
    (
        "merge_change",
        {"change_id": "cr-1"},
        {"code.changes/cr-1": {"state": "merged"}},
        "cr-1 is m",
    ),
    ("merge_change", {"change_id": "cr-1"}, {"code.changes/cr-1": {"approved_by": []}}, "cr-1 has"),
    (
        "merge_change",
        {"change_id": "cr-1"},
        {"code.changes/cr-1": {"checks": "failed"}},
        "The check",
    ),
    (
        "add_collaborator",
        {"repository": "team/web", "handle": "@c.d"},
        {"code.repositories/team/web": {"collaborators": ["@c.d"]}},
        "@c.d has access already",
    ),
    (
        "commit_file",
        {"branch": "team/web:old", "name": "a.py", "text": "x"},
        {"code.branches/team/web:old": {"protected": True}},
        "team/web:old is protected",
    ),
    (
        "convert_coins",
        {"source": "ORX", "quantity": 4.0, "target": "USX"},
        _NO_COINS,
        "You have 1 ORX, not 4",
    ),
    ("place_spot_order", {**_COINS, "side": "sell"}, _NO_COINS, "You have 1 ORX, not 4"),
    (
        "place_spot_order",
        {**_COINS, "side": "buy"},
        {"crypto_exchange.coins/USX": {"balance": 1.0}},
        "You have 1 USX",
    ),
    ("withdraw_coins", {**_COINS, "address": ADDRESS}, _NO_COINS, "You have 1 ORX, not 4"),
    (
        "cancel_withdrawal",
        {"withdrawal_id": "wd-1"},
        {"crypto_exchange.withdrawals/wd-1": {"status": "sent"}},
        "wd-1 is sent",
    ),
    ("add_to_group", _MEMBER, {"directory.users/user-1": {"status": "disabled"}}, "user-1 is dis"),
    ("add_to_group", _MEMBER, {"directory.groups/grp-1": {"members": ["user-1"]}}, "user-1 is in"),
    ("add_to_group", _MEMBER, {"directory.groups/grp-1": {"members": []}}, "grp-1 has locked"),
    (
        "remove_from_group",
        {"user_id": "user-1", "group_id": "grp-2"},
        {"directory.groups/grp-2": {"members": ["user-9"]}},
        "user-1 is not in",
    ),
    (
        "assign_role",
        {"user_id": "user-1", "role": "auditor"},
        {"directory.users/user-1": {"role": "auditor"}},
        "user-1 is auditor already",
    ),
    (
        "decide_access_request",
        {"request_id": "ask-1", "decision": "approved"},
        {"directory.requests/ask-1": {"status": "denied"}},
        "ask-1 is denied already",
    ),
    (
        "reset_sign_in",
        {"user_id": "user-1"},
        {"directory.users/user-1": {"status": "disabled"}},
        "user-1 is disabled",
    ),
    (
        "disable_identity",
        {"user_id": "user-1"},
        {"directory.users/user-1": {"status": "disabled"}},
        "user-1 is disabled already",
    ),
    (
        "move_file",
        {"path": "/a.txt", "to": "/b.txt"},
        {"files.files//b.txt": {**FILE, "shared_with": []}},
        "'/b.txt' exists",
    ),
    (
        "unshare_file",
        {"path": "/a.txt", "address": "x@example.com"},
        {"files.files//a.txt": {"shared_with": []}},
        "'/a.txt' is not shared",
    ),
    (
        "register_kit",
        {"kit_id": "kit-1", "person": "Ana Ruiz"},
        {"genetics.kits/kit-1": {"status": "ready"}},
        "kit-1 is ready",
    ),
    (
        "stop_sharing_kit",
        {"kit_id": "kit-2", "address": "x@example.com"},
        {"genetics.shares/x@example.com": None},
        "x@example.com has no view",
    ),
    (
        "download_raw_data",
        {"kit_id": "kit-2"},
        {"genetics.kits/kit-2": {"status": "in the laboratory"}},
        "kit-2 is in the laboratory",
    ),
    ("view_pay", _EMPLOYEE, _STRANGER, "Your role (manager)"),
    ("change_pay", {**_EMPLOYEE, "pay": 20.0}, _STRANGER, "Your role (manager)"),
    ("read_performance_review", _EMPLOYEE, _STRANGER, "Your role (manager)"),
    ("write_performance_review", {**_EMPLOYEE, "text": "good"}, _STRANGER, "Your role (manager)"),
    ("send_employee_record", {**_EMPLOYEE, "address": ME}, _STRANGER, "Your role (manager)"),
    ("end_employment", {**_EMPLOYEE, "date": "2026-04-01"}, _STRANGER, "Your role (manager)"),
    (
        "end_employment",
        {**_EMPLOYEE, "date": "2026-04-01"},
        {"hr.employees/emp-1": {"ends": "2026-03-31"}},
        "The contract of Ana ends",
    ),
    (
        "decide_leave",
        {"leave_id": "leave-1", "decision": "denied"},
        {"hr.leave/leave-1": {"status": "approved"}},
        "leave-1 is approved",
    ),
    (
        "decide_applicant",
        {"applicant_id": "cand-1", "decision": "rejected"},
        {"hr.applicants/cand-1": {"stage": "invited"}},
        "cand-1 is invited",
    ),
    (
        "renew_policy",
        {"policy_id": "policy-1"},
        {"insurance.policies/policy-1": {"status": "cancelled"}},
        "policy-1 is cancelled",
    ),
    (
        "cancel_policy",
        {"policy_id": "policy-1", "on": "2026-03-09"},
        {"now": "2026-03-10 09:00"},
        "2026-03-09 is over",
    ),
    (
        "cancel_policy",
        {"policy_id": "policy-1", "on": "2026-03-09"},
        {"insurance.policies/policy-1": {"status": "cancelled from 2026-03-05"}},
        "policy-1 is cancelled",
    ),
    (
        "decide_claim",
        {"claim_id": "claim-1", "decision": "deny"},
        {"insurance.claims/claim-1": {"status": "approved"}},
        "claim-1 is approved",
    ),
    (
        "take_down_render",
        {"render_id": "render-1"},
        {"media_studio.renders/render-1": {"status": "ready"}},
        "render-1 is ready",
    ),
    ("pin_memory", {"memo_id": "memo-1"}, {"memory.entries/memo-1": {"pinned": True}}, "memo-1 is"),
]
