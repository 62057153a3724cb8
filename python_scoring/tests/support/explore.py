"""New examples for the property tests, for as long as asked: `make explore`."""

import functools
import itertools
import os
import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TextIO

import click
import pytest
from hypothesis.core import HypothesisHandle
from hypothesis.errors import UnsatisfiedAssumption
from hypothesis.internal.conjecture import engine

# What shrinking may take when the time is over; with time left it may take Hypothesis' own limit.
LAST_SHRINKING_SECONDS = 45
MOST_SHRINKING_SECONDS = engine.MAX_SHRINKING_SECONDS

FOUND, NOT_RUN = 1, 2


@dataclass(frozen=True)
class Finding:
    """A property that failed.

    Args:
        test: Node id for pytest.
        examples: The smallest failing ones, each as an @example decorator.
        replays: Hypothesis' @reproduce_failure decorators, for what no @example can say.

    """

    test: str
    examples: tuple[str, ...]
    replays: tuple[str, ...]


@dataclass(eq=False)  # pytest wants to hash its plugins
class Exploration:
    """Plugin of pytest that runs the collected properties in turn until the time is over.

    What failed, or could not be set up, is not run again. Fixtures of the session are set up once.
    When the time is over, the rest of a test's examples is left out, but a failing one is shrunk.

    Args:
        seconds: How long, from the first test.
        progress: Where a line is written before each test.
        findings: What failed so far.
        example_count: Examples run so far.
        failing: The test that runs has failed, and is being shrunk.
        started: By the monotonic clock.

    """

    seconds: float
    progress: TextIO
    findings: list[Finding] = field(default_factory=list)
    example_count: int = 0
    failing: bool = False
    started: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        """Seconds since the first test."""
        return time.monotonic() - self.started

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run tests in turn; None, which leaves it to pytest, where they could not be collected."""
        if session.testsfailed:
            return None
        properties: list[Any] = session.items
        handles = {id(each.obj.hypothesis): each.obj.hypothesis for each in properties}
        for handle in handles.values():
            self._wrap(handle)
        self.started = time.monotonic()
        waiting = deque(session.items)
        while waiting and self.elapsed < self.seconds:
            item, failed_before = waiting.popleft(), session.testsfailed
            self._run(item, waiting[0] if waiting else None)
            if session.testsfailed == failed_before:
                waiting.append(item)
        return True

    def pytest_exception_interact(self, node: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Take down what a failed property prints about its example."""
        if call.when == "call" and call.excinfo is not None:
            notes = tuple(notes_of(call.excinfo.value))
            fixtures = getattr(node, "fixturenames", ())
            self.findings.append(
                Finding(
                    node.nodeid,
                    tuple(itertools.chain(*(decorators_in(note, fixtures) for note in notes))),
                    tuple(itertools.chain(*(_REPLAY.findall(note) for note in notes))),
                )
            )

    def _run(self, item: pytest.Item, following: pytest.Item | None) -> None:
        self.failing = False
        left = self.seconds - self.elapsed
        engine.MAX_SHRINKING_SECONDS = int(
            min(MOST_SHRINKING_SECONDS, max(LAST_SHRINKING_SECONDS, left))
        )
        print(
            f"{clock(self.elapsed)} of {clock(self.seconds)}, {self.example_count:,} examples,"
            f" {len(self.findings)} failing: {item.name}",
            file=self.progress,
            flush=True,
        )
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)

    def _wrap(self, handle: HypothesisHandle) -> None:
        property_test: Callable[..., None] = handle.inner_test

        @functools.wraps(property_test)
        def counted(*arguments: Any, **named: Any) -> None:
            if self.elapsed > self.seconds and not self.failing:
                return
            self.example_count += 1
            try:
                property_test(*arguments, **named)
            except UnsatisfiedAssumption:
                raise
            except Exception:
                self.failing = True
                raise

        handle.inner_test = counted


_REPLAY = re.compile(r"@reproduce_failure\(.*\)")
_FAILING = re.compile(r"^(?:Failing|Falsifying)[^\n]*\($(.*?)^\)$", re.MULTILINE | re.DOTALL)
_ARGUMENT = re.compile(r"^ {4}(?=\w+=)", re.MULTILINE)


def notes_of(error: BaseException) -> Iterator[str]:
    """Yield what Hypothesis noted on an error, or on each error of a group."""
    yield from getattr(error, "__notes__", [])
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from notes_of(each)


def decorators_in(note: str, fixtures: tuple[str, ...]) -> Iterator[str]:
    """Yield each failing example of a note as a decorator, without pytest's fixtures."""
    for body in _FAILING.findall(note):
        arguments = [text.rstrip() for text in _ARGUMENT.split(body) if text.strip()]
        drawn = [text for text in arguments if text.partition("=")[0] not in fixtures]
        yield "\n".join(["@example(", *(f"    {text}" for text in drawn), ")"])


def clock(seconds: float) -> str:
    """Return minutes and seconds, as in 4:05."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"


def summary(exploration: Exploration) -> str:
    """Say in plain words what was found, and how to keep it."""
    drawn = f"{exploration.example_count:,} examples in {clock(exploration.elapsed)}"
    if not exploration.findings:
        return f"No property failed: {drawn}."
    lines = [f"{len(exploration.findings)} of the properties failed: {drawn}."]
    for finding in exploration.findings:
        lines += ["", f"Test: {finding.test}"]
        for example in finding.examples:
            lines += ["", "The smallest example that fails:", "", *_indented(example)]
        for replay in finding.replays:
            lines += ["", "The same, for a quick look:", "", *_indented(replay)]
    lines += [
        "",
        "To keep an example, paste its @example(...) above the test's @settings and @given, import",
        "the names that it uses (`example` is Hypothesis' own), and see pytest fail on that test.",
        "Then mend the code, or the property. Where a test draws by st.data(), write a test of",
        "its own for the example. .hypothesis keeps it as well: the next make explore begins",
        "with it.",
    ]
    return "\n".join(lines)


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.splitlines()]


@click.command()
@click.option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True),
    default=10,
    show_default=True,
    help="How long; a failing example that is then being shrunk takes up to a minute more.",
)
@click.pass_context
def main(context: click.Context, minutes: float) -> None:
    """Draw new examples for every property test until the time is over.

    \b
    Examples:
      make explore
      make explore MINUTES=60

    Exit codes: 0 no property failed, 1 a property failed, 2 the tests could not be run.
    """
    with os.fdopen(os.dup(2), "w", encoding="utf-8") as progress:
        exploration = Exploration(60 * minutes, progress)
        options = ["-qq", "--tb=short", "--disable-warnings", "--hypothesis-profile", "explore"]
        code = pytest.main([*options, "-m", "hypothesis and not bigquery"], [exploration])
    if code != pytest.ExitCode.OK and not exploration.findings:
        click.echo("\nThe property tests could not be run: pytest says why above.", err=True)
        context.exit(NOT_RUN)
    click.echo(f"\n{summary(exploration)}")
    if exploration.findings:
        context.exit(FOUND)


if __name__ == "__main__":
    main()
