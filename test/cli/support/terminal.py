"""Runs a command on a terminal of its own and passes on what it shows.

The first line of the standard input is a text to wait for, the rest is what is typed once it was shown.
"""

import os
import pty
import sys

awaited = sys.stdin.buffer.readline().strip()
answer = sys.stdin.buffer.read()

child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])

shown = b""
while True:
    try:
        chunk = os.read(terminal, 4096)
    except OSError:  # On Linux, when the other side is closed.
        break
    if not chunk:
        break
    shown += chunk
    sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()
    if answer and awaited in shown:
        os.write(terminal, answer)
        answer = b""

code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
sys.exit(code if code >= 0 else 128 - code)
