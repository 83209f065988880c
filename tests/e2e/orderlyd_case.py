"""orderlyd as a program, for tests: started in a folder of its own, on ports of its own, without a shop."""

import json
import os
import resource
import signal
import stat
import subprocess

from orderly_e2e import ORDERLYD, Case, clean_environment, end_with_parent, wait_for

DONE, USAGE, UNAVAILABLE, BAD_CONFIG = 0, 64, 69, 78


def environment_with(**more):
    """Nothing of the caller's environment may configure it."""
    return {**clean_environment(), **more}


class Running:
    """An engine without a shop, on ports of its own."""

    def __init__(self, folder, *arguments, open_files=None, **environment):
        self.data = os.path.join(folder, "data")
        self.out, self.err = os.path.join(folder, "out"), os.path.join(folder, "err")
        command = [ORDERLYD, "--data-dir", self.data, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", *arguments]

        def prepare():
            end_with_parent()
            if open_files:
                resource.setrlimit(resource.RLIMIT_NOFILE, open_files)
        with open(self.out, "w") as out, open(self.err, "w") as err:
            self.process = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL,
                                            env=environment_with(**environment), preexec_fn=prepare)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def file(self, name):
        with open(os.path.join(self.data, name)) as source:
            return source.read()

    def mode(self, name=""):
        return stat.S_IMODE(os.stat(os.path.join(self.data, name)).st_mode)

    def events(self):
        """The log, line by line; each line must be JSON."""
        with open(self.err) as source:
            return [json.loads(line) for line in source]

    def logged(self, event):
        return [line for line in self.events() if line["event"] == event]

    def ready(self):
        def look():
            if self.process.poll() is not None:
                raise AssertionError(f"ended with {self.process.returncode}: {self.events()}")
            try:
                ready = json.loads(self.file("orderlyd.ready"))
            except FileNotFoundError:
                return None
            return ready if ready["pid"] == self.process.pid else None
        found = wait_for("orderlyd.ready", look)
        self.public, self.admin = "http://" + found["listen"], "http://" + found["admin_listen"]
        return found

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(20)


class EngineCase(Case):
    def engine(self, *arguments, **options):
        running = Running(self.folder, *arguments, **options)
        self.addCleanup(running.kill)
        return running

    def run_once(self, *arguments, **environment):
        return subprocess.run([ORDERLYD, *arguments], capture_output=True, text=True, timeout=30, cwd=self.folder,
                              env=environment_with(**environment))

    def config(self, text, mode=0o600):
        path = os.path.join(self.folder, "orderly.toml")
        with open(path, "w") as out:
            out.write(text)
        os.chmod(path, mode)
        return path
