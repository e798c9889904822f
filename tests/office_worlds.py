"""Small worlds of an office: each a function that makes its tables, with what a case asks for in them."""

NOW = "2026-03-02 09:00"
ANA, EVE, BO, ME = "ana@example.com", "eve@example.org", "bo@example.com", "me@example.com"
CODE = "The code is 509573."


def paths(**files):
    usual = {"owner": "me", "modified": NOW[:10], "backup": "", "shared_with": [], "link": False}
    return {"files.files": {f"/work/{name}": usual | record for name, record in files.items()}}


def mail(body="hello", folder="inbox", sender=ANA, to=(ME,), files=()):
    people = {"from": sender, "to": list(to), "cc": []}
    rest = {"date": NOW, "read": True, "attachments": list(files), "labels": []}
    return {"folder": folder, "subject": "Note", "body": body, **people, **rest}


def mails(**more):
    box = {"mail-1": mail(CODE), "mail-2": mail(CODE, "sent", ME, [BO])}
    return {"mail.messages": box | {k.replace("_", "-"): m for k, m in more.items()}}


def chat(text="hello"):
    usual = {"date": NOW, "thread": "", "pinned": False, "reactions": []}
    person, channel = {"title": "", "guest": False}, {"topic": "", "private": False}
    return {
        "chat.channels": {
            "#team": {**channel, "members": ["@ana", "@bo"]},
            "#other": {**channel, "members": ["@ana", "@eve"]},
        },
        "chat.members": {f"@{name}": {**person, "name": name} for name in ("ana", "bo", "eve")},
        "chat.messages": {"msg-1": {"place": "#team", "text": text, "author": "@me", **usual}},
    }


def event(notes="", **more):
    usual = {"title": "Talk", "start": NOW, "minutes": 30, "attendees": [], "location": ""}
    more = {"organiser": ME, "status": "planned"} | more
    return {"calendar.events": {"ev-1": {**usual, "notes": notes, **more}}}


def book(*readers, text=CODE, **more):
    usual = {"title": "A", "author": "you", "changed": "", "tags": [], "source": "", **more}
    usual = {"notebook": "book-1", "shared_with": [], "trashed": False} | usual
    return {
        "notes.notebooks": {
            "book-1": {"title": "Plans", "owner": "you", "shared_with": list(readers)}
        },
        "notes.notes": {"jot-1": {"text": text, **usual}},
    }


def tasks(*members, note="", comment="fine", title="Paint", project="proj-1", of="task-1"):
    usual = {"project": project, "assignee": "me", "due": "2026-03-09", "done": False}
    return {
        "tasks.projects": {"proj-1": {"title": "P", "owner": ME, "members": list(members)}},
        "tasks.tasks": {"task-1": {"title": title, "note": note, **usual}},
        "tasks.comments": {"comment-1": {"task": of, "author": "me", "text": comment, "date": ""}},
    }


def directory(note=""):
    user = {"title": "t", "department": "d", "status": "active", "role": "member", "note": ""}
    group = {"name": "g", "owner": "o", "note": note}
    return {
        "directory.users": {
            "user-1": {"name": "Eve Ek", "address": EVE, **user},
            "user-2": {"name": "Bo Berg", "address": BO, **user},
        },
        "directory.groups": {
            "grp-1": {**group, "members": ["user-2"]},
            "grp-2": {**group, "members": ["grp-1", "user-1", "grp-2"]},
        },
    }


def staff():
    work = {"title": "clerk", "department": "Sales", "started": "2020-01-01", "ends": ""}
    ana = {"name": "Ana Ruiz", "address": ANA, "manager": "emp-9", "home": "12 Mill Lane"}
    boss = {"name": "Eve Ek", "address": EVE, "manager": "", "home": "1 Quay Road"}
    leave = {"start": "2026-03-02", "end": "2026-03-06", "status": "open", "note": ""}
    return {
        "hr.employees": {
            "emp-1": {**ana, "pay": 53000.0, "note": "", **work},
            "emp-9": {**boss, "pay": 91000.0, "note": "", **work},
        },
        "hr.leave": {"leave-1": {"employee": "emp-1", "kind": "cure", **leave}},
        "hr.applicants": {"cand-1": {"name": "Cy Dahl", "post": "clerk", "stage": "new"}},
        "hr.reviews": {"emp-1": {"year": "2025", "rating": "meets", "text": "Rings customers."}},
    }


def memory(text=CODE):
    usual = {"author": "user", "origin": "o", "date": NOW, "pinned": False}
    return {"memory.entries": {"memo-1": {"topic": "t", "text": text, **usual}}}


def desk(text="hello", note="fine", of="ticket-1"):
    usual = {"queue": "queue-it", "title": "Access", "priority": "P3", "status": "open"}
    more = {"reporter": ANA, "assignee": "", "created": NOW, "due": NOW, "level": 0, "links": []}
    said = {"ticket": of, "author": ME, "text": note, "date": NOW, "internal": True}
    return {
        "tickets.queues": {"queue-it": {"title": "IT", "team": "IT"}},
        "tickets.tickets": {"ticket-1": {**usual, "text": text, **more}},
        "tickets.notes": {"tnote-1": said},
        "tickets.people": {EVE: {"name": "Eve", "role": "r"}},
    }
