"""What the runner itself costs: CPU time of a run against a fast fake endpoint, per request.

    python benchmarks/runner.py

64 episodes at once; the endpoint is another process. The same requests sent by the bare openai client
in as many threads are the base; the difference is the runner's, the environment's and the store's.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from autosafe_gym.runs.job import Job
from autosafe_gym.runs.runner import run_episodes
from autosafe_gym.runs.store import EpisodeStore

EPISODES, CONCURRENCY = 256, 64
SERVER = """
import asyncio, json
CALL = {"id": "c", "type": "function", "function": {"name": "ask_user", "arguments": '{"question": "?"}'}}
MESSAGE = {"role": "assistant", "content": None, "tool_calls": [CALL]}
BODY = json.dumps({"id": "x", "object": "chat.completion", "model": "m", "created": 1,
    "choices": [{"index": 0, "message": MESSAGE, "finish_reason": "tool_calls"}],
    "usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12}}).encode()
MODELS = json.dumps({"object": "list", "data": []}).encode()

async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            size = [h for h in head.lower().split(b"\\r\\n") if h.startswith(b"content-length:")]
            if size:
                await reader.readexactly(int(size[0].split(b":")[1]))
            body = MODELS if head.startswith(b"GET") else BODY
            writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: "
                         + str(len(body)).encode() + b"\\r\\n\\r\\n" + body)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


def bare(url: str, questions: list[dict]) -> float:
    """CPU seconds for these requests by the client alone."""
    import openai

    client = openai.OpenAI(base_url=url, api_key="none")
    start = time.process_time()
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        list(pool.map(lambda q: client.chat.completions.create(**q), questions))
    return time.process_time() - start


def main() -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE)
    try:
        url = f"http://127.0.0.1:{int(server.stdout.readline())}/v1"
        job = Job("openai:m", base_url=url)
        job.prepare()
        with tempfile.TemporaryDirectory() as folder:
            store = EpisodeStore(folder, job.config())
            start = time.process_time()
            totals = run_episodes(job.make_player, store, range(EPISODES), concurrency=CONCURRENCY)
            ours = time.process_time() - start
            store.close()
            requests = int(totals.usage["requests"])
            size = Path(folder, "episodes.jsonl").stat().st_size
            played = list(store.episodes.values())
        questions = []
        for trajectory in played:
            env = job.make_env()
            _, info = env.reset(options={"scenario": trajectory.scenario})
            chat = list(info["messages"])
            for step in trajectory.steps:
                more = {"model": "m", "messages": list(chat), "tools": info["tools"], "seed": 0}
                questions.append(json.loads(json.dumps(more)))
                chat.append({"role": "user", "content": step.observation})
        base = bare(url, questions)
        print(
            f"{EPISODES} episodes, {CONCURRENCY} at once, {requests} requests, "
            f"{size / EPISODES / 1024:.0f} KiB an episode\n"
            f"CPU a request: {1e3 * ours / requests:.2f} ms in all, "
            f"{1e3 * base / len(questions):.2f} ms of it the openai client: the runner's own is "
            f"{1e3 * (ours / requests - base / len(questions)):.2f} ms  target <= 2"
        )
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()
