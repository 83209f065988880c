#!/usr/bin/env python3
"""Starts a sandbox and an engine, prints one line of JSON that says where they are, and ends both when its input ends. The words
`stop` and `start` on its input, each a line, end the engine and start it again in the same place; each is answered by a line.

    stage.py BIN
"""
import json
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "lib"))
sys.dont_write_bytecode = True

from orderly_local import Engine, Sandbox, write_config  # noqa: E402


def first_password(engine):
    with open(os.path.join(engine.data, "initial-admin-password"), encoding="utf-8") as source:
        return source.read().strip()


def main(binaries):
    folder = tempfile.mkdtemp(prefix="orderly-browser-")
    programs = []
    try:
        sandbox = Sandbox(os.path.join(binaries, "tiktok-sandbox"), folder)
        programs.append(sandbox)
        start = lambda **where: Engine(os.path.join(binaries, "orderlyd"), folder,  # noqa: E731
                                       write_config(folder, sandbox.base), **where)
        engine = start()
        programs.append(engine)
        sandbox.send_to(engine)
        print(json.dumps({"console": engine.admin, "sandbox": sandbox.base, "token": engine.token,
                          "password": first_password(engine)}), flush=True)
        for word in sys.stdin:
            if word.strip() == "stop" and engine.stop() != 0:
                raise SystemExit(f"stage: the engine ended badly\n{engine.tail()}")
            if word.strip() == "start":
                engine = programs[1] = start(listen=engine.ready["listen"], admin_listen=engine.ready["admin_listen"],
                                             token=engine.token)
            print("done", flush=True)
        codes = [program.stop() for program in reversed(programs)]
        if codes != [0, 0]:
            print(f"stage: the programs ended with {codes}\n{engine.tail()}", file=sys.stderr)
        return 0 if codes == [0, 0] else 1
    finally:
        for program in programs:
            program.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
