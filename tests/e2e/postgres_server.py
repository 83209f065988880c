"""The server that `tools/pg run --` has started, as its own user and as roles of a test's."""

import os
import subprocess
import urllib.parse

SERVER = os.environ["ORDERLY_STORAGE"]


def run_psql(url, text, *options):
    return subprocess.run(["psql", "-XAtq", *options, "-d", url], input=text, capture_output=True, text=True, timeout=60,
                          check=False)


def psql(url, text):
    """What it prints. The first error ends it."""
    done = run_psql(url, text, "-v", "ON_ERROR_STOP=1")
    if done.returncode != 0:
        raise AssertionError(f"{text}: {done.stderr}")
    return done.stdout.strip()


def url_of(role, database):
    """The role's password is its name."""
    at = urllib.parse.urlsplit(SERVER)
    return urllib.parse.urlunsplit(at._replace(netloc=f"{role}:{role}@{at.netloc.rsplit('@', 1)[1]}", path="/" + database))
