"""gunicorn's worker for the local server: who sends nothing holds no thread for long.

Where deployed, the platform stands between callers and functions, and bounds this.
"""

import socket
import struct

from gunicorn.workers.gthread import TConn, ThreadWorker

# For each piece of a request that is waited for.
RECEIVE_SECONDS = 5


class ImpatientWorker(ThreadWorker):  # type: ignore[misc]
    """A read that gets nothing for RECEIVE_SECONDS fails with BlockingIOError."""

    def enqueue_req(self, conn: TConn) -> None:
        limit = struct.pack("ll", RECEIVE_SECONDS, 0)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        super().enqueue_req(conn)
