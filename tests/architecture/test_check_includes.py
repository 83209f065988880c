#!/usr/bin/env python3
"""The checks find what is planted, at its file and line, and nothing in a clean tree."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
import check_includes  # noqa: E402
import check_tidy  # noqa: E402

CLEAN = {
    "base/error.hpp": "#pragma once\n#include <string>\n#include <boost/json/object.hpp>\n",
    "base/digest.cpp": '#include "base/error.hpp"\n#include <openssl/evp.h>\n',
    "base/metrics.cpp": "#include <prometheus/registry.h>\n",
    "base/json_view.cpp": "#include <boost/json/serialize.hpp>\n#include <simdjson.h>\n",
    "domain/tiktok/ids.hpp": '#pragma once\n#include "base/error.hpp"\n',
    "domain/order/order.hpp": '#pragma once\n#include "domain/tiktok/ids.hpp"\n',
    "domain/ports/reads.hpp": '#pragma once\n#include "domain/order/order.hpp"\n',
    "config/config.hpp": '#pragma once\n#include "base/error.hpp"\n',
    "config/toml_file.cpp": '#include "config/config.hpp"\n#include <toml.hpp>\n',
    "storage/unit.hpp": '#pragma once\n#include "domain/order/order.hpp"\n',
    "storage/store.hpp": '#pragma once\n#include "storage/unit.hpp"\n',
    "storage/paging.hpp": "#pragma once\n",
    "storage/open_store.cpp": '#include "storage/sqlite/sqlite_store.hpp"\n#include "storage/store.hpp"\n',
    "storage/audit/audit_source.hpp": '#pragma once\n#include "storage/paging.hpp"\n',
    "storage/audit/audit_source.cpp": '#include "storage/sqlite/audit_source.hpp"\n',
    "storage/sqlite/sqlite_store.hpp": '#pragma once\n#include "storage/store.hpp"\n',
    "storage/sqlite/connection.hpp": "#pragma once\n#include <sqlite3.h>\n#include <unistd.h>\n",
    "storage/sqlite/audit_source.hpp": '#pragma once\n#include "storage/audit/audit_source.hpp"\n',
    "storage/postgres/session.hpp": '#pragma once\n#include "storage/paging.hpp"\n#include <pqxx/pqxx>\n',
    "storage/read/read_pool.hpp": '#pragma once\n#include "storage/store.hpp"\n',
    "actors/plumbing/spawn.hpp": '#pragma once\n#include "base/error.hpp"\n#include <caf/all.hpp>\n',
    "actors/engine/protocol.hpp": '#pragma once\n#include "storage/store.hpp"\n#include <caf/all.hpp>\n',
    "actors/engine/engine.hpp": '#pragma once\n#include "storage/store.hpp"\n',
    "actors/engine/engine.cpp":
        '#include "actors/engine/engine.hpp"\n#include "actors/order/registry.hpp"\n#include <caf/all.hpp>\n',
    "actors/order/registry.hpp": '#pragma once\n#include "actors/engine/protocol.hpp"\n#include "actors/plumbing/spawn.hpp"\n',
    "actors/store/lane.hpp": '#pragma once\n#include "actors/engine/protocol.hpp"\n',
    "actors/calls/fetcher.hpp": '#pragma once\n#include "actors/engine/protocol.hpp"\n',
    "net/tiktok/signing.hpp": "#pragma once\n#include <string>\n",
    "net/tiktok/client.cpp": '#include "net/client/http_client.hpp"\n#include "net/http/message.hpp"\n',
    "net/server.hpp": '#pragma once\n#include "domain/order/order.hpp"\n#include "net/http/limits.hpp"\n',
    "net/http/limits.hpp": "#pragma once\n",
    "net/http/message.hpp": "#pragma once\n",
    "net/http/event_loop.hpp": "#pragma once\n#include <boost/asio/io_context.hpp>\n",
    "net/http/session.hpp": "#pragma once\n#include <boost/beast/http.hpp>\n",
    "net/client/http_client.hpp": "#pragma once\n",
    "net/client/http_client.cpp": '#include "net/http/event_loop.hpp"\n#include <openssl/ssl.h>\n',
    "net/edge/edge.hpp": '#pragma once\n#include "net/http/message.hpp"\n#include "net/tiktok/signing.hpp"\n',
    "net/access/users.hpp": '#pragma once\n#include "domain/ports/reads.hpp"\n',
    "net/api/routes.hpp": '#pragma once\n#include "net/access/users.hpp"\n#include "net/http/message.hpp"\n',
    "net/server.cpp": '#include "net/server.hpp"\n#include "net/api/routes.hpp"\n#include "net/http/session.hpp"\n',
    "tools/sandbox.cpp": '#include "net/tiktok/signing.hpp"\n#include <boost/beast/http.hpp>\n#include <CLI/CLI.hpp>\n',
    "app/main.cpp": '#include "actors/engine/engine.hpp"\n#include "net/server.hpp"\n#include <sodium.h>\n',
    "tests/support/boost_parser.cpp": "#include <boost/json/parse.hpp>\n",
    "tests/unit/order.cpp": '#include "domain/order/order.hpp"\n#include <catch2/catch.hpp>\n',
}

# Each: the file that is planted, the line of the violation, a piece of the message.
PLANTED = [
    ("base/a.cpp", '\n#include "domain/order/order.hpp"\n', 2, "allowed in base: base"),
    ("base/a.cpp", "#include <openssl/evp.h>\n", 1, "base/digest.cpp"),
    ("base/a.cpp", "#include <unistd.h>\n", 1, "operating system"),
    ("base/a.cpp", "#include <boost/asio/post.hpp>\n", 1, "allowed: net/http, net/client"),
    ("base/a.cpp", "#include <regex>\n", 1, "allowed: tests"),
    ("base/json.cpp", "#include <simdjson.h>\n", 1, "allowed: base/json_view.cpp"),
    ("net/tiktok/a.cpp", "#include <simdjson.h>\n", 1, "allowed: base/json_view.cpp"),
    ("tests/unit/a.cpp", "#include <simdjson.h>\n", 1, "allowed: base/json_view.cpp"),
    ("base/json_view.cpp", "#include <simdjson.h>\n#include <boost/json/parse.hpp>\n", 2, "allowed: parse_json"),
    ("domain/order/a.cpp", "#include <boost/json/parse_options.hpp>\n", 1, "allowed: parse_json"),
    ("storage/a.cpp", "#include <boost/json/parser.hpp>\n", 1, "allowed: parse_json"),
    ("net/http/a.cpp", "#include <boost/json/stream_parser.hpp>\n", 1, "allowed: parse_json"),
    ("tools/a.cpp", "#include <boost/json/basic_parser_impl.hpp>\n", 1, "allowed: parse_json"),
    ("app/a.cpp", "#include <boost/json.hpp>\n", 1, "without the parser's"),
    ("app/a.cpp", "#include <boost/json/src.hpp>\n", 1, "is linked"),
    ("tests/unit/a.cpp", "#include <boost/json/parse.hpp>\n", 1, "allowed: parse_json"),
    ("domain/a.cpp", "#include <string>\n", 1, "lies beside the rooms of domain; allowed: domain/tiktok"),
    ("domain/tiktok/a.cpp", '#include "domain/order/order.hpp"\n', 1, "allowed in domain/tiktok: domain/tiktok, base"),
    ("domain/order/a.cpp", '#include "domain/ports/reads.hpp"\n', 1,
     "allowed in domain/order: domain/order, domain/tiktok, base"),
    ("domain/order/a.cpp", "#include <fstream>\n", 1, "domain is pure"),
    ("domain/order/a.cpp", "#include <prometheus/registry.h>\n", 1, "allowed: base"),
    ("domain/ports/a.hpp", '#include "storage/unit.hpp"\n', 1, "allowed in domain/ports: domain/ports, domain/order"),
    ("config/a.cpp", '#include "domain/order/order.hpp"\n', 1, "allowed in config"),
    ("config/a.cpp", "#include <toml.hpp>\n", 1, "config/toml_file.cpp"),
    ("storage/a.cpp", '#include "config/config.hpp"\n', 1, "allowed in storage"),
    ("storage/a.cpp", '#include "storage/sqlite/connection.hpp"\n', 1, "allowed in storage: domain, base"),
    ("storage/open_store.cpp", '#include "storage/sqlite/connection.hpp"\n', 1, "allowed in storage/open_store.cpp"),
    ("storage/sqlite/a.cpp", '#include "storage/postgres/session.hpp"\n', 1, "allowed in storage/sqlite"),
    ("storage/postgres/a.cpp", '#include "storage/sqlite/connection.hpp"\n', 1, "allowed in storage/postgres"),
    ("storage/read/a.cpp", '#include "storage/paging.hpp"\n', 1, "allowed in storage/read"),
    ("storage/audit/a.cpp", '#include "storage/sqlite/connection.hpp"\n', 1, "allowed in storage/audit"),
    ("net/a.cpp", "#include <string>\n", 1, "lies beside the rooms of net; allowed: net/server.hpp, net/server.cpp, net/http"),
    ("net/server.hpp", '#include "net/http/message.hpp"\n', 1, "allowed in net/server.hpp: net/http/limits.hpp,"),
    ("net/server.cpp", '#include "storage/store.hpp"\n', 1, "allowed in net/server.cpp: net, domain, base"),
    ("net/http/a.cpp", '#include "domain/order/order.hpp"\n', 1, "allowed in net/http: net/http, base"),
    ("net/http/a.cpp", '#include "net/edge/edge.hpp"\n', 1, "allowed in net/http: net/http, base"),
    ("net/client/a.cpp", '#include "net/http/session.hpp"\n', 1, "allowed in net/client: net/client, net/http/(message"),
    ("net/client/a.cpp", '#include "domain/order/order.hpp"\n', 1, "allowed in net/client"),
    ("net/tiktok/a.cpp", '#include "net/http/limits.hpp"\n', 1, "allowed in net/tiktok: net/tiktok, net/client"),
    ("net/tiktok/a.cpp", "#include <boost/asio/post.hpp>\n", 1, "allowed: net/http, net/client"),
    ("net/edge/a.cpp", '#include "net/api/routes.hpp"\n', 1, "allowed in net/edge: net/edge, net/http"),
    ("net/edge/a.cpp", '#include "net/tiktok/client.cpp"\n', 1, "allowed in net/edge: net/edge, net/http"),
    ("net/edge/a.cpp", "#include <boost/beast/http.hpp>\n", 1, "allowed: net/http, net/client"),
    ("net/edge/a.cpp", '\n#include "net/http/session.hpp"\n', 2, "net/edge shows no <boost/beast"),
    ("net/access/a.cpp", '#include "net/http/message.hpp"\n', 1, "allowed in net/access: net/access, domain, base"),
    ("net/api/a.cpp", '#include "net/edge/edge.hpp"\n', 1, "allowed in net/api: net/api, net/http, net/access"),
    ("net/api/a.cpp", '#include "storage/store.hpp"\n', 1, "allowed in net/api: net/api, net/http, net/access"),
    ("net/api/a.cpp", '#include "net/http/event_loop.hpp"\n', 1, "net/api shows no <boost/asio"),
    ("net/api/a.cpp", "#include <openssl/evp.h>\n", 1, "base/digest.cpp, net/client"),
    ("net/api/a.cpp", "#include <sodium.h>\n", 1, "app, net/access"),
    ("net/http/a.cpp", "#include <sqlite3.h>\n", 1, "allowed: storage"),
    ("net/http/a.cpp", "#include <caf/actor.hpp>\n", 1, "allowed: actors, app, tests"),
    ("actors/a.cpp", "#include <string>\n", 1, "lies beside the rooms of actors"),
    ("actors/plumbing/a.cpp", '#include "actors/engine/protocol.hpp"\n', 1, "allowed in actors/plumbing: actors/plumbing, base"),
    ("actors/order/a.cpp", '#include "actors/store/lane.hpp"\n', 1, "allowed in actors/order: actors/order"),
    ("actors/order/a.cpp", '#include "actors/engine/engine.hpp"\n', 1, "allowed in actors/order: actors/order"),
    ("actors/store/a.cpp", '#include "actors/order/registry.hpp"\n', 1, "allowed in actors/store: actors/store"),
    ("actors/calls/a.cpp", '#include "actors/store/lane.hpp"\n', 1, "allowed in actors/calls: actors/calls"),
    ("actors/engine/a.cpp", '#include "net/tiktok/signing.hpp"\n', 1, "allowed in actors/engine"),
    ("actors/engine/a.cpp", '#include "storage/paging.hpp"\n', 1, "allowed in actors/engine"),
    ("actors/order/a.cpp", "#include <boost/beast/core.hpp>\n", 1, "allowed: net/http, net/client, tools"),
    ("actors/order/a.cpp", "  #  include <boost/asio/post.hpp>\n", 1, "allowed: net/http, net/client"),
    ("tools/a.cpp", '#include "net/server.hpp"\n', 1, "allowed in tools"),
    ("tools/a.cpp", '#include "actors/engine/engine.hpp"\n', 1, "allowed in tools"),
    ("tools/a.cpp", "#include <caf/actor.hpp>\n", 1, "allowed: actors, app, tests"),
    ("app/a.cpp", '#include "tools/sandbox.cpp"\n', 1, "allowed in app"),
    ("app/a.cpp", '#include "tests/support/x.hpp"\n', 1, "no file of the project"),
    ("app/a.cpp", '#include "nowhere.hpp"\n', 1, "no file of the project"),
    ("app/a.cpp", "#include <domain/order/order.hpp>\n", 1, "in quotes"),
    ("app/a.cpp", "#include <unheard/of.hpp>\n", 1, "no rule knows"),
    ("actors/store/a.cpp", "#include <sqlite3.h>\n", 1, "allowed: storage, tests"),
    ("tools/a.cpp", "#include <sqlite3.h>\n", 1, "allowed: storage, tests"),
    ("tests/unit/a.cpp", '#include <caf/all.hpp>\n\n#include "net/http/session.hpp"\n', 3, "CAF and Beast together"),
    ("net/server.hpp", '#pragma once\n#include "net/http/session.hpp"\n', 2, " shows no <boost/beast"),
    ("actors/engine/engine.hpp", "#pragma once\n#include <caf/all.hpp>\n", 2, " shows no <caf/"),
    ("storage/store.hpp", '#pragma once\n#include <sqlite3.h>\n', 2, " shows no <sqlite3.h"),
]

UNTIDY = [
    ("base/a.hpp", "int x;\n", 1, "#pragma once"),
    ("base/a.cpp", "int x;", 1, "newline"),
    ("base/a.cpp", "int x;\n" + "/" * 131 + "\n", 2, "131 characters"),
    ("base/a.cpp", "int x;\n" * 401, 401, "a.cpp has 401 lines; allowed: 400"),
    ("tools/a", "x=1\n" * 401, 401, "a has 401 lines"),
    ("base/a.cpp", "int x; \n", 1, "blank"),
    ("base/a.cpp", "\tint x;\n", 1, "tab"),
    ("base/a.cpp", "int x; // " + "TO" + "DO later\n", 1, "marker"),
    ("tools/a.py", "# " + "FIX" + "ME\n", 1, "marker"),
    ("actors/order/a.cpp", "self->send(to, 1);\n", 1, "tell()"),
    ("actors/order/a.cpp", "caf::anon_send(to, 1);\n", 1, "tell()"),
    ("actors/order/a.cpp", "\nself->delayed_send(self, 1s, 1);\n", 2, "tell()"),
    ("actors/order/a.cpp", "self->request(to, 1s, 1).then(f);\n", 1, "tell()"),
]


def plant(root, files):
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


class Checks(unittest.TestCase):
    def violations(self, check, extra):
        with tempfile.TemporaryDirectory() as folder:
            plant(Path(folder), {**CLEAN, **extra})
            return check(Path(folder))

    def test_a_clean_tree_has_no_violation(self):
        self.assertEqual(self.violations(check_includes.check, {}), [])
        self.assertEqual(self.violations(check_tidy.check, {}), [])

    def test_each_planted_include_is_found_where_it_stands(self):
        for file, text, line, piece in PLANTED:
            with self.subTest(file=file, text=text):
                found = self.violations(check_includes.check, {file: text})
                self.assertTrue(any(f == file and n == line and piece in why for f, n, why in found), found)

    def test_the_architecture_page_shows_every_room(self):
        page = (Path(__file__).resolve().parents[2] / "docs/architecture.md").read_text("utf-8")
        for room in (room for room in check_includes.PROJECT if check_includes.PROJECT[room]):
            with self.subTest(room=room):
                self.assertIn(f"| `{room}`" if "." in room else f"| `{room}/`", page)

    def test_an_include_in_a_comment_is_none(self):
        text = '/*\n#include "net/server.hpp"\n*/\n// #include <caf/x>\n'
        self.assertEqual(self.violations(check_includes.check, {"base/a.cpp": text}), [])

    def test_each_planted_untidiness_is_found_where_it_stands(self):
        for file, text, line, piece in UNTIDY:
            with self.subTest(file=file, text=text):
                found = self.violations(check_tidy.check, {file: text})
                self.assertTrue(any(f == file and n == line and piece in why for f, n, why in found), found)

    def test_a_file_of_400_lines_is_short_enough(self):
        self.assertEqual(list(check_tidy.problems_of(Path("base/a.cpp"), "int x;\n" * 400)), [])


if __name__ == "__main__":
    unittest.main()
