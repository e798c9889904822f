"""Worlds in which every tool of a toolkit works: those of the families, those of the luck tests, and a few
records that neither has.
"""

from __future__ import annotations

import copy
import inspect
import json
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from luck_worlds import NOW, OTHER, WORLDS

from autosafe_gym.library.family import all_families
from autosafe_gym.tools_mock.toolkit import get_toolkit

Tables = dict[str, dict[str, dict[str, Any]]]
DATA = Path(__file__).parent / "data"
FAMILIES = all_families()
MORE: Tables = {
    "automation.services": {"svc-7": {"name": "Weather", "scope": "read", "since": "2026-01-05"}},
    "bank.scheduled": {
        "sp-7": {"to": OTHER, "amount": 5.0, "date": "2026-04-01", "reference": "Rent"}
    },
    "browser.files": {"https://b.example.com/list.txt": {"name": "list.txt", "text": "A list"}},
    "chain.addresses": {
        "0x0c0a7ac7": {"kind": "contract", "label": "Pool", "note": "", "deals_with": []}
    },
    "chain.allowances": {
        "allow-7": {"spender": "0x0c0a7ac7", "token": "ORX", "quantity": 1.0, "date": ""}
    },
    "clinic.patients": {
        "pat-7": {
            **{"name": "Ana Ruiz", "born": "1990-01-05", "allergies": "none known"},
            **{"address": "ana@example.com", "note": "calls in the morning"},
        }
    },
    "clinic.results": {
        "lab-7": {"patient": "pat-7", "test": "iron", "value": "low", "date": "2026-01-05"}
    },
    "cloud.buckets": {"bucket-7": {"name": "Scans", "visibility": "private", "holds": "letters"}},
    "cloud.keys": {"key-7": {"name": "Backup", "used_by": "wiki", "made": "2026-01-05"}},
    "crypto_exchange.keys": {"apikey-7": {"label": "Bot", "may": "read", "used": ""}},
    "code.branches": {
        "team/mill:main": {
            **{"repo": "team/mill", "name": "main", "author": "@a.b", "updated": ""},
            **{"merged": False, "protected": False},
        }
    },
    "code.changes": {
        "cr-7": {
            **{"repo": "team/mill", "branch": "main", "title": "Doors", "body": "As asked"},
            **{"author": "@a.b", "state": "open", "approved_by": ["@a.b"], "checks": "passed"},
        }
    },
    "code.files": {"team/mill:plan.md": {"text": "The plan"}},
    "code.issues": {
        "issue-7": {
            **{"repo": "team/mill", "title": "Doors", "body": "They creak", "author": "@a.b"},
            **{"state": "open", "comments": []},
        }
    },
    "code.repositories": {
        "team/mill": {
            **{"private": True, "default": "main", "description": "d", "collaborators": ["@a.b"]}
        }
    },
    "genetics.relatives": {
        "rel-7": {
            "kit": "kit-2",
            "name": "Ida Ek",
            "relation": "cousin",
            "shared": "3%",
            "note": "",
        }
    },
    "genetics.reports": {
        "report-7": {
            **{"kit": "kit-2", "title": "Milk", "date": "2026-01-05", "result": "none found"},
            "shared_with": [],
        }
    },
    "insurance.documents": {"doc-7": {"claim": "claim-1", "text": "A statement"}},
    "lock.codes": {
        "code-7": {"holder": "Ana Ruiz", "door": "door-1", "hours": "", "until": "2026-05-01"}
    },
    "notes.pages": {"https://clip.example.com/a": {"title": "A page", "text": "Words of a page"}},
    "notes.versions": {
        "version-7": {"note": "jot-1", "text": "Old words", "author": "Ana", "saved": "2026-01-05"}
    },
    "pay.banks": {"GB44-0000-0000-0004": {"label": "My bank"}},
    "phone.voicemails": {
        "voicemail-7": {"sender": "+1-555-0134", "date": "2026-01-05 09:00", "text": "Call me"}
    },
    "portfolio.mandates": {
        "mand-7": {
            **{"client": "Ana Ruiz", "address": "ana@example.com", "risk": "growth"},
            **{"excludes": "", "cash": 90.0, "targets": {"OAKF": 50.0}},
        }
    },
    "portfolio.plans": {
        "plan-7": {
            **{"mandate": "mand-7", "ticker": "OAKF", "amount": 5.0},
            **{"every": "month", "status": "running"},
        }
    },
    "public_office.notices": {"notice-7": {"title": "Ferry", "text": "No ferry", "date": ""}},
    "school.absences": {
        "absence-7": {"student": "stud-7", "date": "2026-01-05", "kind": "ill", "note": "a cold"}
    },
    "school.grades": {
        "grade-7": {
            **{"student": "stud-7", "course": "course-1", "work": "An essay", "mark": 70},
            **{"by": "you", "final": False},
        }
    },
    "school.students": {
        "stud-7": {
            **{"name": "Ida Ek", "year": 6, "guardian": "ek@example.net", "notes": "quiet"},
            "support": "large print",
        }
    },
    "tasks.comments": {
        "comment-7": {"task": "task-7", "author": "Ana", "text": "Soon", "date": "2026-01-05 09:00"}
    },
    "tasks.projects": {
        "proj-7": {"title": "Mill", "owner": "me@example.com", "members": ["ana@example.com"]}
    },
    "tasks.tasks": {
        "task-7": {
            **{"project": "proj-7", "title": "Paint", "assignee": "ana@example.com"},
            **{"due": "2026-05-01", "done": False, "note": "two coats"},
        }
    },
    "terminal.services": {"backup.service": {"state": "running"}},
    "tickets.notes": {
        "tnote-7": {
            **{"ticket": "ticket-1", "author": "ana@example.com", "text": "Seen"},
            **{"date": "2026-01-05 09:00", "internal": True},
        }
    },
    "travel.travellers": {"Ana Ruiz": {"passport": "P-1", "note": "window seat"}},
    "web_search.alerts": {"alert-7": {"query": "tides"}},
}
"""Records that no family and no world of the luck tests has, among them containers with something inside."""
_ONE_ROOM = {"name": "jug", "room": "hall", "place": "", "state": "clean", "note": "", "beside": ""}
_NOTE = {"notebook": "book-1", "title": "T", "text": "x", "author": "Ana", "shared_with": []}
LAST: dict[str, Tables] = {
    "notes": {"notes.notes": {"jot-7": {**_NOTE, "trashed": True}}},
    "phone": {"phone.account": {"me": {"number": "+1-555-0100", "forward_to": "+1-555-0134"}}},
    "robot": {
        "robot.self": {"robot": {"room": "hall", "holding": "bottle-7"}},
        "robot.objects": {
            "bottle-7": {**_ONE_ROOM, "fixed": False, "content": "water"},
            "mug-7": {**_ONE_ROOM, "fixed": False, "content": ""},
            "table-7": {**_ONE_ROOM, "fixed": True, "content": ""},
        },
    },
    "smart_lock": {
        "lock.doors": {
            "door-7": {
                **{"name": "Shed", "state": "unlocked", "auto_lock": 5},
                **{"battery": 50, "note": ""},
            }
        }
    },
}
"""Worlds in a state in which the tools work that need another state than all the worlds have."""
SHARED = {"shared_with", "members", "attendees", "collaborators"}
BY_HANDLE = {"chat", "code", "microblog", "social"}


@cache
def luck_world() -> Tables:
    """The world of `test_luck_more`."""
    found: Tables = json.loads((DATA / "luck_world.json").read_text())
    return found


@cache
def _family_worlds() -> dict[str, list[tuple[Tables, str]]]:
    found: dict[str, list[tuple[Tables, str]]] = {}
    for name in sorted(FAMILIES):
        scenario = FAMILIES[name].sample(0, twin=False)
        for kit in scenario.toolkits:
            found.setdefault(kit, []).append((scenario.world, scenario.now))
    return found


def worlds(kit: str) -> list[tuple[Tables, str]]:
    """Worlds in which tools of this kit work; the same ones each time, to be copied before use."""
    source = inspect.getsource(import_module(get_toolkit(kit).module))
    tables = {**WORLDS.get(kit, luck_world())}
    for table, records in MORE.items():
        tables[table] = {**records, **tables.get(table, {})}
    tables = {table: records for table, records in tables.items() if table in source}
    made = [(tables, NOW), *_family_worlds().get(kit, [])[:6]]
    if kit in LAST:
        made.append((LAST[kit], NOW))
    return made


def crowded(tables: Tables) -> Tables:
    """A copy of a world in which somebody else sees whatever can be seen by others."""
    made = copy.deepcopy(tables)
    for table, records in made.items():
        who = "@crowd.kim" if table.partition(".")[0] in BY_HANDLE else "crowd@example.org"
        for record in records.values():
            for name in SHARED & record.keys():
                if not any(
                    "-" in person for person in record[name]
                ):  # Ids, of a directory's users.
                    record[name] = [*record[name], who]
    return made
