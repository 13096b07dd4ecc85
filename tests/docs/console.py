"""Console sessions in Markdown: read, run, compared.

A block fenced as ``console`` holds commands, each after a ``$ ``, continued over
lines that end with a backslash, and to the end of a text that begins with
``<<'END'``; what follows is what the command prints.  There,
a line of ``...`` stands for any number of lines, and ``...`` in a line for
anything within it.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ELISION: Final = "..."
_BLOCK: Final = re.compile(
    r"^```(?P<language>[a-z]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_HERE: Final = re.compile(r"<<'(?P<end>\w+)'$")
_MARK: Final = "--- end of command {number} ---"


@dataclass(frozen=True, slots=True)
class Command:
    """A command, and the lines that it is shown to print."""

    typed: str
    shown: Sequence[str]


def blocks(markdown: str, language: str) -> list[str]:
    """The texts of all blocks that are fenced as *language*."""
    return [found["text"] for found in _BLOCK.finditer(markdown) if found["language"] == language]


def commands(markdown: str) -> list[Command]:
    """Every command of a page, in order."""
    return [command for block in blocks(markdown, "console") for command in _commands(block)]


def _commands(block: str) -> Iterator[Command]:
    typed: list[str] = []
    shown: list[str] = []
    end: str | None = None
    for line in block.splitlines():
        if end is not None:
            typed.append(line)
            end = None if line == end else end
        elif typed and typed[-1].endswith("\\") and not shown:
            typed.append(line)
        elif line.startswith("$ "):
            if typed:
                yield Command("\n".join(typed), shown)
            typed, shown = [line.removeprefix("$ ")], []
            end = found["end"] if (found := _HERE.search(line)) else None
        else:
            shown.append(line)
    if typed:
        yield Command("\n".join(typed), shown)


def run(commands: Sequence[Command], cwd: Path, env: Mapping[str, str]) -> list[list[str]]:
    """The lines that each command prints, all of them typed into one shell."""
    script = "".join(
        f"{command.typed}\nprintf '\\n%s\\n' '{_MARK.format(number=number)}'\n"
        for number, command in enumerate(commands)
    )
    ended = subprocess.run(
        ["sh", "-c", script],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=100,
        check=False,
    )
    printed, outputs = ended.stdout.decode("utf-8", "replace"), []
    for number in range(len(commands)):
        output, _, printed = printed.partition(f"\n{_MARK.format(number=number)}\n")
        outputs.append([line.rstrip() for line in output.rstrip().splitlines()])
    return outputs


def first_difference(shown: Sequence[str], printed: Sequence[str]) -> str | None:
    """Where *printed* leaves what is *shown*; ``None`` where it does not."""
    lines = [line.rstrip() for line in shown]
    while lines and not lines[-1]:
        lines.pop()
    position, skipping = 0, False
    for line in lines:
        if line.strip() == ELISION:
            skipping = True
            continue
        matches = re.compile(".*".join(map(re.escape, line.split(ELISION)))).fullmatch
        ahead = range(position, len(printed)) if skipping else range(position, position + 1)
        found = next((one for one in ahead if one < len(printed) and matches(printed[one])), None)
        if found is None:
            rest = "\n".join(printed[position : position + 12]) or "nothing more"
            return f"expected:\n{line}\nprinted there:\n{rest}"
        position, skipping = found + 1, False
    if position < len(printed) and not skipping:
        return f"printed after all that is shown:\n{printed[position]}"
    return None
