#!/usr/bin/env python3
"""tools/pg: a server for one command, and nothing left of it afterwards, however it ends."""

import os
import pwd
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "pg")
QUOTED = shlex.quote(TOOL)
SHOW = 'echo "$ORDERLY_PG_CLUSTER"; '


def pg(*arguments, **options):
    return subprocess.run([TOOL, *arguments], capture_output=True, text=True, timeout=120, check=False,
                          stdin=subprocess.DEVNULL, **options)


def command_line(process):
    try:
        with open(f"/proc/{process}/cmdline", encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""  # no process, or no more


def descendants(process):
    with open(f"/proc/{process}/task/{process}/children", encoding="ascii") as file:
        children = [int(child) for child in file.read().split()]
    return children + [other for child in children for other in descendants(child)]


def ask(sql):
    return f'psql -XAt "$ORDERLY_STORAGE" -c "{sql}"; '


class PgTool(unittest.TestCase):
    def assert_gone(self, folder):
        self.assertTrue(folder.startswith("/"), folder)
        end = time.monotonic() + 30
        while os.path.exists(folder) and time.monotonic() < end:
            time.sleep(0.05)
        self.assertFalse(os.path.exists(folder), folder)
        self.assertFalse([line for line in map(command_line, os.listdir("/proc")) if folder in line])

    def assert_ended(self, process):
        end = time.monotonic() + 30
        while command_line(process) and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(command_line(process), "")

    def start(self, script):
        """A run that has begun; and its folder."""
        process = subprocess.Popen([TOOL, "run", "--", "sh", "-c", SHOW + script], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        return process, process.stdout.readline().strip()

    def test_gives_the_command_a_safe_server_and_exits_as_it_does(self):
        done = pg("run", "--", "sh", "-c", SHOW + ask("show fsync") + ask("select pg_read_file('postmaster.pid') is not null")
                  + 'stat -c %u "$ORDERLY_PG_CLUSTER/data"; exit 7')
        folder, fsync, answered, owner = done.stdout.split()
        self.assertEqual((done.returncode, fsync, answered, done.stderr), (7, "on", "t", ""))
        self.assertNotEqual(owner, "0")
        self.assert_gone(folder)

    def test_says_what_is_wrong_with_a_command(self):
        self.assertEqual(pg("run", "--", "/no/such/command").returncode, 127)
        self.assertEqual(pg("run", "--", "sh", "-c", "kill -9 $$").returncode, 137)
        for wrong in ((), ("run",), ("run", "true"), ("run", "--"), ("use",), ("share", "true"), ("walk",),
                      ("restart", "slowly"), ("restart",), ("standby",), ("failover",)):
            self.assertEqual(pg(*wrong).returncode, 64, wrong)

    def test_two_runs_do_not_meet(self):
        runs = [self.start(ask("create table t(i int)") + ask("select count(*) from pg_tables where tablename='t'") + "sleep 1")
                for _ in range(2)]
        for process, _ in runs:
            self.assertEqual(process.stdout.read().split()[-1], "1")
            self.assertEqual(process.wait(60), 0)
        for _, folder in runs:
            self.assert_gone(folder)

    def test_hands_signals_on_and_cleans_up_behind_the_command(self):
        for number in (signal.SIGTERM, signal.SIGHUP):
            process, folder = self.start("trap 'exit 9' TERM HUP; echo ready; while :; do sleep 0.1; done")
            process.stdout.readline()
            process.send_signal(number)
            self.assertEqual(process.wait(60), 9)
            self.assert_gone(folder)

    def test_cleans_up_even_when_it_is_killed(self):
        process, folder = self.start("echo $$; exec sleep 60")
        command = int(process.stdout.readline())
        process.kill()
        process.wait(10)
        self.assert_gone(folder)
        self.assert_ended(command)

    def test_cleans_up_even_when_it_is_killed_with_all_its_children(self):
        process, folder = self.start("echo ready; sleep 60; true")
        process.stdout.readline()
        for each in [process.pid, *descendants(process.pid)]:  # as ctest does at a time limit
            os.kill(each, signal.SIGKILL)
        process.wait(10)
        self.assert_gone(folder)

    def test_restarts_keep_what_was_committed(self):
        done = pg("run", "--", "sh", "-c", SHOW + ask("create table t(i int)") + ask("insert into t values (42)")
                  + f"{QUOTED} restart fast; " + ask("select i from t") + f"{QUOTED} restart immediate; " + ask("select i from t")
                  + f"{QUOTED} stop; {QUOTED} start; " + ask("select i from t"))
        self.assertEqual(done.stdout.split()[-3:], ["42", "42", "42"], done.stderr)
        self.assert_gone(done.stdout.split()[0])

    def test_a_standby_has_what_was_committed_when_the_server_is_killed(self):
        done = pg("run", "--", "sh", "-c", SHOW + ask("create table t(i int)") + f"url=$({QUOTED} standby) || exit 1; "
                  + ask("insert into t values (42)") + f"{QUOTED} failover || exit 2; " + 'psql -XAt "$url" '
                  '-c "select i, pg_is_in_recovery() from t" -c "insert into t values (43) returning i"')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertLessEqual({"42|f", "43"}, set(done.stdout.split()))
        self.assert_gone(done.stdout.split()[0])

    def test_commands_on_a_shared_server_have_databases_of_their_own_that_go_with_them(self):
        one = shlex.quote(f"{QUOTED} use -- sh -c " + shlex.quote(
            ask("select current_database()") + 'echo "$ORDERLY_PG_CLUSTER"; exit 7'))
        done = pg("share", "--", "sh", "-c", f"sh -c {one}; echo $?; sh -c {one}; echo $ORDERLY_PG_SHARED; {QUOTED} use -- sh -c "
                  + shlex.quote(ask("select count(*) from pg_database where datname ~ 'use_'")))
        first, code, second, folder, url, left = done.stdout.split()
        self.assertEqual((done.returncode, done.stderr, code, left), (0, "", "7", "1"))
        self.assertEqual({first[:4], second[:4]}, {"use_"})
        self.assertNotEqual(first, second)
        self.assertTrue(url.startswith("postgresql://"), url)
        self.assert_gone(folder)

    def test_a_command_that_finds_no_shared_server_gets_one_of_its_own(self):
        alone = {name: value for name, value in os.environ.items() if name != "ORDERLY_PG_SHARED"}
        done = pg("use", "--", "sh", "-c", ask("select 42") + "exit 7", env=alone)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (7, "42\n", ""))

    def test_works_without_root(self):
        command = ["sh", "-c", SHOW + 'stat -c %u "$ORDERLY_PG_CLUSTER/data"; ' + ask("select 1")]
        if os.getuid() != 0:
            done, owner = pg("run", "--", *command), os.getuid()
        else:
            nobody = pwd.getpwnam("nobody")
            folder = tempfile.mkdtemp(prefix="orderly-pg-test-")
            self.addCleanup(shutil.rmtree, folder)
            os.chmod(folder, 0o755)
            tool = shutil.copy(TOOL, folder)
            os.chmod(tool, 0o755)
            done = subprocess.run([tool, "run", "--", *command], capture_output=True, text=True, timeout=120, check=False,
                                  cwd="/", user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[],
                                  env={"PATH": os.environ["PATH"]})
            owner = nobody.pw_uid
        self.assertEqual(done.stdout.split()[1:], [str(owner), "1"], done.stderr)
        self.assert_gone(done.stdout.split()[0])


if __name__ == "__main__":
    unittest.main()
