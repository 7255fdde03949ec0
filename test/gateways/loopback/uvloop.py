# In place of uvloop, which connects without Python's own sockets, so that sitecustomize.py would not see where to.
from asyncio import DefaultEventLoopPolicy as EventLoopPolicy  # noqa: F401
from asyncio import new_event_loop  # noqa: F401
