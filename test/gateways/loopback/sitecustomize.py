# Loaded by Python before a gateway: it connects to this machine only, and looks up no other name. What it refuses goes to a
# file, for a test.
import os
import socket

_connect = socket.socket.connect
_getaddrinfo = socket.getaddrinfo


def _check(host):
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost", "::1") or name.startswith("127."):
        return
    with open(os.environ["REFUSED_FILE"], "a") as refused:
        refused.write(f"{name}\n")
    raise OSError(f"A gateway of the tests may not connect to {name}.")


def connect(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6):
        _check(address[0])
    return _connect(self, address)


def getaddrinfo(host, *arguments, **named):
    _check(host)
    return _getaddrinfo(host, *arguments, **named)


socket.socket.connect = connect
socket.getaddrinfo = getaddrinfo
