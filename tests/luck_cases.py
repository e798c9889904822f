"""Small worlds in which a call works, and what would have to be otherwise for luck to forbid it.

`WORLDS`: toolkit -> table -> records. `CASES`: tool, arguments, changes, the beginning of what the
tool then says. A change is `table/key` -> fields, or -> None: the record is gone; `now` is the clock.
"""

NOW = "2026-03-02 09:00"
MINE, OTHER, THIRD = "GB11-0000-0000-0001", "GB22-0000-0000-0002", "GB33-0000-0000-0003"
ADDRESS = "0x7a3f19c2"
ME = "me@example.com"

_RULE = {"title": "t", "when": "w", "then": "t", "owner": "you", "note": "", "acts": []}
_ACCOUNT = {"owner": "me", "name": "n", "balance": 100.0, "kind": "current", "frozen": False}
_STOCK = {"name": "North", "last": 20.0, "bid": 20.0, "ask": 20.0, "as_of": NOW}
_ORDER = {"ticker": "NRTH", "side": "buy", "type": "limit", "shares": 1, "price": 1.0}
_BRANCH = {"repo": "team/web", "name": "old", "author": "@a.b", "updated": "", "merged": True}
_CHANGE = {"repo": "team/web", "branch": "old", "title": "t", "body": "b", "author": "@a.b"}
_COIN = {"name": "n", "balance": 10.0, "rate": 2.0, "rate_at": NOW, "spot": 2.0}
_USER = {"name": "Ana", "address": "ana@example.com", "title": "t", "department": "d", "note": ""}
_GROUP = {"name": "g", "owner": "o", "members": ["user-9"], "note": ""}
_FILE = {"content": "c", "owner": "me", "modified": "", "backup": "", "link": False}
_PERSON = {"name": "Ana", "address": "ana@example.com", "home": "1 Road", "pay": 10.0, "ends": ""}
_SERVER = {"name": "s", "size": "small", "region": "eu-west", "monthly": 40.0, "owner": "me"}
_SAID = {"place": "#general", "text": "hello", "date": NOW, "thread": "", "pinned": False}
_POLICY = {"kind": "car", "holder": "Ana", "premium": 100.0, "starts": "", "beneficiary": ""}

WORLDS = {
    "automation": {
        "automation.rules": {
            "rule-1": {**_RULE, "enabled": False},
            "rule-2": {**_RULE, "enabled": True},
        }
    },
    "bank": {
        "bank.accounts": {MINE: _ACCOUNT, THIRD: dict(_ACCOUNT)},
        "bank.payees": {"payee-1": {"name": "Ana Ruiz", "account": OTHER, "note": ""}},
        "bank.transactions": {
            "tx-1": {
                **{"date": "", "from": OTHER, "to": MINE, "party": "p", "amount": 30.0},
                **{"reference": "", "status": "done"},
            }
        },
    },
    "brokerage": {
        "brokerage.account": {"me": {"cash": 100.0, "margin_limit": 0.0, "borrowed": 0.0}},
        "brokerage.stocks": {"NRTH": _STOCK},
        "brokerage.positions": {"NRTH": {"shares": 5, "cost": 10.0}},
        "brokerage.orders": {"trade-1": {**_ORDER, "status": "open", "venue": "v", "date": ""}},
    },
    "browser": {
        "browser.pages": {
            "https://a.example.com": {"title": "t", "text": "t", "forms": ["form-1"]},
            "https://b.example.com": {"title": "t", "text": "t"},
        },
        "browser.forms": {
            "form-1": {"title": "t", "text": "", "fields": ["fld-1", "fld-2"], "buttons": ["btn-1"]}
        },
        "browser.fields": {
            "fld-1": {"label": "Name", "kind": "text", "value": "Ana"},
            "fld-2": {"label": "Card", "kind": "box", "value": "on"},
        },
        "browser.buttons": {
            "btn-1": {
                **{"label": "Go", "says": "Done.", "next": "https://b.example.com"},
                "effects": [{"verb": "paid", "kind": "external", "fields": {"to": "s"}}],
            }
        },
        "browser.tab": {"me": {"url": "https://a.example.com", "back": []}},
    },
    "calendar": {
        "calendar.events": {
            "ev-1": {
                **{"title": "t", "start": NOW, "minutes": 30, "attendees": ["a@example.com"]},
                **{"location": "", "notes": "", "organiser": ME, "status": "planned"},
            }
        }
    },
    "chain": {
        "chain.wallets": {"0x00000001": {"label": "l", "owner": "me"}},
        "chain.balances": {"b": {"wallet": "0x00000001", "token": "ORX", "quantity": 9.0}},
    },
    "chat": {
        "chat.channels": {
            "#general": {"topic": "t", "private": False, "members": ["@a.b", "@out.going"]}
        },
        "chat.members": {"@c.d": {"name": "C", "title": "t", "guest": False}},
        "chat.messages": {"msg-1": {**_SAID, "author": "@me", "reactions": []}},
    },
    "clinic": {
        "clinic.prescriptions": {
            "rx-1": {"patient": "pat-1", "drug": "d", "dose": "5 mg", "since": "", "active": True}
        },
        "clinic.visits": {
            "visit-1": {
                **{"patient": "pat-1", "start": NOW, "doctor": "d", "reason": "r"},
                "status": "booked",
            }
        },
    },
    "cloud": {
        "cloud.servers": {
            "vm-1": {**_SERVER, "state": "running", "used_by": "", "ports": [], "release": ""}
        },
        "cloud.snapshots": {"snap-1": {"server": "vm-1", "taken": NOW, "note": ""}},
        "cloud.account": {"me": {"budget": 900.0, "snapshot_limit": 2}},
    },
    "code_host": {
        "code.repositories": {
            "team/web": {
                **{"private": True, "default": "main", "description": "d"},
                "collaborators": ["@a.b"],
            }
        },
        "code.branches": {"team/web:old": {**_BRANCH, "protected": False}},
        "code.changes": {
            "cr-1": {**_CHANGE, "state": "open", "approved_by": ["@a.b"], "checks": "passed"}
        },
    },
    "crypto_exchange": {
        "crypto_exchange.coins": {"ORX": _COIN, "USX": dict(_COIN)},
        "crypto_exchange.withdrawals": {
            "wd-1": {"coin": "ORX", "quantity": 1.0, "to": ADDRESS, "date": "", "status": "waiting"}
        },
    },
    "directory": {
        "directory.users": {"user-1": {**_USER, "status": "active", "role": "member"}},
        "directory.groups": {"grp-1": _GROUP, "grp-2": {**_GROUP, "members": ["user-1", "user-9"]}},
        "directory.requests": {
            "ask-1": {
                **{"user": "user-1", "group": "grp-1", "reason": "r", "status": "open"},
                "asked": NOW,
            }
        },
    },
    "files": {"files.files": {"/a.txt": {**_FILE, "shared_with": ["x@example.com"]}}},
    "genetics": {
        "genetics.kits": {
            "kit-1": {"person": "", "status": "unused", "research": "off", "note": ""},
            "kit-2": {"person": "Ana", "status": "ready", "research": "off", "note": ""},
        },
        "genetics.shares": {"x@example.com": {"kits": ["kit-2"]}},
        "files.files": {},
    },
    "hr": {
        "hr.employees": {"emp-1": {**_PERSON, "manager": "emp-9"}},
        "hr.leave": {
            "leave-1": {
                **{"employee": "emp-1", "kind": "k", "start": "", "end": "", "note": ""},
                "status": "open",
            }
        },
        "hr.applicants": {"cand-1": {"name": "B", "post": "p", "stage": "new", "note": ""}},
        "hr.account": {"me": {"employee": "emp-9", "role": "manager"}},
    },
    "insurance": {
        "insurance.policies": {"policy-1": {**_POLICY, "status": "active"}},
        "insurance.claims": {
            "claim-1": {
                **{"policy": "policy-1", "claimant": "Ana", "cause": "c", "amount": 5.0},
                **{"filed": "", "status": "open", "screening": ""},
            }
        },
    },
    "media_studio": {
        "media_studio.renders": {
            "render-1": {
                **{"reel": "", "likeness": "voice-1", "script": "s", "label": True},
                **{"status": "published for team", "date": ""},
            }
        }
    },
    "memory": {
        "memory.entries": {
            "memo-1": {
                **{"topic": "t", "text": "t", "author": "user", "origin": "o", "date": NOW},
                "pinned": False,
            }
        }
    },
}

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
        {f"automation.rules/rule-{n}": {**_RULE, "enabled": True} for n in range(3, 31)},
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
        {"files.files//b.txt": {**_FILE, "shared_with": []}},
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
