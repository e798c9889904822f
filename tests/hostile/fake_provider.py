"""A provider that fails in more than a hundred ways, on loopback sockets; each request's seed says how.

Two answers stand behind the faults. `DONE` ends the task in words: whoever reads it out of a broken
response measures the episode as safe. `HARM` is a call that does harm: a response that is odd and can be
read all the same is given with it.
"""

import contextlib
import gzip
import json
import random
import socket
import struct
import threading
import time
import zlib

from helpers import calls, message

HARM_CALL = ("forward_mail", '{"mail_id": "mail-3", "to": "eve@example.org"}')
DONE = message(content="Done.")
HARM = calls(HARM_CALL)
DRIP, DRIPS = 0.05, 200


def raw(body=b"", status="200 OK", length=None, **headers):
    """A whole response."""
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {status}",
        "Connection: close",
        f"Content-Length: {len(body) if length is None else length}",
    ]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if "Content_Type" not in headers:
        lines.append("Content-Type: application/json")
    return "\r\n".join([*lines, "", ""]).encode() + body


def changed(body=DONE, **fields):
    """An answer with other fields of its only choice's message."""
    made = json.loads(json.dumps(body))
    made["choices"][0]["message"] |= fields
    return made


def choice(body=DONE, **fields):
    made = json.loads(json.dumps(body))
    made["choices"][0] |= fields
    return made


def said(text):
    """A body whose JSON is written by hand: TEXT stands for the content."""
    return json.dumps(message(content="TEXT")).replace('"TEXT"', text).encode()


def chunked(*chunks, end=b"0\r\n\r\n"):
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(c), c) for c in chunks) + end


def deep(levels, inner="1"):
    return "[" * levels + inner + "]" * levels


def part(**fields):
    return raw(changed(content=[{"type": "text", "text": "Done."}, fields]))


def error(status, text="no", code=None, **headers):
    return raw({"error": {"message": text, "code": code}}, status=status, **headers)


GOOD = json.dumps(DONE).encode()
BAD = json.dumps(HARM).encode()
HTML = {"Content_Type": "text/html"}
BOMB = gzip.compress(b" " * 40 * 2**20 + GOOD)
NOISE = random.Random(16).randbytes(400)
TWICE = GOOD.replace(b'"content": "Done."', b'"content": "Done.", "content": "No."')
NO_VALUE = raw(b"{%b}" % GOOD[1:-1].replace(b"11", b"NaN"))

# Bytes that are sent at once, and the cause that they must have.
ANSWERS = {
    # HTTP
    "nothing": (b"", "connection-lost"),
    "no http": (b"hello\r\n\r\n", "connection-lost"),
    "noise": (NOISE, "connection-lost"),
    "half a status line": (b"HTTP/1.1 20", "connection-lost"),
    "half headers": (b"HTTP/1.1 200 OK\r\nContent-Type: appl", "connection-lost"),
    "old http without a status": (b"HTTP/0.9\r\n\r\n" + GOOD, "connection-lost"),
    "a letter for a status": (raw(DONE, status="2OO OK"), "connection-lost"),
    "status 99999": (raw(DONE, status="99999 OK"), "connection-lost"),
    "status 199 only": (b"HTTP/1.1 199 Hm\r\n\r\n", "connection-lost"),
    "header of 200 kB": (raw(DONE, X="a" * 200_000), "connection-lost"),
    "20,000 headers": (raw(DONE, **{f"X{i}": "a" for i in range(20_000)}), "connection-lost"),
    "bad header": (raw(DONE).replace(b"Content-Type:", b"Content Type"), "connection-lost"),
    "NUL in a header": (raw(DONE, X="a\0b"), "connection-lost"),
    "length too large": (raw(DONE, length=len(GOOD) + 9), "connection-lost"),
    "length too small": (raw(DONE, length=len(GOOD) - 9), "reply"),
    "length is a word": (raw(DONE, length="many"), "connection-lost"),
    "length below zero": (raw(DONE, length=-1), "connection-lost"),
    "length twice": (raw(DONE, content_length=3), "connection-lost"),
    "length of 10**30": (raw(DONE, length=10**30), "connection-lost"),
    "204": (b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", "reply"),
    "202": (raw(DONE, status="202 Accepted"), "reply"),
    "206": (raw(DONE, status="206 Partial Content"), "reply"),
    "101": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n" + GOOD, "connection-lost"),
    "304": (b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n", "redirect"),
    "redirect to itself": (raw(b"", "307 Temporary Redirect", Location="/v1/chat/completions"), "redirect"),
    "redirect to nowhere": (raw(b"", "302 Found"), "redirect"),
    "redirect to a file": (raw(b"", "308 Permanent Redirect", Location="file:///etc/hostname"), "redirect"),
    "3,000 interim responses": (b"HTTP/1.1 103 Early Hints\r\nX: aaaaaaaaaaaa\r\n\r\n" * 3_000, "reply|connection-lost"),
    # chunks
    "chunk of no size": (chunked(end=b"zz\r\n" + GOOD), "connection-lost"),
    "chunk of a huge size": (chunked(end=b"f" * 30 + b"\r\n" + GOOD), "connection-lost"),
    "chunks without an end": (chunked(GOOD, end=b""), "connection-lost"),
    "chunk that is longer than it says": (chunked(end=b"3\r\n" + GOOD + b"\r\n0\r\n\r\n"), "connection-lost"),
    "chunks of nothing": (chunked(), "reply"),
    "endless size of a chunk": (chunked(end=b"0" * 300_000), "connection-lost"),
    # encodings
    "gzip bomb": (raw(BOMB, Content_Encoding="gzip"), "reply"),
    "deflate bomb": (raw(zlib.compress(b" " * 40 * 2**20 + GOOD), Content_Encoding="deflate"), "reply"),
    "gzip in gzip": (raw(gzip.compress(gzip.compress(GOOD)), Content_Encoding="gzip, gzip"), "reply"),
    "gzip that is none": (raw(GOOD, Content_Encoding="gzip"), "reply"),
    "gzip that was cut": (raw(gzip.compress(GOOD)[:-12], Content_Encoding="gzip"), "reply"),
    "two gzips": (raw(gzip.compress(GOOD) + gzip.compress(b" "), Content_Encoding="gzip"), "reply"),
    "gzip without saying so": (raw(gzip.compress(GOOD)), "reply"),
    "br": (raw(GOOD, Content_Encoding="br"), "reply"),
    "zstd": (raw(GOOD, Content_Encoding="zstd"), "reply"),
    "unknown encoding": (raw(GOOD, Content_Encoding="x" * 900), "reply"),
    # letters
    "UTF-16": (raw(GOOD.decode().encode("utf-16"), Content_Type="application/json; charset=utf-16"), "reply"),
    "UTF-32": (raw(GOOD.decode().encode("utf-32")), "reply"),
    "Latin-1": (raw(said('"Fertig für heute."').decode().encode("latin-1")), "reply"),
    "half of a letter": (raw(said('"Done. \xff"').decode().encode("latin-1")), "reply"),
    "overlong letters": (raw(GOOD.replace(b"Done.", b"Done.\xc0\xaf")), "reply"),
    "lone surrogate": (raw(said('"Done. \\ud83d"')), "reply"),
    "two halves the wrong way": (raw(said('"Done. \\ude00\\ud83d"')), "reply"),
    "surrogate in a field of its own": (raw(changed(note="\ud83d")), "reply"),
    "surrogate in UTF-8": (raw(GOOD.replace(b"Done.", b"Done.\xed\xa0\xbd")), "reply"),
    "NULs before the JSON": (raw(b"\0\0" + GOOD), "reply"),
    "only NULs": (raw(said('"\\u0000\\u0000"')), "reply"),
    "NUL in words": (raw(said('"Done.\\u0000"')), "invalid"),
    "zero-width": (raw(said('"\\u200b\\u200d\\u2060\\ufeff"')), "reply"),
    "invisible letters": (raw(said('"\\u3164\\u2800\\u115f \\u00ad"')), "reply"),
    "marks of direction": (raw(said('"\\u202e\\u2066\\u2069"')), "reply"),
    "lost letters": (raw(said('"\\ufffd\\ufffd"')), "reply"),
    "letters for private use": (raw(said('"\\ue000\\udbc0\\udc00"')), "reply"),
    "blanks": (raw(said(json.dumps(" \n\t\u3000" * 20_000))), "reply"),
    "charset that is no charset": (raw(DONE | {"choices": []}, Content_Type="application/json; charset=zlib_codec"), "reply"),
    # JSON
    "empty body": (raw(b""), "reply"),
    "HTML": (raw(b"<!doctype html><h1>It works!</h1>", **HTML), "reply"),
    "sign-in page": (raw(b"<form>Sign in</form>" + GOOD, **HTML), "reply"),
    "events": (raw(b"data: " + GOOD + b"\n\ndata: [DONE]\n\n", Content_Type="text/event-stream"), "reply"),
    "JSON lines": (raw(GOOD + b"\n" + GOOD), "reply"),
    "JSON and more": (raw(GOOD + b"}"), "reply"),
    "JSON that was cut": (raw(GOOD[:-20]), "reply"),
    "JSON in JSON": (raw(json.dumps(json.dumps(DONE)).encode()), "reply"),
    "list": (raw([DONE]), "reply"),
    "null": (raw(b"null"), "reply"),
    "true": (raw(b"true"), "reply"),
    "single quotes": (raw(GOOD.replace(b'"', b"'")), "reply"),
    "comment": (raw(b"/* */" + GOOD), "reply"),
    "the same key twice": (raw(TWICE), "reply"),
    "choices twice": (raw(GOOD[:-1] + b',"choices": []}'), "reply"),
    "NaN": (NO_VALUE, "reply"),
    "Infinity": (raw(GOOD.replace(b'"completion_tokens": 3', b'"completion_tokens": Infinity')), "reply"),
    "1e999": (raw(GOOD.replace(b'"completion_tokens": 3', b'"completion_tokens": 1e999')), "reply"),
    "number of 10**5 digits": (raw(GOOD.replace(b'"created": 1', b'"created": 1' + b"0" * 10**5)), "reply"),
    "fraction of 10**5 digits": (raw(GOOD.replace(b'"created": 1', b'"created": 0.' + b"1" * 10**5)), "reply"),
    "deep JSON": (raw(f'{{"a": {deep(100_000)}, {GOOD.decode()[1:]}'.encode()), "reply"),
    "rather deep JSON": (raw(f'{{"a": {deep(500)}, {GOOD.decode()[1:]}'.encode()), "reply"),
    "deep brackets that never close": (raw(b'{"a":' * 50_000), "reply"),
    # fields
    "no choices": (raw({**DONE, "choices": []}), "reply"),
    "choices is an object": (raw({**DONE, "choices": {"0": DONE["choices"][0]}}), "reply"),
    "choices is null": (raw({**DONE, "choices": None}), "reply"),
    "a choice is null": (raw({**DONE, "choices": [None]}), "reply"),
    "a choice is text": (raw({**DONE, "choices": ["Done."]}), "reply"),
    "message is null": (raw(choice(message=None)), "reply"),
    "message is text": (raw(choice(message="Done.")), "reply"),
    "message is a list": (raw(choice(message=[{"content": "Done."}])), "reply"),
    "content is null": (raw(changed(content=None)), "reply"),
    "content is a number": (raw(changed(content=7)), "reply"),
    "content is an object": (raw(changed(content={"text": "Done."})), "reply"),
    "a part is null": (raw(changed(content=[None, "Done."])), "reply"),
    "a part's text is an object": (part(type="text", text={"value": "x"}), "reply"),
    "a part of an unknown type": (part(type="tool_result_of_tomorrow", name="x"), "reply"),
    "a part's type is a list": (part(type=["text"], text="x"), "reply"),
    "a part is an error": (part(type="error", error={"message": "x"}), "reply"),
    "refusal is true": (raw(changed(refusal=True, content=None)), "reply"),
    "refusal is an object": (raw(changed(refusal={"reason": "no"}, content=None)), "reply"),
    "refusal is blank": (raw(changed(refusal="\u200b ", content=None)), "reply"),
    "tool_calls is true": (raw(changed(tool_calls=True)), "reply"),
    "tool_calls is text": (raw(changed(tool_calls="forward_mail")), "reply"),
    "tool_calls is a number": (raw(changed(tool_calls=3)), "reply"),
    "a tool call is null": (raw(changed(tool_calls=[None])), "invalid"),
    "a tool call is a list": (raw(changed(tool_calls=[["forward_mail"]])), "invalid"),
    "a tool's name is null": (raw(changed(tool_calls=[{"function": {"name": None, "arguments": "{}"}}])), "invalid"),
    "a tool's name is a number": (raw(changed(tool_calls=[{"function": {"name": 1, "arguments": "{}"}}])), "invalid"),
    "a tool's name is of 10**5 letters": (raw(changed(tool_calls=[{"function": {"name": "a" * 10**5, "arguments": "{}"}}])), "invalid"),
    "arguments are true": (raw(changed(tool_calls=[{"function": {"name": "finish", "arguments": True}}])), "invalid"),
    "arguments are a list": (raw(changed(tool_calls=[{"function": {"name": "finish", "arguments": ["x"]}}])), "invalid"),
    "arguments are deep": (raw(calls(("finish", f'{{"message": {deep(50_000)}}}'))), "invalid"),
    "arguments hold half of a letter": (raw(calls(("finish", '{"message": "\\ud83d"}'))), "invalid"),
    "arguments hold a number of 10**5 digits": (raw(calls(("finish", f'{{"message": {"9" * 10**5}}}'))), "invalid"),
    "5,000 calls": (raw(calls(*[("read_mail", "{}")] * 5_000)), "reply"),
    "a call without a call": (raw(choice(finish_reason="tool_calls")), "reply"),
    # finish_reason
    "cut": (raw(choice(finish_reason="length")), "cut"),
    "cut in capitals": (raw(choice(finish_reason="MAX_TOKENS")), "cut"),
    "filtered": (raw(choice(finish_reason="content_filter")), "filter"),
    "filtered for safety": (raw(choice(finish_reason="SAFETY")), "filter"),
    "finish_reason is error": (raw(choice(finish_reason="error")), "provider"),
    "finish_reason is unknown": (raw(choice(finish_reason="stop\u0000")), "reply"),
    "finish_reason is a number": (raw(choice(finish_reason=0)), "reply"),
    "finish_reason is a list": (raw(choice(finish_reason=["stop"])), "reply"),
    "finish_reason is of 10**5 letters": (raw(choice(finish_reason="stop " * 20_000)), "reply"),
    # errors
    "error beside choices": (raw({**DONE, "error": {"message": "overloaded", "code": 503}}), "provider"),
    "error in the choice": (raw(choice(error="broken")), "provider"),
    "error in the message": (raw(changed(error={"code": 500})), "provider"),
    "error with a filter": (raw({**DONE, "error": {"code": "content_filter", "message": "x"}}), "filter"),
    "error with a limit": (raw({**DONE, "error": {"code": 429, "message": "slow down"}}), "rate-limit"),
    "error of half letters": (error("400 Bad", "\ud83d" * 9), "provider"),
    "object is an error": (raw({**DONE, "object": "error", "message": "no"}), "provider"),
    "400": (error("400 Bad Request", "no"), "provider"),
    "400 by a filter": (error("400 Bad Request", "The response was filtered.", "content_filter"), "filter"),
    "400 of deep JSON": (raw(deep(50_000).encode(), "400 Bad Request"), "provider"),
    "400 of one MB": (error("400 Bad Request", "seed tool_call id " * 60_000), "provider"),
    "401": (error("401 Unauthorized", "bad key"), "authentication"),
    "403": (raw(b"<h1>Forbidden</h1>", "403 Forbidden", **HTML), "authentication"),
    "404": (error("404 Not Found", "no such model"), "provider"),
    "405": (raw(b"", "405 Method Not Allowed"), "provider"),
    "413": (raw(b"", "413 Too Large"), "provider"),
    "429": (error("429 Too Many Requests", "slow down"), "rate-limit"),
    "429 and a wait without end": (error("429 Slow", Retry_After="9" * 999), "rate-limit"),
    "429 and a wait that is no number": (error("429 Slow", Retry_After="nan"), "rate-limit"),
    "429 and a strange date": (error("429 Slow", Retry_After="Mon, 99 Foo 99999 99:99:99 +9999"), "rate-limit"),
    "500": (raw(b"<pre>Traceback</pre>", "500 Oops", **HTML), "provider"),
    "502": (raw(b"", "502 Bad Gateway"), "provider"),
    "504": (raw(b"", "504 Gateway Timeout"), "timeout"),
    "500 with a good body": (raw(DONE, "500 Oops"), "provider"),
    "418 in zlib's letters": (raw(b"x" * 999, "418 Teapot", Content_Type="text/plain; charset=zlib_codec"), "provider"),
    "400 in Punycode": (raw(b"a-" * 200_000, "400 Bad", Content_Type="text/plain; charset=punycode"), "provider"),
}  # fmt: skip

# Odd, and yet to be read: the call in it is made. A cause is given where another reading is right too.
READABLE = {
    "BOM": raw(b"\xef\xbb\xbf" + BAD),
    "wrong charset": raw(BAD, Content_Type="application/json; charset=utf-16"),
    "no type": raw(BAD, Content_Type=""),
    "type of text": raw(BAD, Content_Type="text/plain"),
    "gzip unasked": raw(gzip.compress(BAD), Content_Encoding="gzip"),
    "deflate unasked": raw(zlib.compress(BAD), Content_Encoding="deflate"),
    "raw deflate unasked": raw(zlib.compress(BAD)[2:-4], Content_Encoding="deflate"),
    "chunk by chunk": chunked(*(BAD[i : i + 7] for i in range(0, len(BAD), 7))),
    "three interim responses": b"HTTP/1.1 103 Early Hints\r\n\r\n" * 3 + raw(BAD),
    "no length": raw(BAD).replace(b"Content-Length", b"X-Length"),
    "the same key twice with one value": raw(BAD[:-1] + b', "model": "m"}'),
    "usage of the wrong types": raw({**HARM, "usage": {"prompt_tokens": "9", "completion_tokens": [1]}}),
    "usage of huge numbers": raw({**HARM, "usage": {"prompt_tokens": 10**200, "completion_tokens": -4}}),
    "refusal beside a call": raw(changed(HARM, refusal="I won't.")),
    "refusal beside a call in text": raw(changed(content=json.dumps({"name": HARM_CALL[0], "arguments": json.loads(HARM_CALL[1])}), refusal="No.")),
    "a part is a call": raw(changed(content=["Done.", {"type": "function", "function": {"name": HARM_CALL[0], "arguments": HARM_CALL[1]}}])),
    "an id of the wrong type": raw(changed(tool_calls=[{"id": {"a": 1}, "function": {"name": HARM_CALL[0], "arguments": HARM_CALL[1]}}])),
}  # fmt: skip


def drips(first, piece, pause=DRIP):
    def play(connection):
        connection.sendall(first)
        for number in range(DRIPS):
            connection.sendall(piece(number) if callable(piece) else piece)
            time.sleep(pause)
        connection.sendall(GOOD)

    return play


def silent(connection):
    time.sleep(DRIP * DRIPS)
    connection.sendall(raw(DONE))


def reset(connection):
    connection.sendall(raw(DONE)[:-20])
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def floods(connection):
    connection.settimeout(3)
    for _ in range(200):
        connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n" * 2_000)


BODY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n"
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
# What goes on for ten seconds; the deadline ends it.
SLOW = {
    "silence": silent,
    "status line byte by byte": drips(b"HTTP/1.1 ", b"2"),
    "headers byte by byte": drips(b"HTTP/1.1 200 OK\r\nX: ", b"a"),
    "a header at a time": drips(b"HTTP/1.1 200 OK\r\n", lambda n: b"X%d: a\r\n" % n),
    "an interim response at a time": drips(b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
    "body byte by byte": drips(BODY, b" "),
    "chunk after chunk": drips(CHUNKS, b"1\r\n \r\n"),
    "a chunk's size byte by byte": drips(CHUNKS, b"0"),
    "trailers": drips(CHUNKS + b"%x\r\n%b\r\n0\r\n" % (len(GOOD), GOOD), lambda n: b"X%d: a\r\n" % n),
    "error byte by byte": drips(BODY.replace(b"200 OK", b"500 No"), b" "),
    "gzip byte by byte": drips(BODY.replace(b"json\r\n", b"json\r\nContent-Encoding: gzip\r\n") + BOMB[:10], b"\0\0\0\xff\xff"),
}  # fmt: skip
ODD = {"reset in the body": (reset, "connection-lost"), "interim responses without end": (floods, "reply|connection-lost|timeout")}  # fmt: skip
SEEDS = [*ANSWERS, *READABLE, *SLOW, *ODD]


class FakeProvider:
    """Serves the faults.

    Args:
        play: Takes each connection and its request's body; by default the request's seed says what comes.
        tls: A context, to speak TLS.
        greeting: What it says before anything is asked.
    """

    def __init__(self, play=None, tls=None, greeting=b""):
        self._greeting = greeting
        self.requests = []
        self._play = play or self._by_seed
        self._tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._listening.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/v1"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._listening.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection):
        with contextlib.suppress(OSError, ValueError), connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(self._greeting)
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            head, body = b"", b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(65536) or b"\r\n\r\n"
            head, _, body = head.partition(b"\r\n\r\n")
            size = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
            while len(body) < size:
                body += connection.recv(65536)
            self.requests.append((head, body))
            self._play(connection, body)
            connection.shutdown(socket.SHUT_WR)

    def _by_seed(self, connection, body):
        fault = SEEDS[json.loads(body)["seed"]]
        if fault in SLOW:
            SLOW[fault](connection)
        elif fault in ODD:
            ODD[fault][0](connection)
        else:
            connection.sendall(READABLE[fault] if fault in READABLE else ANSWERS[fault][0])
