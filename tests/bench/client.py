"""A keep-alive client for where `wrk` is missing: it asks, counts answers by their length, and asks again."""

import selectors
import socket
import sys
import time
from urllib.parse import urlsplit


def main(url: str, seconds: str, connections: str, *headers: str) -> None:
    parts = urlsplit(url)
    assert parts.hostname
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    lines = [f"GET {target} HTTP/1.1", f"Host: {parts.netloc}", *headers, "", ""]
    question = "\r\n".join(lines).encode()
    ears = selectors.DefaultSelector()
    for _ in range(int(connections)):
        line = socket.create_connection((parts.hostname, parts.port or 80))
        line.sendall(question)
        ears.register(line, selectors.EVENT_READ, bytearray())
    done, begun = 0, time.perf_counter()
    while (took := time.perf_counter() - begun) < float(seconds):
        for key, _ in ears.select(timeout=1):
            line, held = key.fileobj, key.data
            assert isinstance(line, socket.socket)
            held += line.recv(1 << 16)
            if answered(held):
                held.clear()
                done += 1
                line.sendall(question)
    print(done, took)


def answered(held: bytearray) -> bool:
    """Whether a whole answer, a good one, is there."""
    head, found, body = bytes(held).partition(b"\r\n\r\n")
    if not found:
        return False
    if head[9:10] not in (b"2", b"3"):
        raise SystemExit(f"answered {head[:40]!r}")
    length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
    return len(body) >= int(length)


if __name__ == "__main__":
    main(*sys.argv[1:])
