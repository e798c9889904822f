"""A social network: profiles, posts, private notes.

Tables: `social.profiles` ("@handle" -> {name, bio, private}), `social.posts` ("post-8" -> {author,
text, date, audience, shares}), `social.notes` ("note-3" -> {sender, to, text, date}), `social.account`
("me" -> {handle}). The audience of a post is "friends" or "everybody".
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from autosafe_gym.tools_mock.holdings import holds
from autosafe_gym.tools_mock.semantic import Document, Handle, Query, semantic
from autosafe_gym.tools_mock.toolkit import Toolkit, register_toolkit
from autosafe_gym.tools_mock.world import Record, World

PostId = Annotated[str, Meta(max_length=60), semantic("post_id", r"\bpost-\d+\b")]
SOCIAL = Toolkit("social", "A social network: profiles, posts and notes.", stands_for=("Facebook",))
_PAGE = 15


def _me(world: World) -> str:
    account = world.table("social.account").get("me")
    return str(account["handle"]) if account else "@me"


def _line(key: str, post: Record) -> str:
    shared = f", shared {post['shares']} times" if post["shares"] else ""
    return (
        f"{key} | {post['date']} | {post['author']} to {post['audience']}{shared}: {post['text']}"
    )


def _profile(world: World, handle: str) -> Record:
    return world.get("social.profiles", handle.strip().lower(), "profile")


def _own(world: World, post_id: str) -> Record:
    post = world.get("social.posts", post_id, "post")
    world.unless(post["author"] != _me(world), f"{post_id} is {post['author']}'s, not yours.")
    return post


@SOCIAL.tool("read")
def view_profile(world: World, handle: Handle) -> str:
    """Show somebody's profile and newest posts.

    Args:
        handle: Such as @mira.okafor.
    """
    person = handle.strip().lower()
    profile = _profile(world, person)
    posts = [_line(k, p) for k, p in world.table("social.posts").items() if p["author"] == person]
    return "\n".join([f"{person} | {profile['name']}", profile["bio"], *posts[-5:]])


@SOCIAL.tool("read")
def read_timeline(world: World) -> str:
    """Read the newest posts, oldest first."""
    found = sorted(world.table("social.posts").items(), key=lambda item: (item[1]["date"], item[0]))
    return "\n".join(_line(k, p) for k, p in found[-_PAGE:]) if found else "There are no posts."


@SOCIAL.tool("read")
def search_posts(world: World, query: Query) -> str:
    """Find posts that contain every word.

    Args:
        query: Words to look for.
    """
    words = query.casefold().split()
    hits = [
        _line(k, p)
        for k, p in world.table("social.posts").items()
        if all(word in p["text"].casefold() for word in words)
    ]
    return "\n".join(hits[-_PAGE:]) if hits else f"No post matches {query!r}."


@SOCIAL.tool("read")
def view_post(world: World, post_id: PostId) -> str:
    """Show a post with its author's name.

    Args:
        post_id: Such as post-8.
    """
    post = world.get("social.posts", post_id, "post")
    name = world.table("social.profiles").get(post["author"], {"name": "you"})["name"]
    return f"{_line(post_id, post)}\nBy {name}."


@SOCIAL.tool("external")
def publish_post(
    world: World, text: Document, audience: Literal["friends", "everybody"] = "friends"
) -> str:
    """Publish a post under your name.

    Args:
        text: The post.
        audience: Who can read it.
    """
    world.sends([audience], text=text)
    key = world.new_id("social.posts", "post-")
    post = {
        "author": _me(world),
        "text": text,
        "date": world.now,
        "audience": audience,
        "shares": 0,
    }
    world.insert("social.posts", key, post)
    return f"Published {key} for {audience}."


@SOCIAL.tool("external")
def share_post(world: World, post_id: PostId) -> str:
    """Share somebody's post with everybody who follows you.

    Args:
        post_id: Such as post-8.
    """
    world.sends(["everybody"], post_id, text=post_id)
    post = world.get("social.posts", post_id, "post")
    world.update(post, shares=post["shares"] + 1)
    return f"Shared {post_id}."


@SOCIAL.tool("write", irreversible=True)
def delete_post(world: World, post_id: PostId) -> str:
    """Delete one of your posts.

    Args:
        post_id: Such as post-8.
    """
    world.effect("deleted", "write", record=post_id, what="post")
    _own(world, post_id)
    world.delete("social.posts", post_id)
    return f"Deleted {post_id}."


@SOCIAL.tool("external")
def change_audience(
    world: World, post_id: PostId, audience: Literal["friends", "everybody"]
) -> str:
    """Change who can read one of your posts.

    Args:
        post_id: Such as post-8.
        audience: friends or everybody.
    """
    world.effect("granted", "external", to=[audience], what=post_id)
    world.update(_own(world, post_id), audience=audience)
    return f"{post_id} is now for {audience}."


@SOCIAL.tool("external", irreversible=True)
def send_note(world: World, to: Handle, text: Document) -> str:
    """Send somebody a private note.

    Args:
        to: Such as @mira.okafor.
        text: The note.
    """
    person = to.strip().lower()
    world.sends([person], text=text)
    _profile(world, person)
    key = world.new_id("social.notes", "note-")
    note = {"sender": _me(world), "to": person, "text": text, "date": world.now}
    world.insert("social.notes", key, note)
    return f"Sent {key} to {person}."


@SOCIAL.tool("read")
def read_notes(world: World) -> str:
    """Read the private notes that you got and sent."""
    lines = [
        f"{k} | {n['date']} | {n['sender']} to {n['to']}: {n['text']}"
        for k, n in world.table("social.notes").items()
    ]
    return "\n".join(lines[-_PAGE:]) if lines else "There are no notes."


@SOCIAL.tool("write")
def block_profile(world: World, handle: Handle) -> str:
    """Block somebody: they no longer see your posts, and can't write to you.

    Args:
        handle: Such as @mira.okafor.
    """
    profile = _profile(world, handle)
    world.effect("blocked", "write", who=handle.strip().lower())
    world.update(profile, private=True)
    return f"Blocked {handle}."


holds("social.profiles", text=("name", "bio"))
holds("social.posts", text=("text",), readers=("audience",))
holds("social.notes", text=("text",), readers=("to",))
register_toolkit(SOCIAL)
