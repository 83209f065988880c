#!/usr/bin/env python3
"""orderlyd as a program: its flags, exit codes and files."""

import http.client
import json
import os
import socket
import subprocess

from orderly_e2e import (APP_KEY, ORDERLYD, SOURCE, call, end_with_parent, main, post_webhook, sign_webhook, status_webhook,
                         wait_for)
from orderlyd_case import BAD_CONFIG, DONE, EngineCase, UNAVAILABLE, USAGE, environment_with


class CommandLine(EngineCase):
    def test_version_and_help_end_with_0(self):
        version = self.run_once("--version")
        self.assertEqual((version.returncode, version.stdout.split()[0]), (DONE, "orderlyd"))
        shown = self.run_once("--help")
        self.assertEqual(shown.returncode, DONE)
        for flag in ("--config", "--storage", "--listen", "--admin-listen", "--data-dir", "--check-config", "--print-config",
                     "--print-schema"):
            self.assertIn(flag, shown.stdout)

    def test_bad_usage_ends_with_64(self):
        for arguments in (["--nonsense"], ["--listen"], ["stray"]):
            self.assertEqual(self.run_once(*arguments).returncode, USAGE, arguments)

    def test_every_problem_of_the_configuration_is_one_line_and_ends_with_78(self):
        path = self.config("lisen = 'x'\n[storage]\nreaders = 'two'\n")
        for arguments in (["--check-config"], ["--print-config"], []):
            ended = self.run_once("--config", path, *arguments, ORDERLY_TIKTOK_APP_SECERT="hush")
            self.assertEqual(ended.returncode, BAD_CONFIG)
            self.assertEqual(ended.stderr.splitlines(), [
                f"{path}:1: lisen: unknown key; did you mean listen?",
                f'{path}:3: storage.readers: found "two"; allowed: a whole number from 1 to 64',
                "environment: ORDERLY_TIKTOK_APP_SECERT: unknown name; did you mean ORDERLY_TIKTOK_APP_SECRET?"])

    def test_check_config_says_that_all_is_well(self):
        checked = self.run_once("--check-config")
        self.assertEqual((checked.returncode, checked.stderr), (DONE, ""))

    def test_print_config_shows_what_is_in_force_but_no_secret(self):
        path = self.config("listen = '127.0.0.1:1'\n[tiktok]\napp_secret = 'hush'\n")
        printed = self.run_once("--config", path, "--print-config", "--listen", "127.0.0.1:2", ORDERLY_HTTP_THREADS="3")
        self.assertEqual(printed.returncode, DONE)
        self.assertIn('listen = "127.0.0.1:2"\n', printed.stdout)
        self.assertIn("threads = 3\n", printed.stdout)
        self.assertNotIn("hush", printed.stdout)

    def test_print_schema_prints_sql_for_the_schema_that_is_configured(self):
        path = self.config("[storage]\nschema = 'shop_1'\n")
        printed = self.run_once("--config", path, "--print-schema")
        self.assertEqual((printed.returncode, printed.stderr), (DONE, ""))
        self.assertIn('set search_path = "shop_1";\n', printed.stdout)
        self.assertIn("create table orders(", printed.stdout)
        later = self.run_once("--config", path, "--print-schema", "--after", "1").stdout
        self.assertNotIn("create table orders(", later)
        self.assertIn("insert into schema_migrations(version) values (2);", later)
        for arguments in (["--after", "1"], ["--print-schema", "--after", "-1"], ["--print-schema", "--after", "x"]):
            self.assertEqual(self.run_once(*arguments).returncode, USAGE, arguments)

    def test_a_schema_that_is_no_name_ends_with_78(self):
        for name in ("", "pg_mine", "a b", "x" * 64):
            ended = self.run_once("--config", self.config(f"[storage]\nschema = '{name}'\n"), "--check-config")
            self.assertEqual(ended.returncode, BAD_CONFIG, name)
            self.assertIn("letters, digits and _", ended.stderr)

    def test_a_secret_in_a_file_that_others_can_read_ends_with_78(self):
        ended = self.run_once("--config", self.config("[tiktok]\napp_secret = 'hush'\n", 0o644))
        self.assertEqual(ended.returncode, BAD_CONFIG)
        self.assertIn("0600", ended.stderr)
        self.assertNotIn("hush", ended.stderr)


class BadSurroundings(EngineCase):
    def ends(self, code, *pieces, arguments):
        running = self.engine(*arguments)
        self.assertEqual(running.process.wait(30), code)
        failed = running.logged("start.failed")
        self.assertEqual(len(failed), 1)
        for piece in pieces:
            self.assertIn(piece, failed[0]["msg"])

    def test_a_data_folder_that_cannot_be_written_ends_with_78_and_the_reason(self):
        plain = self.config("")
        self.ends(BAD_CONFIG, plain, "Not a directory", arguments=["--data-dir", os.path.join(plain, "data")])
        self.ends(BAD_CONFIG, plain, "not a folder", arguments=["--data-dir", plain])
        self.ends(BAD_CONFIG, "/proc/orderly", "No such file or directory", arguments=["--data-dir", "/proc/orderly"])

    def test_a_port_in_use_ends_with_78_and_the_address(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = "127.0.0.1:%d" % taken.getsockname()[1]
            self.ends(BAD_CONFIG, address, arguments=["--listen", address])
            self.ends(BAD_CONFIG, address, arguments=["--admin-listen", address])

    def test_a_store_that_cannot_be_opened_ends_with_69(self):
        self.ends(UNAVAILABLE, arguments=["--storage", "sqlite:/proc/orderly.db"])

    def test_a_second_engine_on_the_same_data_ends_with_69_and_leaves_the_first_alone(self):
        first = self.engine()
        before = first.ready()
        second = subprocess.run(first.process.args, capture_output=True, text=True, timeout=30, env=environment_with())
        self.assertEqual(second.returncode, UNAVAILABLE, second.stderr)
        self.assertEqual(json.loads(first.file("orderlyd.ready")), before)
        self.assertEqual(call("GET", first.public, "/readyz")[0], 200)


class FirstStart(EngineCase):
    def test_a_user_with_a_password_and_a_token_that_works_is_made_once(self):
        engine = self.engine()
        engine.ready()
        password, token = engine.file("initial-admin-password").strip(), engine.file("initial-admin-token").strip()
        self.assertGreaterEqual(len(password), 20)
        self.assertEqual(call("GET", engine.admin, "/api/v1/orders", token=token)[0], 200)
        self.assertEqual(call("GET", engine.admin, "/api/v1/orders", token=token + "x")[0], 401)
        self.assertEqual(call("GET", engine.admin, "/api/v1/orders", token=password)[0], 401)
        self.assertEqual(call("GET", engine.admin, "/api/v1/orders")[0], 401)
        self.assertEqual(engine.end(), DONE)
        with open(engine.out) as printed:
            said = printed.read()
        self.assertIn("initial-admin-password", said)
        self.assertNotIn(password, said, "a journal or a file may be read by others")

        again = self.engine()
        again.ready()
        self.assertEqual(again.file("initial-admin-token").strip(), token)
        self.assertEqual(call("GET", again.admin, "/api/v1/orders", token=token)[0], 200)
        with open(again.out) as printed:
            self.assertEqual(printed.read(), "")

    def test_the_password_is_shown_once_on_a_terminal(self):
        screen, terminal = os.openpty()
        self.addCleanup(os.close, screen)
        process = subprocess.Popen([ORDERLYD, "--data-dir", os.path.join(self.folder, "data"), "--listen", "127.0.0.1:0",
                                    "--admin-listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL, stdout=terminal,
                                   stderr=subprocess.DEVNULL, env=environment_with(), preexec_fn=end_with_parent)
        os.close(terminal)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        shown = b""
        while b"\n" not in shown:
            shown += os.read(screen, 4096)
        with open(os.path.join(self.folder, "data", "initial-admin-password")) as source:
            self.assertEqual(shown.decode().count(source.read().strip()), 1)

    def test_a_session_by_that_password_outlives_the_engine_and_ends_at_its_log_out(self):
        def ask(engine, method, session=None, body=None):
            host, port = engine.admin.removeprefix("http://").rsplit(":", 1)
            connection = http.client.HTTPConnection(host, int(port), timeout=20)
            headers = {} if body is None else {"Content-Type": "application/json"}
            if session:
                headers.update({"Cookie": f"orderly_session_{port}={session[0]}", "X-CSRF-Token": session[1]})
            connection.request(method, "/api/v1/session", body and json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
            connection.close()
            return answer.status, json.loads(text) if text else None, answer.getheader("Set-Cookie")

        engine = self.engine()
        engine.ready()
        password = engine.file("initial-admin-password").strip()
        self.assertEqual(ask(engine, "POST", body={"username": "admin", "password": password + "x"})[0], 401)
        status, made, cookie = ask(engine, "POST", body={"username": "admin", "password": password})
        self.assertEqual(status, 200, made)
        self.assertEqual(made["user"], {"name": "admin", "role": "admin"})
        self.assertIs(made["first_password"], True)
        session = cookie.split(";")[0].split("=")[1], made["csrf_token"]
        self.assertEqual(ask(engine, "GET", session)[0], 200)
        self.assertEqual(engine.end(), DONE)

        again = self.engine()
        again.ready()
        status, found, _ = ask(again, "GET", session)
        self.assertEqual(status, 200, found)
        self.assertEqual(found["expires_at"], made["expires_at"])
        os.remove(os.path.join(again.data, "initial-admin-password"))
        self.assertIs(ask(again, "GET", session)[1]["first_password"], False)
        self.assertEqual(ask(again, "DELETE", session)[0], 204)
        self.assertEqual(ask(again, "GET", session)[0], 401)
        self.assertEqual(again.end(), DONE)
        with open(os.path.join(again.data, "orderly.db"), "rb") as database:
            stored = database.read()
        for secret in session:
            self.assertNotIn(secret.encode(), stored)

    def test_nobody_else_can_read_what_it_writes(self):
        engine = self.engine()
        engine.ready()
        self.assertEqual(engine.mode(), 0o700)
        for name in os.listdir(engine.data):
            self.assertEqual(engine.mode(name) & 0o077, 0, name)
        with open(os.path.join(engine.data, "orderly.db"), "rb") as database:
            stored = database.read()
        token = engine.file("initial-admin-token").strip()
        engine.end()
        self.assertNotIn(token.encode(), stored)

    def test_the_example_configuration_boots(self):
        engine = self.engine("--config", os.path.join(SOURCE, "config", "orderly.example.toml"))
        engine.ready()
        self.assertEqual(call("GET", engine.public, "/readyz")[0], 200)
        self.assertEqual(engine.end(), DONE)

    def test_it_warns_that_it_refuses_webhooks_without_a_secret_and_does(self):
        engine = self.engine()
        engine.ready()
        self.assertEqual(len(engine.logged("config.incomplete")), 1)
        body = status_webhook("576461413038785752", "UNPAID", 1_789_482_600, "1")
        # Whoever knows that there is no secret can sign with that.
        for signature in (sign_webhook(body, key="", secret=""), sign_webhook(body, secret=""), "0" * 64):
            self.assertEqual(post_webhook(engine.public, body, signature), 401)

    def test_an_app_key_without_a_secret_refuses_them_too(self):
        engine = self.engine(ORDERLY_TIKTOK_APP_KEY=APP_KEY)
        engine.ready()
        self.assertEqual(len(engine.logged("config.incomplete")), 1)
        body = status_webhook("576461413038785752", "UNPAID", 1_789_482_600, "1")
        self.assertEqual(post_webhook(engine.public, body, sign_webhook(body, secret="")), 401)


class OpenFiles(EngineCase):
    def test_it_takes_the_hard_limit_and_fewer_connections_than_that_so_that_the_store_and_the_admin_listener_go_on(self):
        engine = self.engine(open_files=(100, 400))
        engine.ready()
        [limited] = engine.logged("http.connections_limited")
        self.assertEqual((limited["max_connections"], limited["open_files"]), (4096, 400))
        self.assertGreater(limited["each_listener"], 10)
        self.assertLess(2 * limited["each_listener"], 400)
        crowd = []
        self.addCleanup(lambda: [one.close() for one in crowd])
        host, port = engine.public.removeprefix("http://").split(":")
        for _ in range(limited["each_listener"]):
            crowd.append(socket.create_connection((host, int(port)), timeout=10))
        wait_for("all of them", lambda: b"orderly_http_connections %d\n" % (len(crowd) + 1) in self.metrics(engine))
        self.assertEqual(call("GET", engine.public, "/healthz")[0], 503)  # one too many
        self.assertEqual(call("GET", engine.admin, "/readyz")[0], 200)
        self.assertEqual(call("GET", engine.admin, "/api/v1/orders", token=engine.file("initial-admin-token").strip())[0], 200)
        self.assertEqual(engine.logged("http.accept_failed"), [])

    def test_a_limit_that_is_high_enough_is_no_news(self):
        engine = self.engine("--config", self.config("[http]\nmax_connections = 50\n"), open_files=(100, 400))
        engine.ready()
        self.assertEqual(engine.logged("http.connections_limited"), [])

    @staticmethod
    def metrics(engine):
        return call("GET", engine.admin, "/metrics", token=engine.file("initial-admin-token").strip())[1].encode()


if __name__ == "__main__":
    main()
