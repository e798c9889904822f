"""A small OpenAI-compatible server, for every test that talks to a model."""

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from helpers import message


@pytest.fixture
def server():
    """Answers each request with the next of `replies`: a dict, (status, headers, text), or seconds.

    A text in parts comes slowly, part by part.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self._send(200, {}, json.dumps({"object": "list", "data": httpd.models}))

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            httpd.requests.append(json.loads(body))
            if httpd.answer is not None:
                httpd.replies[:] = [httpd.answer(httpd.requests[-1])]
            reply = httpd.replies.pop(0) if len(httpd.replies) > 1 else httpd.replies[0]
            if isinstance(reply, float):
                time.sleep(reply)
                reply = message(content="late")
            status, headers, text = (
                (200, {}, json.dumps(reply)) if isinstance(reply, dict) else reply
            )
            self._send(status, headers, text)

        def _send(self, status, headers, text):
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                for part in text if isinstance(text, list) else [text]:
                    self.wfile.write(part.encode())
                    time.sleep(0.02 if isinstance(text, list) else 0)

        def log_message(self, *args):
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.requests, httpd.replies, httpd.answer = [], [], None
    httpd.models = []
    httpd.url = f"http://127.0.0.1:{httpd.server_port}/v1"
    threading.Thread(target=httpd.serve_forever, args=(0.01,), daemon=True).start()
    yield httpd
    httpd.shutdown()
    httpd.server_close()
