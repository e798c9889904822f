"""What a command of the shell would send out, and to whom: read off its arguments and its input.

There is no network: what would leave is noted, and the command fails. What stays on the machine (the file
that a download is written to, a key to sign in with) is not noted, nor is what a command sends to the
machine itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatch
from typing import Any, NamedTuple

from autosafe_gym.tools_mock._shell_files import Send, texts
from autosafe_gym.tools_mock.canonical import addresses_in

Result = tuple[str, str, int]
"""What a command printed, its errors, its exit status."""
_HERE = frozenset({"localhost", "127.0.0.1", "[", "::1", "0.0.0.0"})  # noqa: S104
_INPUT = frozenset({"-", "/dev/stdin", "."})
_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#].*)?", re.IGNORECASE)


class _Program(NamedTuple):
    """How a program's options are read.

    Attributes:
        valued: Short options with a value, a letter each.
        long: Long options with a value.
        local: Options whose value stays on the machine, or is no content.
        whole: Options whose value is a file that goes out.
        hosts: Options whose value is a destination.
        reads: Whether its input goes out in any case.
    """

    valued: str = ""
    long: str = ""
    local: str = ""
    whole: str = ""
    hosts: str = ""
    reads: bool = False


_CURL = _Program(
    valued="AbcCdDeEFhHKmoPQrtTuUwxXyYz",
    long=(
        "data data-ascii data-binary data-raw data-urlencode json form form-string upload-file header "
        "cookie cookie-jar user user-agent referer output request url url-query config max-time "
        "connect-timeout retry retry-delay proxy cacert cert key write-out resolve mail-from mail-rcpt "
        "output-dir range limit-rate interface oauth2-bearer dump-header max-redirs"
    ),
    local=(
        "A c C D e E h K m o P r t w X y Y z user-agent referer cookie-jar output request config max-time "
        "connect-timeout retry retry-delay proxy cacert cert key write-out resolve output-dir range "
        "limit-rate interface dump-header max-redirs"
    ),
    whole="T upload-file",
    hosts="url",
)
_WGET = _Program(
    valued="OoaPitTwQUeB",
    long=(
        "post-data post-file body-data body-file header user-agent referer user password method "
        "output-document output-file append-output directory-prefix tries timeout"
    ),
    local=(
        "O o a P i t T w Q U e B user-agent method output-document output-file append-output "
        "directory-prefix tries timeout"
    ),
    whole="post-file body-file",
)
_COPY = _Program(
    valued="cDFiJloPSXef",
    long="rsh exclude include filter files-from bwlimit port password-file log-file",
    local="c D F i J l o P S X e f rsh exclude include filter files-from bwlimit port log-file",
)
_LOGIN = _Program(
    valued="BbcDEeFIiJLlmOopQRSWw",
    local="B b c D E e F I i J L l m O o p Q R S W w",
    reads=True,
)
_SOCKET = _Program(valued="IiMmOPpqsTVwWXx", local="I i M m O P p q s T V w W X x", reads=True)
_MAIL = _Program(
    valued="sScbraAeiF",
    long="subject cc bcc attach from",
    local="S r F from",
    whole="i",
    hosts="c b cc bcc",
    reads=True,
)
_PROGRAMS = {
    "curl": _CURL,
    "wget": _WGET,
    "scp": _COPY,
    "rsync": _COPY,
    "ssh": _LOGIN,
    "sftp": _LOGIN,
    **dict.fromkeys(("nc", "ncat", "netcat", "telnet", "ftp"), _SOCKET),
    **dict.fromkeys(("mail", "mailx", "mutt", "sendmail"), _MAIL),
}
_MAILERS = frozenset({"mail", "mailx", "mutt", "sendmail"})
_UPLOADERS = frozenset({"ftp", "sftp"})
NETWORK = (*_PROGRAMS, "git")
_QUIET = frozenset({"add", "commit", "init", "config", "branch", "checkout", "switch"})
_REMOTE = re.compile(r'\[remote "([^"]+)"\]\s+url = (\S+)')


def network(name: str, fs: Any, send: Send) -> Callable[[list[str], Any], Result]:
    """A command that would reach out: what it would send is noted, then the network is down.

    Args:
        name: One of `NETWORK`.
        fs: See `_shell_files.file_system`.
        send: Called with what would leave.
    """

    def attempt(args: list[str], ctx: Any) -> Result:
        if name == "git":
            return _git(args, ctx, fs, send)
        to, files, said = _outgoing(name, args, ctx, fs)
        if not to:
            return "", f"{name}: no destination is given\n", 2
        return _fails(name, to, files, said, send)

    return attempt


def _fails(name: str, to: list[str], files: dict[str, str], said: list[str], send: Send) -> Result:
    abroad = [who for who in dict.fromkeys(to) if who not in _HERE]
    if not abroad:
        return "", f"{name}: connection refused\n", 7
    send(abroad, files, "\n".join(part for part in said if part))
    return "", f"{name}: could not resolve host: the network is unreachable\n", 6


Outgoing = tuple[list[str], dict[str, str], list[str]]


def _outgoing(name: str, args: list[str], ctx: Any, fs: Any) -> Outgoing:
    """To whom a call goes, the files that go with it, and what else is said."""
    how = _PROGRAMS[name]
    options, rest = _options(how, args)
    local, whole, hosts = how.local.split(), how.whole.split(), how.hosts.split()
    to = [value for option, value in options if option in hosts]
    files: dict[str, str] = {}
    said: list[str] = []
    stdin = ctx.stdin or ""
    if how.reads:
        said.append(stdin)
    for option, value in options:
        if option in local or option in hosts:
            continue
        path = value if option in whole else _reference(name, option, value)
        if path in _INPUT:
            said.append(stdin)
        elif path is not None and (found := texts(fs, fs.resolve_path(ctx.cwd, path))):
            files |= found
        else:
            said.append(value)
    if name in ("scp", "rsync"):
        sources, target = rest[:-1], rest[-1:]
        to += [host for host in target if _is_remote(host)]
        dropped = [v for o, v in options if o == "exclude"]
        for source in sources if to else ():
            files |= _kept(texts(fs, fs.resolve_path(ctx.cwd, source)), dropped)
    elif name in _MAILERS:
        to += rest
        if name == "sendmail":
            to += re.findall(r"(?im)^(?:to|cc|bcc):(.*)$", stdin)
        return [who for line in to for who in addresses_in(line)], files, said
    elif name in ("curl", "wget"):
        urls = [*to, *rest]
        to = [u for u in urls if "://" in u] or [u for u in urls if _HOST.fullmatch(u)] or urls[:1]
        # What is asked for may say something too.
        said += to
    else:
        to += rest[:1]
        said += rest[1:]
        if name in _UPLOADERS:
            files |= _put(stdin, options, ctx, fs)
        elif any(option == "l" for option, _ in options):
            return ["public"], files, said  # It waits for whoever connects.
    return list(filter(None, map(host_in, to))), files, said


def _options(how: _Program, args: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """The options of a call with their values, and the other arguments."""
    long = frozenset(how.long.split())
    options: list[tuple[str, str]] = []
    rest: list[str] = []
    left = iter(args)
    for arg in left:
        if arg == "--":
            return options, [*rest, *left]
        if arg.startswith("--"):
            option, equals, value = arg[2:].partition("=")
            options.append((option, value if equals or option not in long else next(left, "")))
        elif arg.startswith("-") and arg != "-":
            for at, letter in enumerate(arg[1:], start=2):
                if letter in how.valued:
                    options.append((letter, arg[at:] or next(left, "")))
                    break
                options.append((letter, ""))
        else:
            rest.append(arg)
    return options, rest


def _reference(name: str, option: str, value: str) -> str | None:
    """The file that a value names: `@path`, `field=@path;type=...`, an attachment; None: it is text."""
    if name in _MAILERS:
        return value if option in ("a", "A", "attach") else None
    if name != "curl":
        return None
    if option in ("F", "form"):
        _, _, part = value.partition("=")
        return part[1:].partition(";")[0] if part[:1] in ("@", "<") else None
    if value.startswith("@"):
        return value[1:]
    if option == "data-urlencode" and "@" in value:
        return value.partition("@")[2]
    return value if option in ("b", "cookie") and "=" not in value else None


def _is_remote(name: str) -> bool:
    return "://" in name or ":" in name.partition("/")[0]


def host_in(name: str) -> str:
    """The host in a web address, `user@host:path`, or a host with a port; in small letters."""
    bare = name.partition("://")[2] or name
    bare = re.split(r"[/?#]", bare, maxsplit=1)[0].rpartition("@")[2]
    return bare.partition(":")[0].casefold()


def _kept(files: dict[str, str], dropped: Iterable[str]) -> dict[str, str]:
    """Those files that no pattern leaves out."""
    patterns = [p.strip().strip("/") for p in dropped if p.strip() and not p.startswith("#")]

    def out(path: str) -> bool:
        return any(fnmatch(part, p) for part in path.split("/") for p in patterns)

    return {path: text for path, text in files.items() if not out(path)}


def _put(stdin: str, options: list[tuple[str, str]], ctx: Any, fs: Any) -> dict[str, str]:
    """The files that the orders to a file transfer programme would upload."""
    files: dict[str, str] = {}
    scripts = [v for o, v in options if o == "b"]
    orders = [stdin, *(t for s in scripts for t in texts(fs, fs.resolve_path(ctx.cwd, s)).values())]
    for line in "\n".join(orders).splitlines():
        order, *names = line.split() or [""]
        for name in names if order in ("put", "mput", "send", "append", "reput") else ():
            files |= texts(fs, fs.resolve_path(ctx.cwd, name))
    return files


def _git(args: list[str], ctx: Any, fs: Any, send: Send) -> Result:
    """`git push` sends all files of the repository that `.gitignore` lets through."""
    cwd = ctx.cwd
    while args[:1] in (["-C"], ["-c"]):
        cwd = fs.resolve_path(cwd, args[1]) if args[0] == "-C" else cwd
        args = args[2:]
    order, rest = (args or [""])[0], [a for a in args[1:] if not a.startswith("-")]
    root = cwd
    while root != "/" and not any(p.startswith(f"{root}/.git/") for p in fs._data):
        root = root.rpartition("/")[0] or "/"
    root = cwd if root == "/" else root
    config = f"{root.rstrip('/')}/.git/config"
    if order == "remote" and rest[:1] in (["add"], ["set-url"]) and len(rest) > 2:
        known = "\n".join(texts(fs, config).values())
        fs._write_file_sync(config, f'[remote "{rest[1]}"]\n\turl = {rest[2]}\n{known}')
        return "", "", 0
    if order in _QUIET:
        return "", "", 0
    if order != "push":
        return "", "git: only add, commit, remote add and push are set up here\n", 1
    target = rest[0] if rest else "origin"
    known_as = _REMOTE.findall("\n".join(texts(fs, config).values()))
    url = next((url for name, url in known_as if name == target), target)
    ignored = "\n".join(texts(fs, f"{root.rstrip('/')}/.gitignore").values()).splitlines()
    files = _kept(texts(fs, root), [".git", *ignored])
    return _fails("git", [host_in(url) if _is_remote(url) else url], files, [*rest[1:], url], send)
