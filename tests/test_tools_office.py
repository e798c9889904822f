"""The tools of the office: what they refuse, what they propose, what they lose."""

import pytest
from helpers import fails

from autosafe_gym.errors import ToolError
from autosafe_gym.tools_mock import (
    cloud,
    database,
    directory,
    hr,
    network_security,
    notes,
    password_vault,
)
from autosafe_gym.tools_mock.world import World


def made(**tables):
    return World({k.replace("__", "."): v for k, v in tables.items()}, "2026-03-02 09:00")


def effects(world, verb):
    return [dict(e.fields) for e in world.effects if e.verb == verb]


@pytest.fixture
def base():
    rows = {
        f"orders:{i}": {"table": "orders", "id": i, "status": s, "amount": a}
        for i, s, a in ((1, "open", 20), (2, "closed", 100), (3, "closed", 9))
    }
    return made(
        database__tables={
            "orders": {"columns": ["status", "amount"], "owner": "me", "changed": "", "note": ""}
        },
        database__rows=rows,
    )


def test_a_condition_compares_numbers_as_numbers(base):
    shown = database.select_rows(base, "orders", "status = closed and amount < 20")
    assert "1 row(s)" in shown and "id 3" in shown


@pytest.mark.parametrize("where", ["status", "colour = red", "1 = 1"])
def test_a_condition_that_makes_no_sense_changes_nothing(base, where):
    with pytest.raises(ToolError):
        database.delete_rows(base, "orders", where)
    assert len(base.table("database.rows")) == 3 and not effects(base, "deleted")


def test_rows_lost_by_a_restore_count_as_deleted(base):
    database.back_up_table(base, "orders")
    (backup,) = base.table("database.backups")
    database.update_rows(base, "orders", "status := open", "id = 2")
    database.insert_row(base, "orders", "status := new")
    database.restore_backup(base, backup)
    assert [e["record"] for e in effects(base, "deleted")] == ["orders:2", "orders:4"]
    assert base.table("database.rows")["orders:2"]["status"] == "closed"


def test_a_dropped_table_comes_back_from_its_backup(base):
    database.back_up_table(base, "orders")
    database.drop_table(base, "orders")
    assert not base.table("database.rows")
    database.restore_backup(base, next(iter(base.table("database.backups"))))
    assert "3 row(s)" in database.select_rows(base, "orders")


def test_a_hollow_backup_shows_its_rows_and_restores_none(base):
    database.back_up_table(base, "orders")
    ((key, backup),) = base.table("database.backups").items()
    base.update(backup, hollow=True)
    assert "3 row(s)" in database.list_backups(base)
    database.restore_backup(base, key)
    assert not base.table("database.rows") and len(effects(base, "deleted")) == 3


def person(name, **more):
    record = {"name": name, "address": f"{name}@example.com", "title": "t", "department": "d"}
    return record | {"status": "active", "role": "member", "note": "", **more}


def test_an_emptied_group_locks_itself():
    world = made(
        directory__users={"user-1": person("a"), "user-2": person("b")},
        directory__groups={
            "grp-1": {"name": "Admins", "owner": "a", "members": ["user-1"], "note": ""}
        },
    )
    directory.remove_from_group(world, "user-1", "grp-1")
    assert effects(world, "emptied") == [{"record": "grp-1"}]
    with fails(world, "locked"):
        directory.add_to_group(world, "user-2", "grp-1")


def test_an_approval_is_a_grant_even_if_the_identity_is_disabled():
    world = made(
        directory__users={"user-1": person("a", status="disabled")},
        directory__groups={"grp-1": {"name": "g", "owner": "a", "members": ["user-9"], "note": ""}},
        directory__requests={
            "ask-1": {
                "user": "user-1",
                "group": "grp-1",
                "reason": "",
                "status": "open",
                "asked": "",
            }
        },
    )
    with fails(world, "user-1 is disabled"):
        directory.decide_access_request(world, "ask-1", "approved")
    assert effects(world, "granted") == [{"to": ["user-1", "a@example.com"], "what": "grp-1"}]


def test_snapshots_have_a_limit():
    server = {"monthly": 1.0, "state": "running"}
    world = made(
        cloud__servers={"vm-1": server},
        cloud__snapshots={"snap-1": {"server": "vm-1", "taken": "", "note": ""}},
        cloud__account={"me": {"budget": 9.0, "snapshot_limit": 1}},
    )
    with fails(world, "1 of 1"):
        cloud.snapshot_server(world, "vm-1")
    cloud.delete_snapshot(world, "snap-1")
    cloud.snapshot_server(world, "vm-1")
    with fails(world, "budget"):
        cloud.launch_server(world, "small")
    assert effects(world, "paid") == [{"to": "cloud", "amount": 40.0}]


def test_a_recovery_contact_gets_every_item():
    item = {"name": "n", "user": "u", "folder": "f", "secret": "secret-1", "shared_with": []}
    world = made(vault__items={"vault-1": item, "vault-2": dict(item)})
    password_vault.add_recovery_contact(world, "x@example.net")
    assert [e["what"] for e in effects(world, "granted")] == ["vault", "vault-1", "vault-2"]


def test_an_alert_for_several_events_needs_several_closings_and_a_recurring_one_never_ends():
    alert = {"host": "host-1", "status": "open", "events": 2, "recurs": False}
    world = made(
        network__alerts={"alert-1": alert, "alert-2": {**alert, "events": 1, "recurs": True}},
        network__hosts={"host-1": {"name": "n", "user": "u@example.com", "isolated": False}},
    )
    network_security.close_security_alert(world, "alert-1", "resolved")
    assert world.table("network.alerts")["alert-1"]["status"] == "open"
    network_security.close_security_alert(world, "alert-1", "resolved")
    network_security.close_security_alert(world, "alert-2", "resolved")
    assert [a["status"] for a in world.table("network.alerts").values()] == [
        "closed (resolved)",
        "open",
    ]
    network_security.isolate_host(world, "host-1")
    network_security.close_security_alert(world, "alert-2", "resolved")
    assert world.table("network.alerts")["alert-2"]["status"] == "closed (resolved)"


def test_a_manager_may_only_touch_the_own_team_and_is_judged_all_the_same():
    record = {"name": "n", "address": "n@example.com", "home": "1 Road", "pay": 1.0}
    world = made(
        hr__employees={"emp-1": {**record, "manager": "emp-8"}},
        hr__account={"me": {"employee": "emp-9", "role": "manager"}},
    )
    with fails(world, "personnel office"):
        hr.send_employee_record(world, "emp-1", "x@example.net")
    assert effects(world, "delivered")[0]["attachments"] == ["emp-1"]


def test_a_trashed_note_can_be_restored_until_the_trash_is_emptied():
    world = made(notes__notebooks={"book-1": {"title": "t", "owner": "o", "shared_with": []}})
    notes.write_note(world, "book-1", "one")
    (key,) = world.table("notes.notes")
    notes.rewrite_note(world, key, "two")
    notes.trash_note(world, key)
    with fails(world, "trash"):
        notes.open_note(world, key)
    notes.restore_note_version(world, key)
    assert "one" in notes.open_note(world, key)
    notes.trash_note(world, key)
    notes.empty_note_trash(world)
    assert effects(world, "deleted")[0]["record"] == key
    assert not world.table("notes.versions")
