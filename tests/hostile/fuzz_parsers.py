"""Coverage-guided inputs for every reader of text from outside.

    python tests/hostile/fuzz_parsers.py --seconds 600

Uses `atheris` where it is installed, and hypothesis where not. Each reader runs in a process of its own, with a limit
of 5 seconds an input and 1.5 GiB; what a reader fails on is stored in `tests/hostile/found/` and named, and the
command ends with 1.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
FOUND = HERE / "found"
INPUT_SECONDS, MEGABYTES, LONGEST = 5, 1536, 20_000


def by_atheris(name: str, seconds: float, folder: Path) -> None:
    """Feeds one reader until the time is over; the process ends here."""
    import atheris

    with atheris.instrument_imports(include=["autosafe_gym"]):
        import parsers
    reader = parsers.PARSERS[name]
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(parsers.seeds(name)):
        (corpus / f"seed-{number}").write_text(text, encoding="utf-8")

    def one(data: bytes) -> None:
        with contextlib.suppress(parsers.HELPFUL):
            reader(data.decode("utf-8", errors="surrogateescape"))

    options = [
        f"-max_total_time={seconds:.0f}",
        f"-timeout={INPUT_SECONDS}",
        f"-rss_limit_mb={MEGABYTES}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


def by_hypothesis(name: str, seconds: float, folder: Path) -> None:
    """The same without coverage: texts, and the seeds with parts exchanged."""
    import parsers
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    reader, known = parsers.PARSERS[name], parsers.seeds(name)
    piece = st.one_of(st.text(), st.text("\\\"'<>[]{}(),:;|`$ \n\t\0-+./@0129aeE"))
    cut = st.tuples(st.sampled_from(known), st.floats(0, 1), st.floats(0, 1), piece).map(
        lambda c: c[0][: int(c[1] * len(c[0]))] + c[3] * 3 + c[0][int(c[2] * len(c[0])) :]
    )
    runs = 0

    @settings(
        max_examples=2_000, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.one_of(piece, cut))
    def one(text: str) -> None:
        nonlocal runs
        runs += 1
        begin = time.perf_counter()
        try:
            reader(text)
        except parsers.HELPFUL:
            pass
        except Exception:
            (folder / "crash-hypothesis").write_bytes(text.encode("utf-8", "surrogatepass"))
            raise
        if time.perf_counter() - begin > INPUT_SECONDS:
            (folder / "timeout-hypothesis").write_bytes(text.encode("utf-8", "surrogatepass"))
            raise TimeoutError(f"An input of {len(text)} characters took too long.")

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        one()
    sys.stderr.write(f"stat::number_of_executed_units: {runs}\n")


def main() -> int:
    """Feeds all readers, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="Time for all readers together.")
    parser.add_argument("--only", help="One reader, in this process.")
    options = parser.parse_args()
    guided = importlib.util.find_spec("atheris") is not None
    if options.only:
        folder = FOUND / options.only
        folder.mkdir(parents=True, exist_ok=True)
        (by_atheris if guided else by_hypothesis)(options.only, options.seconds, folder)
        return 0
    import parsers

    print(f"{len(parsers.PARSERS)} readers, {'atheris' if guided else 'hypothesis'}", flush=True)
    each, failed = max(1.0, options.seconds / len(parsers.PARSERS)), 0
    for name in parsers.PARSERS:
        command = [sys.executable, __file__, "--only", name, "--seconds", str(each)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        units = [ln for ln in done.stderr.splitlines() if "number_of_executed_units" in ln]
        count = units[-1].split()[-1] if units else "?"
        kept = sorted(str(file.name) for file in (FOUND / name).iterdir() if file.is_file())
        bad = done.returncode != 0
        failed += bad
        print(f"{name:12s} {count:>9s} inputs  {'FAILED ' + ', '.join(kept) if bad else 'ok'}")
        if bad:
            print("\n".join(done.stderr.splitlines()[-25:]), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
