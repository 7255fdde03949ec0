"""Runs ministack as its own command does, with two additions for tests. On SIGUSR1 it writes every store that it has to
STATE_DIR, as it would on its shutdown, and then a file `complete`: a test looks there for what must not be there. And when
its standard input ends, because the test's process has ended in whatever way, it ends too, with all that it has started."""

import os
import shutil
import signal
import sys
import threading

from ministack import app
from ministack.core import persistence


def dump(*_):
    # Only temporarily: ministack itself must not load or save anything.
    persistence.PERSIST_STATE = True
    persistence.save_all(app._build_persistence_save_dict())
    persistence.PERSIST_STATE = False
    with open(os.path.join(persistence.STATE_DIR, "complete"), "w"):
        pass


def end_with_the_test():
    sys.stdin.buffer.read()
    shutil.rmtree(os.getcwd(), ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


signal.signal(signal.SIGUSR1, dump)
threading.Thread(target=end_with_the_test, daemon=True).start()
app.main()
