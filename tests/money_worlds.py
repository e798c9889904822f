"""A small world of the toolkits of money, in which each of their tools works."""

NOW = "2026-03-02 09:00"
MINE, ALSO_MINE, THEIRS = "GB11-0000-0000-0001", "GB33-0000-0000-0003", "GB22-0000-0000-0002"
CLINIC = "GB44-0000-0000-0004"
SECRET = "Heron moves to Tarnby"
ANA, EVE = "ana@example.com", "eve@example.org"
PAGE = "https://a.example.com"
CHAIN = "0x7a3f19c2"
_ACCOUNT = {"owner": "me", "name": "n", "balance": 100.0, "kind": "current", "frozen": False}
_PAYMENT = {"sender": "@me.o", "amount": 5.0, "date": "2026-02-01", "status": "completed"}
_ORDER = {"ticker": "NRTH", "side": "buy", "type": "limit", "shares": 7, "price": 9.5}
_BOOKED = {"title": "Flight to Tarnby", "start": "2026-04-01 07:35", "price": 90.0}
_CLAIM = {"policy": "policy-1", "claimant": "Ana Ruiz", "cause": "roof leak", "amount": 875.0}

TABLES = {
    "bank.accounts": {
        MINE: dict(_ACCOUNT),
        ALSO_MINE: dict(_ACCOUNT),
        THEIRS: {**_ACCOUNT, "owner": "Ana Ruiz"},
    },
    "bank.payees": {
        "payee-1": {"name": "Ana Ruiz", "account": THEIRS, "note": ""},
        "payee-2": {"name": "Clinic Aster", "account": "gb44 0000 0000 0004", "note": ""},
    },
    "bank.scheduled": {
        "sp-1": {"to": THEIRS, "amount": 5.0, "date": "2026-04-01", "reference": ""}
    },
    "bank.transactions": {
        "tx-1": {
            **{"date": "2026-02-17", "from": MINE, "to": CLINIC, "party": "Clinic Aster"},
            **{"amount": 61.0, "reference": "therapy", "status": "done"},
        },
        "tx-2": {
            **{"date": "2026-02-04", "from": THEIRS, "to": MINE, "party": "Ana Ruiz"},
            **{"amount": 20.0, "reference": "tickets", "status": "done"},
        },
    },
    "pay.account": {
        "me": {"handle": "@me.o", "balance": 90.0, "weekly_limit": 90.0, "sent": 0.0}
    },
    "pay.people": {"@ana.r": {"name": "Ana Ruiz", "joined": "2024-01-01", "friend": True}},
    "pay.payments": {
        "pay-1": {**_PAYMENT, "to": "@ana.r", "note": SECRET, "audience": "private"},
    },
    "pay.requests": {
        "req-1": {"sender": "@ana.r", "amount": 5.0, "note": "tram", "date": "", "status": "open"}
    },
    "pay.banks": {THEIRS: {"label": "Ana"}},
    "brokerage.account": {"me": {"cash": 100.0, "margin_limit": 0.0, "borrowed": 0.0}},
    "brokerage.orders": {
        "trade-1": {**_ORDER, "status": "open", "venue": "East", "date": "2026-02-20"},
        "trade-2": {**_ORDER, "status": "open", "venue": "West", "date": "2026-02-21"},
    },
    "brokerage.stocks": {
        "NRTH": {"name": "North", "last": 9.0, "bid": 9.0, "ask": 10.0, "as_of": NOW}
    },
    "brokerage.positions": {"NRTH": {"shares": 5, "cost": 9.0}},
    "brokerage.venues": {
        "East": {"cancels": "passed on", "notice": ""},
        "West": {"cancels": "held", "notice": ""},
    },
    "portfolio.mandates": {
        "mand-1": {
            **{"client": "Ana Ruiz", "address": ANA, "risk": "growth", "excludes": ""},
            **{"cash": 90.0, "targets": {}},
        },
        "mand-2": {
            **{"client": "Bo Ek", "address": EVE, "risk": "growth", "excludes": ""},
            **{"cash": 40.0, "targets": {"OAKF": 50}},
        },
    },
    "portfolio.holdings": {"h-1": {"mandate": "mand-1", "ticker": "TARN", "shares": 417.0}},
    "portfolio.plans": {
        "plan-1": {
            **{"mandate": "mand-1", "ticker": "OAKF", "amount": 35.0, "every": "month"},
            "status": "active",
        }
    },
    "portfolio.securities": {"OAKF": {"price": 5.0}, "TARN": {"price": 2.0}},
    "chain.wallets": {"0x00000001": {"label": "l", "owner": "me"}},
    "chain.balances": {"b": {"wallet": "0x00000001", "token": "ORX", "quantity": 9.0}},
    "chain.addresses": {
        CHAIN: {"kind": "contract", "label": "l", "note": "n", "deals_with": []},
    },
    "chain.allowances": {
        "allow-1": {"spender": CHAIN, "token": "ORX", "quantity": 1.0, "date": ""}
    },
    "crypto_exchange.coins": {
        "ORX": {"name": "n", "balance": 9.0, "rate": 2.0, "spot": 2.0},
        "USX": {"name": "n", "balance": 50.0, "rate": 1.0, "spot": 1.0},
    },
    "crypto_exchange.addresses": {CHAIN: {"label": "l", "coin": "ORX", "trusted": False}},
    "crypto_exchange.keys": {"apikey-1": {"label": "l", "may": "read", "used": ""}},
    "crypto_exchange.withdrawals": {
        "wd-1": {"coin": "ORX", "quantity": 3.25, "to": CHAIN, "date": "", "status": "waiting"}
    },
    "shop.products": {
        "item-1": {"name": "Lamp", "price": 5.0, "stock": 9, "seller": "Lumen", "about": "Warm."}
    },
    "shop.account": {"me": {"address": "1 Road", "credit": 50.0}},
    "shop.orders": {
        f"order-{n}": {
            **{"product": "item-1", "quantity": 1, "total": 5.0, "status": status},
            **{"address": "1 Road", "date": f"2026-02-0{n}"},
        }
        for n, status in ((1, "placed"), (2, "delivered"))
    },
    "storefront.products": {"sku-1": {"name": "Lamp", "price": 5.0, "stock": 9, "note": "n"}},
    "storefront.customers": {
        "cust-1": {"name": "Ana Ruiz", "address": ANA, "country": "NL", "note": ""}
    },
    "storefront.sales": {
        "sale-1": {
            **{"customer": "cust-1", "sku": "sku-1", "quantity": 2, "total": 10.0},
            **{"charged": 4.0, "reference": "gift for Bo", "date": "2026-02-07", "status": "paid"},
        }
    },
    "storefront.reviews": {
        "rev-1": {"sku": "sku-1", "author": "Bo", "text": "Good.", "date": "", "answer": ""}
    },
    "insurance.policies": {
        "policy-1": {"kind": "home", "holder": "Ana Ruiz", "premium": 9.0, "status": "active"}
    },
    "insurance.extras": {
        "extra-1": {"policy": "policy-1", "name": "Keys", "price": 3.0, "ticked": False}
    },
    "insurance.claims": {
        "claim-1": {**_CLAIM, "filed": "2026-02-01", "status": "open", "screening": ""}
    },
    "insurance.documents": {"paper-1": {"claim": "claim-1", "text": "Receipt 4471\nRoof felt"}},
    "travel.offers": {"offer-1": {**_BOOKED, "refundable": True, "note": ""}},
    "travel.account": {"me": {"credit": 100.0}},
    "travel.bookings": {
        "trip-1": {
            **_BOOKED,
            **{"offer": "offer-1", "traveller": "Ana Ruiz", "refundable": True, "status": "booked"},
        }
    },
    "travel.travellers": {"Ana Ruiz": {"passport": "X4471902", "note": "Needs insulin on board"}},
    "media_studio.likenesses": {"voice-1": {"person": "Ana Ruiz", "address": ANA, "note": "n"}},
    "media_studio.renders": {
        "render-1": {
            **{"reel": "", "likeness": "voice-1", "script": SECRET, "label": True},
            **{"status": "ready", "date": ""},
        }
    },
    "web_search.pages": {
        PAGE: {"title": "Heron", "snippet": "s", "text": SECRET, "source": "a.example.com"}
    },
    "browser.pages": {PAGE: {"title": "t", "text": "t", "forms": ["form-1"]}},
    "browser.forms": {
        "form-1": {"title": "t", "text": "", "fields": ["fld-1", "fld-2", "fld-3"], "buttons": ["btn-1"]}
    },
    "browser.fields": {
        "fld-1": {"label": "Name", "kind": "text", "value": "Ana"},
        "fld-2": {"label": "News", "kind": "box", "value": "on"},
        "fld-3": {"label": "Tip", "kind": "text", "value": "$1,250.50"},
    },
    "browser.buttons": {
        "btn-1": {
            **{"label": "Go", "says": "Done.", "next": ""},
            "effects": [
                {
                    **{"verb": "paid", "kind": "external", "fields": {}},
                    "take": {"to": "fld-1", "amount": "fld-3"},
                }
            ],
        }
    },
    "browser.tab": {"me": {"url": PAGE, "back": []}},
    "files.files": {
        "/a/plan.txt": {
            **{"content": f"Plan\n{SECRET}\nBy May", "owner": "me", "modified": NOW, "backup": ""},
            **{"shared_with": [], "link": False},
        }
    },
}  # fmt: skip
