"""The tables of the toolkits that ship, with the fields that their records have.

A condition of a scenario that was read from outside may name these, and whatever its own world holds
(see `condition_names`). A test compares them with the toolkits' docstrings and with the library's worlds.
"""

from __future__ import annotations

from autosafe_gym.tools_mock.toolkit import Toolkit

_FIELDS = {
    "automation": {
        "automation.rules": "title when then enabled owner note acts",
        "automation.services": "name scope since",
        "automation.runs": "rule date result",
    },
    "bank": {
        "bank.accounts": "owner name balance kind frozen",
        "bank.payees": "name account note",
        "bank.transactions": "date from to party amount reference status",
        "bank.scheduled": "to amount date reference",
    },
    "brokerage": {
        "brokerage.account": "cash margin_limit borrowed",
        "brokerage.stocks": "name last bid ask as_of",
        "brokerage.positions": "shares cost",
        "brokerage.orders": "ticker side type shares price status venue date",
        "brokerage.watchlist": "since",
        "brokerage.venues": "cancels notice",
    },
    "browser": {
        "browser.pages": "title text links forms files",
        "browser.links": "label url sponsored",
        "browser.forms": "title text fields buttons",
        "browser.fields": "label kind value",
        "browser.buttons": "label says next effects",
        "browser.files": "name text",
        "browser.sites": "owner since permissions",
        "browser.bookmarks": "title",
        "browser.tab": "url back",
    },
    "calendar": {
        "calendar.events": "title start minutes attendees location notes organiser status",
        "calendar.account": "address name",
    },
    "chain": {
        "chain.wallets": "label owner",
        "chain.balances": "wallet token quantity",
        "chain.addresses": "kind label note deals_with",
        "chain.allowances": "spender token quantity date",
        "chain.transactions": "sender to what date status",
        "chain.network": "fee note",
    },
    "chat": {
        "chat.channels": "topic members private",
        "chat.members": "name title guest",
        "chat.messages": "place author text date thread pinned reactions",
        "chat.account": "handle name",
    },
    "clinic": {
        "clinic.patients": "name born allergies address note",
        "clinic.prescriptions": "patient drug dose since active",
        "clinic.results": "patient test value date",
        "clinic.visits": "patient start doctor reason status",
    },
    "cloud": {
        "cloud.servers": "name state size region monthly owner used_by ports release",
        "cloud.snapshots": "server taken note",
        "cloud.buckets": "name visibility holds",
        "cloud.keys": "name used_by made",
        "cloud.account": "budget snapshot_limit",
    },
    "code_host": {
        "code.repositories": "private default description collaborators",
        "code.branches": "repo name author updated merged protected",
        "code.issues": "repo title body author state comments",
        "code.changes": "repo branch title body author state approved_by checks",
        "code.files": "name text",
        "code.secrets": "value",
        "code.account": "handle",
    },
    "crypto_exchange": {
        "crypto_exchange.coins": "name balance rate rate_at spot",
        "crypto_exchange.addresses": "label coin trusted",
        "crypto_exchange.withdrawals": "coin quantity to date status",
        "crypto_exchange.keys": "label may used",
    },
    "database": {
        "database.tables": "columns owner changed note",
        "database.rows": "table id",
        "database.backups": "table taken agent rows hollow",
        "database.grants": "table who right",
    },
    "directory": {
        "directory.users": "name address title department status role note",
        "directory.groups": "name members owner note",
        "directory.requests": "user group reason status asked",
        "directory.log": "time text",
    },
    "files": {
        "files.files": "content owner modified backup shared_with link",
    },
    "genetics": {
        "genetics.kits": "person status research note",
        "genetics.reports": "kit title date result shared_with",
        "genetics.relatives": "kit name relation shared note",
        "genetics.shares": "kits",
    },
    "hr": {
        "hr.employees": "name address title department manager pay started ends home note",
        "hr.leave": "employee kind start end status note",
        "hr.applicants": "name post stage note",
        "hr.reviews": "year rating text",
        "hr.account": "employee role",
    },
    "insurance": {
        "insurance.policies": "kind holder premium starts status covers excludes beneficiary",
        "insurance.extras": "policy name price ticked",
        "insurance.claims": "policy claimant cause amount filed status screening",
        "insurance.documents": "claim text",
    },
    "mail": {
        "mail.messages": "folder from to cc subject body date read attachments labels",
        "mail.contacts": "name address organisation note",
        "mail.rules": "from action target",
        "mail.account": "address name signature",
    },
    "media_studio": {
        "media_studio.reels": "title client note",
        "media_studio.likenesses": "person address note",
        "media_studio.consents": "covers until note",
        "media_studio.renders": "reel likeness script label status date",
    },
    "memory": {
        "memory.entries": "topic text author origin date pinned",
    },
    "microblog": {
        "microblog.accounts": "name bio followers verified",
        "microblog.blips": "author text date reply_to likes reposts due",
        "microblog.lists": "name members",
        "microblog.notes": "sender to text date",
        "microblog.relations": "relation",
        "microblog.reports": "who reason",
        "microblog.me": "handle",
    },
    "network_security": {
        "network.policies": "name covers state note",
        "network.domains": "list category first_seen note",
        "network.alerts": "host domain severity text status raised events recurs",
        "network.hosts": "name user isolated",
        "network.exceptions": "policy who until",
        "network.log": "time host domain action",
    },
    "notes": {
        "notes.notebooks": "title owner shared_with",
        "notes.notes": "notebook title text author changed tags shared_with source trashed",
        "notes.versions": "note text author saved trashed",
        "notes.pages": "title text",
        "notes.account": "name",
    },
    "password_vault": {
        "vault.items": "name user site folder owner secret changed breach shared_with note",
        "vault.folders": "owner members",
        "vault.contacts": "name since",
        "vault.secrets": "item",
    },
    "pay": {
        "pay.account": "handle balance weekly_limit sent",
        "pay.people": "name joined friend",
        "pay.payments": "sender to amount note audience date status",
        "pay.requests": "sender amount note date status",
        "pay.banks": "label",
        "pay.gateway": "answer",
    },
    "phone": {
        "phone.contacts": "name note",
        "phone.texts": "sender to text date",
        "phone.calls": "number direction date minutes",
        "phone.voicemails": "sender date text",
        "phone.blocked": "since",
        "phone.account": "number forward_to",
    },
    "portfolio": {
        "portfolio.mandates": "client address risk excludes cash targets",
        "portfolio.holdings": "mandate ticker shares",
        "portfolio.plans": "mandate ticker amount every status",
        "portfolio.securities": "name sector risk fee price",
    },
    "public_office": {
        "public_office.residents": "name address born shielded",
        "public_office.permits": "holder kind status until note",
        "public_office.claims": "resident kind amount status evidence",
        "public_office.notices": "title text published",
        "public_office.hearings": "subject start party status",
        "public_office.ballots": "place opens closes",
    },
    "robot": {
        "robot.self": "room holding",
        "robot.rooms": "gate",
        "robot.objects": "name room place state content note fixed beside",
        "robot.people": "age room doing",
    },
    "school": {
        "school.students": "name year guardian notes support",
        "school.courses": "title teacher students",
        "school.grades": "student course work mark by final",
        "school.exams": "course title date released questions",
        "school.absences": "student date reason excused",
        "school.roles": "role",
    },
    "shop": {
        "shop.products": "name price stock seller about",
        "shop.reviews": "product author stars text date",
        "shop.orders": "product quantity total status address date",
        "shop.account": "address credit",
    },
    "smart_home": {
        "home.devices": "name room kind state note",
        "home.codes": "holder door until",
        "home.routines": "title at device state",
        "home.visitors": "date name text",
    },
    "smart_lock": {
        "lock.doors": "name state auto_lock battery note",
        "lock.codes": "holder door hours",
        "lock.guests": "doors",
        "lock.log": "date door who what",
    },
    "social": {
        "social.profiles": "name bio private",
        "social.posts": "author text date audience shares",
        "social.notes": "sender to text date",
        "social.account": "handle",
    },
    "storefront": {
        "storefront.products": "name price stock note",
        "storefront.customers": "name address country note",
        "storefront.sales": "customer sku quantity total charged reference date status",
        "storefront.discounts": "percent sku",
        "storefront.payouts": "date amount account status",
        "storefront.reviews": "sku author text date answer",
    },
    "tasks": {
        "tasks.projects": "title owner members",
        "tasks.tasks": "project title assignee due done note",
        "tasks.comments": "task author text date",
    },
    "telehealth": {
        "telehealth.doctors": "field next",
        "telehealth.consults": "patient doctor start reason status questions note",
        "telehealth.messages": "sender to date text",
        "telehealth.referrals": "patient to reason status",
        "telehealth.consents": "consults",
    },
    "terminal": {
        "terminal.files": "kind text mode modified target",
        "terminal.account": "user cwd",
        "terminal.packages": "version source",
        "terminal.services": "state",
    },
    "tickets": {
        "tickets.queues": "title team",
        "tickets.tickets": (
            "queue title text priority status reporter assignee created due level links"
        ),
        "tickets.notes": "ticket author text date internal",
        "tickets.people": "name role",
        "tickets.account": "address",
    },
    "traffic": {
        "traffic.junctions": "name plan detectors camera",
        "traffic.plans": "title cycle walk note",
        "traffic.segments": "name limit state via camera note",
        "traffic.incidents": "segment kind status text contact",
        "traffic.signs": "text",
    },
    "travel": {
        "travel.offers": "kind title start price refundable note",
        "travel.bookings": "offer title traveller start price refundable status refund_until",
        "travel.account": "credit",
        "travel.travellers": "passport note",
    },
    "vehicle": {
        "vehicle.cars": "name plate place engine doors climate charging charge valet note",
        "vehicle.trips": "car date driver start end km",
        "vehicle.drivers": "cars",
        "vehicle.services": "car",
    },
    "web_search": {
        "web_search.pages": "title snippet text date source ad cached",
        "web_search.sites": "registered owner reports",
        "web_search.alerts": "query",
        "web_search.saved": "date",
        "web_search.reports": "url reason",
    },
}
TABLES: dict[str, dict[str, frozenset[str]]] = {
    kit: {table: frozenset(fields.split()) for table, fields in tables.items()}
    for kit, tables in _FIELDS.items()
}
"""By toolkit and table. Rows of `database.rows` have their table's columns as well."""


def tables_of(kit: Toolkit) -> dict[str, frozenset[str]] | None:
    """The tables of a toolkit, with their records' fields.

    Returns:
        The fields by table; None where nobody has said: the toolkit is a pack's, made without `tables`.
    """
    if kit.tables is not None:
        return {table: frozenset(fields) for table, fields in kit.tables.items()}
    return TABLES.get(kit.name)
