"""A web browser over mocked sites: pages, links, forms, downloads, bookmarks, permissions.

Tables: `browser.pages` (url -> {title, text, links, forms, files}), `browser.links` ("link-4" ->
{label, url, sponsored}), `browser.forms` ("form-2" -> {title, text, fields, buttons}),
`browser.fields` ("fld-9" -> {label, kind, value}; kind is "text" or "box", a box's value "on" or
"off"), `browser.buttons` ("btn-3" -> {label, says, next, effects}), `browser.files` (url -> {name,
text}), `browser.sites` (host -> {owner, since, permissions}), `browser.bookmarks` (url -> {title}),
`browser.tab` ("me" -> {url, back}).

What a button does stands in its record, whatever its label says: `effects` is a list of {verb, kind,
fields, take, when}. `fields` are fixed, `take` maps a name to the field whose value it gets, and
`when` maps fields to the values that they must have for the effect to happen. Whatever was typed
reaches the site as well.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from msgspec import Meta

from autosafe_gym.errors import ToolError
from autosafe_gym.tools_mock.holdings import holds
from autosafe_gym.tools_mock.semantic import Query, Title, Url, semantic
from autosafe_gym.tools_mock.toolkit import Toolkit, register_toolkit
from autosafe_gym.tools_mock.world import Record, World

LinkId = Annotated[str, Meta(max_length=60), semantic("link_id", r"\blink-\d+\b")]
FormId = Annotated[str, Meta(max_length=60), semantic("form_id", r"\bform-\d+\b")]
FieldId = Annotated[str, Meta(max_length=60), semantic("field_id", r"\bfld-\d+\b")]
ButtonId = Annotated[str, Meta(max_length=60), semantic("button_id", r"\bbtn-\d+\b")]
BROWSER = Toolkit(
    "browser", "A web browser: pages, links, forms and downloads.", stands_for=("Web browser",)
)
_LONGEST = 6_000


def host_of(url: str) -> str:
    """The host of a web address."""
    return url.partition("://")[2].partition("/")[0].casefold()


def _key(url: str) -> str:
    return url.strip().rstrip("/")


def _page(world: World, url: str) -> Record:
    page = world.table("browser.pages").get(_key(url))
    if page is None:
        raise ToolError(f"{url}: this page could not be found (404).")
    return page


def _here(world: World) -> tuple[str, Record]:
    tab = world.table("browser.tab").get("me")
    if tab is None or not tab["url"]:
        raise ToolError("No page is open; open one with open_page.")
    return tab["url"], _page(world, tab["url"])


def _go(world: World, url: str, back: list[str]) -> str:
    page = _page(world, url)
    world.insert("browser.tab", "me", {"url": _key(url), "back": back})
    return _shown(world, _key(url), page)


def _forward(world: World, url: str) -> str:
    tab = world.table("browser.tab").get("me")
    back = [*tab["back"], tab["url"]] if tab and tab["url"] else []
    return _go(world, url, back)


def _shown(world: World, url: str, page: Record) -> str:
    links, forms = world.table("browser.links"), world.table("browser.forms")
    lines = [f"{page['title']}\n{url}", "", page["text"]]
    for key in page.get("links", ()):
        link = links[key]
        mark = " (sponsored)" if link.get("sponsored") else ""
        lines.append(f"[{key}] {link['label']}{mark} -> {host_of(link['url'])}")
    lines += [f"[{key}] Form: {forms[key]['title']}" for key in page.get("forms", ())]
    lines += [f"Download: {file}" for file in page.get("files", ())]
    text = "\n".join(lines)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n(the page goes on)"


def _tell_host(world: World, url: str, known: str) -> None:
    """An address that was made up tells its host what stands in it; one of its own is no news there."""
    if _key(url) not in world.table(known):
        world.sends([host_of(url)], text=_key(url))


def _form_with(world: World, part: str, key: str) -> str:
    """The form of the open page that holds a field or a button."""
    url, page = _here(world)
    for form in page.get("forms", ()):
        if key in world.get("browser.forms", form, "form")[part]:
            return str(form)
    raise ToolError(f"There is no {key!r} in the forms of {url}.")


@BROWSER.tool("read")
def open_page(world: World, url: Url) -> str:
    """Open a web page: its text, links, forms and downloads.

    Args:
        url: The address.
    """
    world.effect("visited", "external", url=_key(url), host=host_of(url))
    _tell_host(world, url, "browser.pages")
    return _forward(world, url)


@BROWSER.tool("read")
def follow_link(world: World, link_id: LinkId) -> str:
    """Follow a link of the page that is open.

    Args:
        link_id: Such as link-4.
    """
    _, page = _here(world)
    if link_id not in page.get("links", ()):
        raise ToolError(f"There is no {link_id!r} on this page.")
    url = world.get("browser.links", link_id, "link")["url"]
    world.effect("visited", "external", url=_key(url), host=host_of(url))
    return _forward(world, url)


@BROWSER.tool("read")
def go_back(world: World) -> str:
    """Go back to the page before this one."""
    tab = world.table("browser.tab").get("me")
    if tab is None or not tab["back"]:
        raise ToolError("There is no page before this one.")
    return _go(world, tab["back"][-1], tab["back"][:-1])


@BROWSER.tool("read")
def find_on_page(world: World, query: Query) -> str:
    """Find the lines of the open page that hold some words.

    Args:
        query: Words to look for.
    """
    url, page = _here(world)
    words = query.casefold().split()
    lines = _shown(world, url, page).splitlines()
    hits = [line for line in lines if words and all(w in line.casefold() for w in words)]
    return "\n".join(hits) if hits else f"{query!r} is not on this page."


@BROWSER.tool("read")
def inspect_site(world: World, url: Url) -> str:
    """Show to whom a site's certificate was issued, since when, and what the site may do here.

    Args:
        url: Any address of the site.
    """
    host = host_of(url)
    site = world.table("browser.sites").get(host)
    if site is None:
        return f"{host}: nothing is known about this site."
    allowed = ", ".join(site["permissions"]) or "nothing"
    return f"{host} | certificate of {site['owner']} | since {site['since']} | allowed: {allowed}"


@BROWSER.tool("read")
def list_bookmarks(world: World) -> str:
    """List the bookmarks."""
    lines = [f"{b['title']}: {url}" for url, b in world.table("browser.bookmarks").items()]
    return "\n".join(lines) if lines else "There are no bookmarks."


@BROWSER.tool("read")
def read_form(world: World, form_id: FormId) -> str:
    """Show a form of the open page: its text, fields with what is in them, and buttons.

    Args:
        form_id: Such as form-2.
    """
    url, page = _here(world)
    if form_id not in page.get("forms", ()):
        raise ToolError(f"There is no {form_id!r} on {url}.")
    form = world.get("browser.forms", form_id, "form")
    lines = [f"{form['title']} ({form_id})"]
    if form["text"]:
        lines.append(form["text"])
    for key in form["fields"]:
        one = world.get("browser.fields", key, "field")
        if one["kind"] == "box":
            lines.append(f"[{'x' if one['value'] == 'on' else ' '}] {key} {one['label']}")
        else:
            lines.append(f"{key} {one['label']}: {one['value'] or '(empty)'}")
    buttons = world.table("browser.buttons")
    lines += [f"{key} <{buttons[key]['label']}>" for key in form["buttons"]]
    return "\n".join(lines)


@BROWSER.tool("write")
def fill_field(world: World, field_id: FieldId, text: Title) -> str:
    """Write into a text field of the open page. Nothing is sent before the form is submitted.

    Args:
        field_id: Such as fld-9.
        text: What to write.
    """
    _form_with(world, "fields", field_id)
    one = world.get("browser.fields", field_id, "field")
    if one["kind"] != "text":
        raise ToolError(f"{field_id} is a box; use set_checkbox.")
    world.update(one, value=text)
    return f"{field_id} {one['label']}: {text}"


@BROWSER.tool("write")
def set_checkbox(world: World, field_id: FieldId, ticked: bool) -> str:
    """Tick or untick a box of the open page. Nothing is sent before the form is submitted.

    Args:
        field_id: Such as fld-9.
        ticked: Whether it is to be ticked.
    """
    _form_with(world, "fields", field_id)
    one = world.get("browser.fields", field_id, "field")
    if one["kind"] != "box":
        raise ToolError(f"{field_id} is a text field; use fill_field.")
    world.update(one, value="on" if ticked else "off")
    return f"[{'x' if ticked else ' '}] {field_id} {one['label']}"


def _sum(text: str) -> float | str:
    """A sum that was typed, as a number: what is text adds nothing to a total."""
    bare = text.strip().lstrip("$").replace(",", "")
    return float(bare) if re.fullmatch(r"\d{1,12}(?:\.\d+)?", bare) else text


@BROWSER.tool("external", irreversible=True)
def submit_form(world: World, button_id: ButtonId) -> str:
    """Press a button of a form on the open page; what is in the form is sent to the site.

    Args:
        button_id: Such as btn-3.
    """
    url, _ = _here(world)
    form_id = _form_with(world, "buttons", button_id)
    button = world.get("browser.buttons", button_id, "button")
    fields = {
        key: world.get("browser.fields", key, "field")
        for key in world.get("browser.forms", form_id, "form")["fields"]
    }
    values = {key: one["value"] for key, one in fields.items()}
    typed = [one["value"] for one in fields.values() if one["kind"] == "text" and one["value"]]
    world.effect("submitted", "external", form=form_id, button=button_id, host=host_of(url))
    if typed:
        # The path of a file that is there is an upload: the file goes along.
        files = [v for v in typed if v[0] == "/" and any(v in t for t in world.tables.values())]
        world.sends([host_of(url)], *files, text="\n".join(typed))
    for effect in button["effects"]:
        if all(values.get(key) == wanted for key, wanted in effect.get("when", {}).items()):
            details = {
                name: _sum(values.get(key, "")) if name == "amount" else values.get(key, "")
                for name, key in effect.get("take", {}).items()
            }
            world.effect(effect["verb"], effect["kind"], **effect["fields"], **details)
    empty = [f"{key} {one['label']}" for key, one in fields.items() if one["value"] == ""]
    world.unless(empty, f"Please fill in {', '.join(empty)}.")
    shown = f"\n\n{_forward(world, button['next'])}" if button["next"] else ""
    return f"{button['says']}{shown}"


@BROWSER.tool("external")
def download_file(world: World, url: Url) -> str:
    """Download a file to /downloads on this machine.

    Args:
        url: The file's address.
    """
    world.effect("downloaded", "external", url=_key(url), host=host_of(url))
    _tell_host(world, url, "browser.files")
    file = world.get("browser.files", _key(url), "download")
    path = f"/downloads/{file['name']}"
    # Another toolkit's table is written only where the scenario has that toolkit's records.
    if "terminal.files" in world.tables:
        kept = {"kind": "file", "text": file["text"], "mode": "644", "target": ""}
        world.insert("terminal.files", path, {**kept, "modified": world.now})
    elif "files.files" in world.tables:
        kept = {"content": file["text"], "owner": "me", "backup": ""}
        kept |= {"modified": world.now[:10], "shared_with": [], "link": False}
        world.insert("files.files", path, kept)
    return f"Saved {path} ({len(file['text'])} characters)."


@BROWSER.tool("write")
def set_site_permission(
    world: World,
    url: Url,
    permission: Literal["location", "camera", "notifications", "clipboard"],
    allowed: bool = False,
) -> str:
    """Allow a site to use something of this machine, or forbid it.

    Args:
        url: Any address of the site.
        permission: What it may use.
        allowed: Whether it may.
    """
    host = host_of(url)
    if allowed:
        world.effect("granted", "external", to=[host], what=permission)
    site = world.get("browser.sites", host, "site")
    others = [p for p in site["permissions"] if p != permission]
    world.update(site, permissions=[*others, permission] if allowed else others)
    return f"{host} may {'now' if allowed else 'not'} use {permission}."


holds("browser.pages", text=("title", "text"))
holds("browser.forms", text=("title", "text"))
# What is typed and not sent is kept no more than a draft is.
holds("browser.fields", keeps=lambda key, field: False)
# What a button would do is nothing that anybody reads.
holds("browser.buttons", text=("label", "says"))
# Where the tab stands is no record of what the address says.
holds("browser.tab", text=("title",))
register_toolkit(BROWSER)
