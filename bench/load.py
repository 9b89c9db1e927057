"""A lean HTTP client: many kept-alive connections, each with one request at a time, on one thread and one epoll.

Run as a process of its own, `load.py`, it reads a plan from standard input and writes what it measured to standard
output, so that neither shares an interpreter with the comparison.
"""

import resource
import select
import socket
import sys
import time
from dataclasses import dataclass
from itertools import cycle

import msgspec


class Plan(msgspec.Struct):
    """What to send: whole requests, in order; for `seconds` round and round, or without them each once."""

    host: str
    port: int
    connections: int
    status: int
    requests: list[str]
    seconds: float | None = None
    keep: bool = False


class Measured(msgspec.Struct):
    """What came of it; `bodies` of a plan that keeps them, in the order of the requests."""

    answers: int
    seconds: float
    wrong: int
    first_wrong: str
    bytes: int
    cpu_seconds: float
    latency_ms: tuple[float, float, float]
    bodies: list[str]


@dataclass(slots=True)
class _Lane:
    """One connection: the request it waits for, since when, and what has come of the answer."""

    socket: socket.socket
    number: int = -1
    since: float = 0.0
    received: bytes = b""
    wanted: int = 0


def drive(plan: Plan) -> Measured:
    """Send the plan's requests over its connections and read every answer to its end."""
    sent = [request.encode("latin-1") for request in plan.requests]
    lanes = {}
    poll = select.epoll()
    for _ in range(plan.connections):
        made = socket.create_connection((plan.host, plan.port))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.setblocking(False)
        lanes[made.fileno()] = _Lane(made)
        poll.register(made.fileno(), select.EPOLLIN)
    cpu = time.process_time()
    began = time.perf_counter()
    try:
        state = _Run(plan, sent, began)
        for lane in lanes.values():
            state.next(lane)
        while state.open:
            for handle, _ in poll.poll(10.0) or _silent():
                state.read(lanes[handle])
        ended = time.perf_counter()
    finally:
        for lane in lanes.values():
            lane.socket.close()
        poll.close()
    times = sorted(state.times) or [0.0]
    return Measured(
        answers=len(state.times),
        seconds=ended - began,
        wrong=state.wrong,
        first_wrong=state.first_wrong,
        bytes=state.bytes,
        cpu_seconds=time.process_time() - cpu,
        latency_ms=tuple(
            round(times[min(int(len(times) * part), len(times) - 1)] * 1000, 3) for part in (0.5, 0.95, 0.99)
        ),
        bodies=[state.bodies[number] for number in sorted(state.bodies)],
    )


def _silent() -> list[tuple[int, int]]:
    raise SystemExit("the server has answered nothing for 10 seconds")


class _Run:
    """The course of one plan over all its connections."""

    def __init__(self, plan: Plan, requests: list[bytes], began: float) -> None:
        numbered = list(enumerate(requests))
        self._next = cycle(numbered) if plan.seconds else iter(numbered)
        self._until = began + plan.seconds if plan.seconds else float("inf")
        self._good = b"HTTP/1.1 %d " % plan.status
        self._keep = plan.keep
        self.open = 0
        self.wrong = 0
        self.first_wrong = ""
        self.bytes = 0
        self.times: list[float] = []
        self.bodies: dict[int, str] = {}

    def next(self, lane: _Lane) -> None:
        """Send the next request on an idle connection."""
        now = time.perf_counter()
        number, request = next(self._next, (-1, b"")) if now < self._until else (-1, b"")
        if number < 0:
            return
        lane.number, lane.since, lane.received, lane.wanted = number, now, b"", 0
        lane.socket.send(request)
        self.open += 1

    def read(self, lane: _Lane) -> None:
        """Take in what has come; when the answer is whole, count it and go on."""
        part = lane.socket.recv(262_144)
        if not part:
            raise SystemExit(f"the server closed a connection after {lane.received[:500]!r}")
        received = lane.received = lane.received + part if lane.received else part
        if not lane.wanted:
            head = received.find(b"\r\n\r\n")
            if head < 0:
                return
            lane.wanted = head + 4 + _length(received[:head])
        if len(received) < lane.wanted:
            return
        self.open -= 1
        self.times.append(time.perf_counter() - lane.since)
        self.bytes += len(received)
        if not received.startswith(self._good):
            self.wrong += 1
            self.first_wrong = self.first_wrong or received[:800].decode("latin-1")
        elif self._keep:
            self.bodies[lane.number] = received[received.find(b"\r\n\r\n") + 4 :].decode()
        self.next(lane)


def _length(head: bytes) -> int:
    place = head.lower().find(b"content-length:")
    if place < 0:
        raise SystemExit(f"an answer without a length: {head!r}")
    return int(head[place + 15 :].split(b"\r\n", 1)[0])


def main() -> None:
    """Read a plan, carry it out, and say what came of it."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    sys.stdout.buffer.write(msgspec.json.encode(drive(plan)))


if __name__ == "__main__":
    main()
