# What the Python programs share: where the door is, and how a check is told.
import json
import os
from urllib.parse import urlsplit


def address():
    return os.environ["TESSERA_SQL_URL"]


def parts():
    at = urlsplit(address())
    return dict(host=at.hostname, port=at.port, user=at.username, password=at.password, database=at.path[1:])


def tell(**line):
    print(json.dumps(line, default=str), flush=True)


def say_version(version):
    tell(version=version)


def check(name):
    def run(act):
        try:
            tell(check=name, value=act())
        except Exception as error:
            tell(check=name, error=f"{type(error).__name__}: {error}".splitlines()[0])

    return run
