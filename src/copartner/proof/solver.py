"""z3 as a process of its own: SMT text in, answers out, with a time limit for each question and for all."""

import asyncio
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

QUESTION_MS = 5_000
ALL_SECONDS = 240
_PIECE = re.compile(r"\(|\)|\|[^|]*\||[^\s()|]+")


class Unsolved(Exception):
    """The solver is missing, failed, or ran out of time; nothing is proved then."""


@dataclass(frozen=True, slots=True)
class Question:
    """Assertions over declarations, and the terms whose values are wanted when they can hold together."""

    declarations: str
    assertions: tuple[str, ...]
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the assertions can hold together, and the values of the wanted terms if so."""

    possible: bool
    values: dict[str, str] = field(default_factory=dict)


def solve(questions: Sequence[Question]) -> list[Answer]:
    """Answer every question; equal questions are asked once. Raises Unsolved unless each is answered for certain."""
    asked = sorted(dict.fromkeys(questions), key=lambda question: question.declarations)
    by_question = dict(zip(asked, _run(asked), strict=True))
    return [by_question[question] for question in questions]


def _run(questions: Sequence[Question]) -> list[Answer]:
    if not questions:
        return []
    script: list[str] = []
    declared = ""
    for question in questions:
        if question.declarations != declared:
            script += ["(reset)", f"(set-option :timeout {QUESTION_MS})", question.declarations]
            declared = question.declarations
        script.append("(push 1)")
        script += [f"(assert {assertion})" for assertion in question.assertions]
        script.append("(check-sat)")
        if question.terms:
            script.append(f"(get-value ({' '.join(question.terms)}))")
        script += ["(pop 1)", '(echo "next")']
    printed, complaint = asyncio.run(_talk("\n".join(script)))
    blocks = printed.split("next\n")[:-1]
    if len(blocks) != len(questions):
        raise Unsolved(f"z3 answered {len(blocks)} of {len(questions)} questions: {complaint or printed[-500:]}")
    return [_answer(question, block) for question, block in zip(questions, blocks, strict=True)]


async def _talk(script: str) -> tuple[str, str]:
    """Run z3 over a script; it is killed when the time is over."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(_binary(), "-in", "-smt2", stdin=pipe, stdout=pipe, stderr=pipe)
    try:
        async with asyncio.timeout(ALL_SECONDS):
            printed, complaint = await process.communicate(script.encode())
    except TimeoutError as late:
        raise Unsolved(f"z3 had no answers after {ALL_SECONDS} seconds") from late
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return printed.decode(), complaint.decode()


def _answer(question: Question, block: str) -> Answer:
    verdict, _, rest = block.partition("\n")
    if verdict == "unsat":
        return Answer(False)
    if verdict != "sat":
        raise Unsolved(f"z3 said {verdict!r} {rest[:300]!r}")
    if not question.terms:
        return Answer(True)
    values = _read(rest)
    if len(values) != len(question.terms):
        raise Unsolved(f"z3 gave {len(values)} values for {len(question.terms)} terms: {rest[:300]!r}")
    return Answer(True, dict(zip(question.terms, values, strict=True)))


def _read(text: str) -> list[str]:
    """The values of ((term value) (term value) ...), each as it is written."""
    stack: list[list[str]] = []
    values: list[str] = []
    for piece in _PIECE.findall(text):
        if piece == "(":
            stack.append([])
        elif piece == ")":
            parts = stack.pop()
            if len(stack) == 1:
                values.append(parts[1])
            elif stack:
                stack[-1].append(f"({' '.join(parts)})")
        else:
            stack[-1].append(piece)
    return values


def _binary() -> str:
    beside = Path(sys.executable).parent / "z3"
    found = str(beside) if beside.exists() else shutil.which("z3")
    if found is None:
        raise Unsolved("there is no z3: install the package z3-solver")
    return found
