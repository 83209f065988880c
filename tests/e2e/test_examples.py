#!/usr/bin/env python3
"""Every curl example of README.md and docs/ that speaks to the admin listener does what it says, as it stands there."""

import glob
import os
import re
import subprocess

from orderly_e2e import SOURCE, Case, clean_environment, main, wait_for


def curl_examples():
    """[(where, command)] of the indented blocks; a line that ends with a backslash goes on."""
    found = []
    for path in [os.path.join(SOURCE, "README.md"), *sorted(glob.glob(os.path.join(SOURCE, "docs", "*.md")))]:
        with open(path, encoding="utf-8") as source:
            text = source.read()
        for match in re.finditer(r"^ {4,}(curl (?:.*\\\n)*.*)$", text, re.M):
            line = text.count("\n", 0, match.start()) + 1
            found.append((f"{os.path.relpath(path, SOURCE)}:{line}", match.group(1)))
    return found


class Examples(Case):
    def test_of_the_admin_listener_work(self):
        sandbox = self.start_sandbox("--step-ms", "100")
        engine = self.start_engine(sandbox)
        order = sandbox.create_orders(1)[0]
        wait_for("an order that can be shipped", lambda: engine.orders("processing"))
        with open(os.path.join(self.folder, ".curlrc"), "w", encoding="utf-8") as out:
            out.write('silent\nshow-error\nmax-time = 30\nwrite-out = "\\n%{http_code}"\n')
        environment = dict(clean_environment(), CURL_HOME=self.folder, ORDERLY_URL=engine.admin, ORDERLY_TOKEN=engine.token)
        examples = [(where, command) for where, command in curl_examples() if "SANDBOX" not in command]
        self.assertGreaterEqual(len(examples), 8)
        for where, command in examples:
            with self.subTest(where=where, command=command):
                own = (command.replace("ORDER_ID", order).replace("DATA_DIR", engine.data)
                       .replace("http://127.0.0.1:8081", engine.admin))
                done = subprocess.run(["sh", "-c", own], capture_output=True, text=True, timeout=60, env=environment,
                                      check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                body, _, status = done.stdout.rpartition("\n")
                self.assertRegex(status, "^2..$", body)

    def test_say_that_a_body_is_json(self):
        for where, command in curl_examples():
            with self.subTest(where=where):
                self.assertNotRegex(command, r"\s(-d|--data\S*)\s")


if __name__ == "__main__":
    main()
