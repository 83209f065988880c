#!/usr/bin/env python3
"""Who may include whom (docs/architecture.md "Folders"). Reads the #include lines of every C++ file, follows them through the
project's own headers, and prints each violation as file:line: what; what is allowed. Exit code 0 without violations, 1 with some.

    check_includes.py [ROOT]        checks the tree
"""
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

PARTS = ("base", "domain", "config", "storage", "net", "actors", "tools", "app", "tests")
SOURCES = {".hpp", ".cpp", ".def", ".h", ".cc"}
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')

# Who may include what of the project: the longest folder (or file) that a file's path begins with decides. What is allowed is a
# folder, with all below it, or the pattern of single headers.
STORE_PORT = (r"storage/(store|store_task|unit)\.hpp",)
STORE_ROWS = (r"storage/\w+\.hpp",)
PROTOCOLS = (r"actors/engine/(protocol|messages|services|ask_store|seen)\.hpp", "actors/plumbing", "domain", "base") + STORE_PORT
HTTP_VALUES = (r"net/http/(message|meter)\.hpp",)
PROJECT = {
    "base": ("base",),
    "domain": (), # nothing lives beside its rooms
    "domain/tiktok": ("domain/tiktok", "base"),
    "domain/order": ("domain/order", "domain/tiktok", "base"),
    "domain/ports": ("domain/ports", "domain/order", "domain/tiktok", "base"),
    "config": ("config", "base"),
    "storage": ("domain", "base") + STORE_ROWS,
    "storage/open_store.cpp": (r"storage/(sqlite|postgres)/\w+_store\.hpp", "domain", "base") + STORE_ROWS,
    "storage/sqlite": ("storage/sqlite", r"storage/audit/\w+\.hpp", "domain", "base") + STORE_ROWS,
    "storage/postgres": ("storage/postgres", r"storage/audit/\w+\.hpp", "domain", "base") + STORE_ROWS,
    "storage/read": ("storage/read", "domain", "base") + STORE_PORT,
    "storage/audit": ("storage/audit", r"storage/(sqlite|postgres)/audit_source\.hpp", "domain", "base") + STORE_ROWS,
    "net": (), # nothing lives beside its rooms but the server that puts them together
    "net/server.hpp": (r"net/http/limits\.hpp", r"net/api/stream_terms\.hpp", "domain", "base"),
    "net/server.cpp": ("net", "domain", "base"),
    "net/http": ("net/http", "base"),
    "net/client": ("net/client", r"net/http/(message|event_loop)\.hpp", "base"),
    "net/tiktok": ("net/tiktok", "net/client", "domain", "base") + HTTP_VALUES,
    "net/edge": ("net/edge", "net/http", r"net/tiktok/signing\.hpp", "domain", "base"),
    "net/access": ("net/access", "domain", "base"),
    "net/api": ("net/api", "net/http", "net/access", r"net/console/console_site\.hpp", "domain", "base"),
    "net/console": ("net/console",),
    "actors": (), # nothing lives beside its rooms
    "actors/plumbing": ("actors/plumbing", "base"),
    "actors/order": ("actors/order",) + PROTOCOLS,
    "actors/store": ("actors/store",) + PROTOCOLS,
    "actors/calls": ("actors/calls",) + PROTOCOLS,
    "actors/engine": ("actors", "domain", "base") + STORE_PORT,
    "tools": ("tools", "domain", "storage", "config", "base", r"net/tiktok/signing\.hpp", r"net/client/\w+\.hpp") + HTTP_VALUES,
    "app": ("actors", "app", "base", "config", "domain", "net", "storage"),
    "tests": PARTS,
}

# Libraries outside the C++ standard, by the prefix of the header, and the files that may include them.
LIBRARIES = [
    ("caf/", ("actors/", "app/", "tests/"), "actors, app, tests"),
    # One parser: what a body says is base's parse_json and parsed_json to decide (DECISIONS "One JSON parser").
    ("boost/json/parse", ("tests/support/boost_parser.cpp",), "parse_json of base/json.hpp"),
    ("boost/json/stream_parser", ("tests/support/boost_parser.cpp",), "parse_json of base/json.hpp"),
    ("boost/json/basic_parser", ("tests/support/boost_parser.cpp",), "parse_json of base/json.hpp"),
    ("boost/json/src.hpp", (), "the library is linked"),
    ("boost/json.hpp", (), "the headers that are needed, without the parser's"),
    ("boost/json", ("",), "everywhere"),
    ("boost/system", ("",), "everywhere"),
    ("boost/unordered", ("storage/", "net/", "actors/", "tools/", "app/", "tests/"), "outside base, domain, config"),
    ("boost/container", ("storage/", "net/", "actors/", "tools/", "app/", "tests/"), "outside base, domain, config"),
    ("boost/asio/", ("net/http/", "net/client/", "tools/", "tests/"), "net/http, net/client, tools, tests"),
    ("boost/beast/", ("net/http/", "net/client/", "tools/", "tests/"), "net/http, net/client, tools, tests"),
    ("boost/", ("net/", "tools/", "tests/"), "net, tools, tests"),
    ("regex", ("tests/",), "tests: it costs a second of parsing"),
    ("prometheus/", ("base/",), "base"),
    ("openssl/", ("base/digest.cpp", "net/client/", "tests/"), "base/digest.cpp, net/client, tests"),
    ("sqlite3.h", ("storage/", "tests/"), "storage, tests"),
    ("pqxx/", ("storage/", "tests/"), "storage, tests"),
    ("libpq", ("storage/", "tests/"), "storage, tests"),
    ("toml", ("config/toml_file.cpp", "config/toml_versions.hpp"), "config/toml_file.cpp"),
    ("simdjson", ("base/json_view.cpp",), "base/json_view.cpp"),
    ("sodium", ("app/", "net/access/", "tests/"), "app, net/access, tests"),
    ("CLI/", ("app/", "tools/"), "app, tools"),
    ("catch2/", ("tests/",), "tests"),
    ("rapidcheck", ("tests/",), "tests"),
]
OPERATING_SYSTEM = ("base/file_descriptor.cpp", "base/ip_network.cpp", "base/line_writer.cpp", "base/log.cpp", "config/",
                    "storage/", "net/", "app/", "tools/", "tests/")
# decide() and apply() are pure: no I/O, no threads, no randomness (docs/architecture.md "Decisions are pure").
IMPURE = {"fstream", "iostream", "filesystem", "thread", "mutex", "future", "random", "ctime", "condition_variable"}

# Headers by which the parts meet, and rooms that must be quick to compile: what must not come along with them, however far down.
NO_SOCKETS = ("boost/asio", "boost/beast")
PORTS = {
    "net/server.hpp": NO_SOCKETS + ("caf/",),
    "net/tiktok/client.hpp": NO_SOCKETS + ("caf/",),
    "net/tiktok/signing.hpp": NO_SOCKETS + ("caf/",),
    "net/tiktok": NO_SOCKETS,
    "net/edge": NO_SOCKETS,
    "net/access": NO_SOCKETS,
    "net/api": NO_SOCKETS,
    "actors/engine/engine.hpp": ("caf/", "boost/beast"),
    "storage/unit.hpp": ("sqlite3.h", "pqxx/"),
    "storage/store_task.hpp": ("sqlite3.h", "pqxx/", "caf/"),
    "net/access/live_access.hpp": ("boost/beast", "boost/asio", "caf/"),
    "net/access/password_thread.hpp": ("boost/beast", "boost/asio", "caf/"),
    "storage/store.hpp": ("sqlite3.h", "pqxx/"),
    "storage/read/read_pool.hpp": ("sqlite3.h", "pqxx/"),
    "config/config.hpp": ("toml",),
}


@dataclass(frozen=True)
class Include:
    line: int
    target: str
    quoted: bool


@dataclass
class Tree:
    root: Path
    files: dict = field(default_factory=dict)  # path -> [Include]

    @classmethod
    def read(cls, root):
        tree = cls(root)
        for part in PARTS:
            for path in sorted((root / part).rglob("*")):
                if path.suffix in SOURCES and path.is_file():
                    tree.files[path.relative_to(root).as_posix()] = includes_of(path.read_text("utf-8"))
        return tree

    def brings(self, file, prefix, seen=None):
        """The chain of includes from file to a library header: [(file, line), ...] or None."""
        seen = seen if seen is not None else set()
        seen.add(file)
        for include in self.files.get(file, ()):
            if not include.quoted and include.target.startswith(prefix):
                return [(file, include.line, include.target)]
        for include in self.files.get(file, ()):
            if include.quoted and include.target in self.files and include.target not in seen:
                chain = self.brings(include.target, prefix, seen)
                if chain:
                    return [(file, include.line, include.target)] + chain
        return None


def includes_of(text):
    text = re.sub(r"/\*.*?\*/", lambda comment: "\n" * comment.group().count("\n"), text, flags=re.S)
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            found.append(Include(number, match.group(1) or match.group(2), match.group(1) is not None))
    return found


def room_of(file):
    """The longest folder or file of PROJECT that holds the file."""
    return max((room for room in PROJECT if file == room or file.startswith(room + "/")), key=len)


def may_include(room, target):
    return any(target.startswith(allowed + "/") or re.fullmatch(allowed, target) for allowed in PROJECT[room])


def library_rule(target):
    return next((rule for rule in LIBRARIES if target.startswith(rule[0])), None)


def check_quoted(tree, file, include):
    room = room_of(file)
    if include.target not in tree.files:
        return f'includes "{include.target}", no file of the project; allowed: paths from the root, <> for libraries'
    if not may_include(room, include.target):
        allowed = ", ".join(name.replace("\\", "") for name in PROJECT[room]) or "nothing, since no file belongs there"
        return f'includes "{include.target}"; allowed in {room}: {allowed}'
    return None


def check_library(file, include):
    target = include.target
    rule = library_rule(target)
    if rule:
        if not file.startswith(rule[1]):
            return f"includes <{target}>; allowed: {rule[2]}"
    elif target.split("/")[0] in PARTS and "/" in target:
        return f'includes <{target}>; allowed: "{target}" in quotes'
    elif target.endswith(".h") and not file.startswith(OPERATING_SYSTEM):
        return f"includes <{target}>; allowed: headers of the operating system in {', '.join(OPERATING_SYSTEM)} only"
    elif not target.endswith(".h") and not re.fullmatch(r"[a-z0-9_]+", target):
        return f"includes <{target}>, which no rule knows; allowed: LIBRARIES in tests/architecture/check_includes.py"
    elif file.startswith("domain/") and target in IMPURE:
        return f"includes <{target}>; allowed: domain is pure, no I/O, threads or randomness"
    return None


def shown(chain):
    return " -> ".join([f"{file}:{line}" for file, line, _ in chain] + [f"<{chain[-1][2]}>"])


def check(root):
    """All violations as (file, line, text)."""
    tree = Tree.read(Path(root))
    found = []
    for file, includes in tree.files.items():
        if not PROJECT[room_of(file)]:
            rooms = ", ".join(room for room in PROJECT if room.startswith(room_of(file) + "/"))
            found.append((file, 1, f"lies beside the rooms of {room_of(file)}; allowed: {rooms}"))
            continue
        for include in includes:
            text = check_quoted(tree, file, include) if include.quoted else check_library(file, include)
            if text:
                found.append((file, include.line, text))
        caf, beast = tree.brings(file, "caf/"), tree.brings(file, "boost/beast")
        if caf and beast:
            both = f"{shown(caf)} and {shown(beast)}"
            found.append((file, max(caf[0][1], beast[0][1]),
                          f"brings CAF and Beast together: {both}; allowed: one of them in a translation unit"))
        for port in (port for port in PORTS if file == port or file.startswith(port + "/")):
            for prefix in PORTS[port]:
                chain = tree.brings(file, prefix)
                if chain:
                    found.append((file, chain[0][1], f"brings {shown(chain)}; allowed: {port} shows no <{prefix}...>"))
    return sorted(found)


def main(arguments):
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[2]
    violations = check(root)
    for file, line, text in violations:
        print(f"{file}:{line}: {text}")
    count = len(Tree.read(root).files)
    print(f"{count} files, {len(violations)} violations")
    return 1 if violations or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
