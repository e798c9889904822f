"""Worlds agree with the clock and with themselves: nothing of the past is later than now, and listings
show what the record holds."""

import re

import pytest

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.loaded import Loaded
from autosafe_gym.envs.source import Single
from autosafe_gym.features.menu import Menu
from autosafe_gym.library.family import all_families

PAST = {
    "automation.runs": "date",
    "bank.transactions": "date",
    "brokerage.orders": "date",
    "brokerage.watchlist": "since",
    "chat.messages": "date",
    "clinic.patients": "born",
    "clinic.prescriptions": "since",
    "cloud.snapshots": "taken",
    "code.branches": "updated",
    "crypto_exchange.coins": "rate_at",
    "database.backups": "taken",
    "database.rows": "day",
    "database.tables": "changed",
    "directory.requests": "asked",
    "files.files": "modified backup",
    "genetics.reports": "date",
    "home.visitors": "date",
    "hr.employees": "started",
    "insurance.claims": "filed",
    "mail.messages": "date",
    "media_studio.renders": "date",
    "memory.entries": "date",
    "microblog.blips": "date",
    "microblog.notes": "date",
    "network.alerts": "raised",
    "network.log": "time",
    "notes.notes": "changed",
    "pay.payments": "date",
    "pay.people": "joined",
    "pay.requests": "date",
    "phone.calls": "date",
    "phone.texts": "date",
    "phone.voicemails": "date",
    "public_office.residents": "born",
    "shop.orders": "date",
    "shop.reviews": "date",
    "social.notes": "date",
    "social.posts": "date",
    "storefront.reviews": "date",
    "storefront.sales": "date",
    "tasks.comments": "date",
    "terminal.files": "modified",
    "tickets.notes": "date",
    "tickets.tickets": "created",
    "vault.items": "changed",
    "web_search.pages": "date",
    "web_search.sites": "registered",
}
PLANS = {
    "calendar.events": "start",
    "clinic.visits": "start",
    "home.codes": "until",
    "insurance.policies": "starts",
    "media_studio.consents": "until",
    "public_office.hearings": "start",
    "school.exams": "date",
    "tasks.tasks": "due",
    "telehealth.consults": "start",
    "tickets.tickets": "due",
    "travel.bookings": "start refund_until",
}
DONE = {
    "held",
    "done",
    "over",
    "closed",
    "released",
}  # A plan with one of these has been carried out.
# (table, field) is not before (other table, field); the first's record names the other one here.
NOT_BEFORE = [
    ("chat.messages", "date", "thread", "chat.messages", "date"),
    ("clinic.prescriptions", "since", "patient", "clinic.patients", "born"),
    ("insurance.claims", "filed", "policy", "insurance.policies", "starts"),
    ("microblog.blips", "date", "reply_to", "microblog.blips", "date"),
    ("pay.payments", "date", "sender", "pay.people", "joined"),
    ("pay.payments", "date", "to", "pay.people", "joined"),
    ("pay.requests", "date", "sender", "pay.people", "joined"),
    ("tickets.notes", "date", "ticket", "tickets.tickets", "created"),
    ("web_search.pages", "date", "source", "web_search.sites", "registered"),
]
WHEN = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?")
CLOCK = re.compile(r"(?<![\d:])\d\d:\d\d(?![\d:])")
SIZE = re.compile(r"(\d+) characters")
SEEDS = range(20)
FAMILIES = list(all_families().values())
# Their files are calendars of what is still to come.
CALENDARS = {"workplace-press-date"}


def in_future(when, now):
    return when > now[: len(when)]


def faults_of(scenario):
    """What is wrong with the dates of a scenario's world."""
    world, now = scenario.world, scenario.now
    for table, records in world.items():
        past, plans = PAST.get(table, "").split(), PLANS.get(table, "").split()
        for key, record in records.items():
            for field, value in record.items():
                if not (isinstance(value, str) and WHEN.fullmatch(value)):
                    continue
                if field not in past and field not in plans:
                    yield f"{table}.{field}: is it of the past, or a plan?"
                over = field in past or record.get("status") in DONE
                if over and in_future(value, now):
                    yield f"{table} {key}: {field} {value} is later than now, {now}"
    for table, field, by, other, start in NOT_BEFORE:
        for key, record in world.get(table, {}).items():
            known = world.get(other, {}).get(record[by])
            if known and record[field] and record[field][:10] < known[start][:10]:
                yield f"{table} {key} of {record[field]}, but {record[by]} is of {known[start]}"
    for key, row in world.get("database.rows", {}).items():
        changed = world["database.tables"][row["table"]]["changed"]
        if any(isinstance(v, str) and WHEN.fullmatch(v) and v > changed for v in row.values()):
            yield f"database.rows {key} is later than the table's last change, {changed}"
    yield from faults_of_files(scenario)


def faults_of_files(scenario):
    """A file does not speak of what came after its last change, and a log is in order."""
    for table, text in (("files.files", "content"), ("terminal.files", "text")):
        for path, file in scenario.world.get(table, {}).items():
            last = file["modified"][:10]
            days = [day[:10] for day in WHEN.findall(f"{path}\n{file[text]}")]
            known = [day for day in days if not in_future(day, scenario.now)]
            if scenario.family not in CALENDARS and last and any(day > last for day in known):
                yield f"{table} {path} of {last} knows of {max(known)}"
            if path.endswith(".log"):
                lines = [m[0] for line in file[text].splitlines() if (m := WHEN.match(line))]
                if lines != sorted(lines):
                    yield f"{table} {path}: its lines are not in order"


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.id)
def test_what_has_happened_is_not_later_than_now_and_records_agree(family):
    for seed in SEEDS:
        for twin in (False, True):
            found = list(faults_of(family.sample(seed, twin=twin)))
            assert not found, (seed, twin, found)


def test_every_table_with_dates_is_in_the_library():
    tables = {t for f in FAMILIES for s in range(3) for t in f.sample(s).world}
    assert not {*PAST, *PLANS} - tables


def shown(scenario):
    """What every tool that only reads says, on whatever the ones before it have shown."""
    observation, info = RiskEnv(Single(scenario)).reset()
    menu, loaded, asked = Menu.for_info(info), Loaded(scenario), set()
    menu.start(observation, info)
    tables, start = loaded.world.tables, loaded.world.mark()
    for _ in range(2):
        for candidate in list(menu.candidates):
            text = candidate.call.to_json()
            if (
                candidate.tool.kind != "read"
                or candidate.tool.toolkit == "dialogue"
                or text in asked
            ):
                continue
            asked.add(text)
            said, _, worked = loaded.execute(loaded.tools.decode(text))
            loaded.world.rollback(start)
            menu.see(candidate.call.name, candidate.call.arguments, said)
            if worked:
                yield from ((line, tables) for line in said.splitlines())


def test_listings_show_the_dates_the_times_and_the_sizes_of_the_records():
    checked = 0
    for family in FAMILIES:
        for line, tables in shown(family.sample(1)):
            key, bar, rest = line.partition(" | ")
            records = [rows[key] for rows in tables.values() if key in rows] if bar else []
            if not records:
                continue
            held = " ".join(str(value) for record in records for value in record.values())
            for when in (*WHEN.findall(rest), *CLOCK.findall(rest)):
                checked += 1
                assert when in held, (family.id, line, held)
            for size in SIZE.findall(rest):
                texts = [str(r.get("content", r.get("text", ""))) for r in records]
                assert int(size) in map(len, texts), (family.id, line)
    assert checked > 1000
