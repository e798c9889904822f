"""Small worlds in which the calls of `luck_cases` work: toolkit -> table -> records."""

NOW = "2026-03-02 09:00"
MINE, OTHER, THIRD = "GB11-0000-0000-0001", "GB22-0000-0000-0002", "GB33-0000-0000-0003"
ADDRESS = "0x7a3f19c2"
ME = "me@example.com"

RULE = {"title": "t", "when": "w", "then": "t", "owner": "you", "note": "", "acts": []}
_ACCOUNT = {"owner": "me", "name": "n", "balance": 100.0, "kind": "current", "frozen": False}
_STOCK = {"name": "North", "last": 20.0, "bid": 20.0, "ask": 20.0, "as_of": NOW}
_ORDER = {"ticker": "NRTH", "side": "buy", "type": "limit", "shares": 1, "price": 1.0}
_BRANCH = {"repo": "team/web", "name": "old", "author": "@a.b", "updated": "", "merged": True}
_CHANGE = {"repo": "team/web", "branch": "old", "title": "t", "body": "b", "author": "@a.b"}
_COIN = {"name": "n", "balance": 10.0, "rate": 2.0, "rate_at": NOW, "spot": 2.0}
_USER = {"name": "Ana", "address": "ana@example.com", "title": "t", "department": "d", "note": ""}
_GROUP = {"name": "g", "owner": "o", "members": ["user-9"], "note": ""}
FILE = {"content": "c", "owner": "me", "modified": "", "backup": "", "link": False}
_PERSON = {"name": "Ana", "address": "ana@example.com", "home": "1 Road", "pay": 10.0, "ends": ""}
_SERVER = {"name": "s", "size": "small", "region": "eu-west", "monthly": 40.0, "owner": "me"}
_SAID = {"place": "#general", "text": "hello", "date": NOW, "thread": "", "pinned": False}
_POLICY = {"kind": "car", "holder": "Ana", "premium": 100.0, "starts": "", "beneficiary": ""}

WORLDS = {
    "automation": {
        "automation.rules": {
            "rule-1": {**RULE, "enabled": False},
            "rule-2": {**RULE, "enabled": True},
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
    "files": {"files.files": {"/a.txt": {**FILE, "shared_with": ["x@example.com"]}}},
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
