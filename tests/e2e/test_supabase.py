#!/usr/bin/env python3
"""The engine on a server with the roles, default privileges and settings of Supabase, as docs/supabase.md says to set it up. Runs
within `tools/pg run --`, whose own user stands for supabase_admin."""

import os
import struct
import subprocess
import urllib.parse

from orderly_e2e import ORDERLYD, SOURCE, Audit, Case, clean_environment, main, open_database, wait_for
from postgres_server import SERVER, psql, run_psql, url_of

ORDERS = 6
ACTS = ("select from {}", "delete from {}", "insert into {} default values", "truncate {}")
IN_ORDERLY = '[storage]\nschema = "orderly"\n'
COLUMNS = {"id", "tiktok_order_id", "shop_id", "state", "tiktok_status", "failure", "held", "version", "created_at", "updated_at",
           "due_at", "closed_at"}

# What a project has from the beginning, as far as it concerns tables.
PROJECT = """
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator login noinherit password 'authenticator';
grant anon, authenticated, service_role to authenticator;
create role postgres login createdb createrole replication bypassrls password 'postgres';
grant anon, authenticated, service_role to postgres;
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role postgres set statement_timeout = '2min';
"""
DATABASE = """
create schema auth;
create table auth.schema_migrations(version varchar(255) primary key);
create table auth.users(id uuid primary key);
create schema realtime;
create table realtime.schema_migrations(version bigint primary key, inserted_at timestamp);
create schema extensions;
alter role postgres set search_path = "$user", public, extensions;
grant all on schema public to postgres;
grant usage on schema public to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to postgres, anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on functions to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on sequences to postgres, anon, authenticated, service_role;
create publication supabase_realtime;
alter publication supabase_realtime owner to postgres;
"""


def recipe(name):
    """The SQL block of docs/supabase.md below the heading of that name."""
    with open(os.path.join(SOURCE, "docs", "supabase.md"), encoding="utf-8") as page:
        part = page.read().split(f"\n## {name}\n", 1)[1]
    return part.split("```sql\n", 1)[1].split("```", 1)[0]


def setUpModule():
    psql(SERVER, PROJECT)
    psql(SERVER, "alter system set wal_level = logical;")
    subprocess.run([os.path.join(SOURCE, "tools", "pg"), "restart"], check=True, timeout=120)


class Changes:
    """Reads pgoutput's messages, protocol 1: each inserted or updated row by its columns' names."""

    def __init__(self):
        self.columns, self.rows = {}, []

    def take(self, message):
        kind = message[:1]
        if kind == b"R":
            self.take_relation(message)
        elif kind in (b"I", b"U"):
            relation, = struct.unpack_from(">i", message, 1)
            at = 5
            if message[at:at + 1] in (b"K", b"O"):
                _, at = self.tuple(message, at + 1, self.columns[relation])
            row, _ = self.tuple(message, at + 1, self.columns[relation])
            self.rows.append(row)

    def take_relation(self, message):
        relation, = struct.unpack_from(">i", message, 1)
        at = message.index(b"\0", message.index(b"\0", 5) + 1) + 2  # behind schema, name and replica identity
        count, = struct.unpack_from(">h", message, at)
        at += 2
        names = []
        for _ in range(count):
            end = message.index(b"\0", at + 1)
            names.append(message[at + 1:end].decode())
            at = end + 9
        self.columns[relation] = names

    @staticmethod
    def tuple(message, at, names):
        count, = struct.unpack_from(">h", message, at)
        at += 2
        row = {}
        for name in names[:count]:
            kind = message[at:at + 1]
            at += 1
            if kind == b"t":
                size, = struct.unpack_from(">i", message, at)
                row[name] = message[at + 4:at + 4 + size].decode()
                at += 4 + size
        return row, at


class Supabase(Case):
    def setUp(self):
        super().setUp()
        self.name = "project_" + self._testMethodName[5:20]
        psql(SERVER, f"create database {self.name} owner postgres;")
        self.addCleanup(psql, SERVER, f"drop database {self.name} with (force);")
        self.admin = urllib.parse.urlunsplit(urllib.parse.urlsplit(SERVER)._replace(path="/" + self.name))
        psql(self.admin, DATABASE)

    def url(self, role):
        return url_of(role, self.name)

    def set_up_as_the_page_says(self):
        """The engine's URL."""
        psql(self.url("postgres"), recipe("Set up").replace("'PASSWORD'", "'orderly_engine'"))
        self.addCleanup(psql, SERVER, "drop role orderly_engine;")
        self.addCleanup(psql, self.admin, "drop owned by orderly_engine cascade;")
        return self.url("orderly_engine")

    def printed_schema(self):
        environment = {**clean_environment(), "ORDERLY_STORAGE_SCHEMA": "orderly"}
        return subprocess.run([ORDERLYD, "--print-schema"], capture_output=True, text=True, timeout=30, check=True,
                              cwd=self.folder,
                              env=environment).stdout

    def tables(self, schema):
        return psql(self.url("postgres"), f"select tablename from pg_tables where schemaname = '{schema}';").split()

    def serve(self, storage, tables="", schema="public"):
        """An engine that brings some orders to `delivered`."""
        sandbox = self.start_sandbox("--step-ms", "300")
        engine = self.start_engine(sandbox, storage=storage, tables=tables)
        self.stores.discard(storage)  # audited here, with its schema
        warehouse = self.start_warehouse(engine)
        sandbox.create_orders(ORDERS)
        wait_for("delivered orders", lambda: len(engine.orders("delivered")) == ORDERS, seconds=60)
        warehouse.stop()
        self.assertEqual(engine.stop(), 0, engine.tail())
        audit = Audit(storage, "--replay", "--schema", schema)
        self.assertEqual((audit.code, audit.findings, audit.sums["orders_read"]), (0, [], ORDERS), audit)

    def assert_closed(self, schema):
        tables = self.tables(schema)
        self.assertIn("api_tokens", tables)
        hidden = psql(self.url("postgres"), "select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace "
                                            f"where nspname = '{schema}' and relkind = 'r' and relrowsecurity;")
        self.assertEqual(int(hidden), len(tables), "each has row level security on")
        for role in ("anon", "authenticated"):
            acts = [f"{act.format(f'{schema}.{table}')};\n" for table in tables for act in ACTS]
            said = run_psql(self.url("postgres"), f"set role {role};\n" + "".join(acts)).stderr
            self.assertEqual(said.count("permission denied"), len(acts), said)
        granted = psql(self.url("postgres"), f"""select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace,
            aclexplode(relacl) a where nspname = '{schema}' and relkind = 'S'
            and a.grantee in ('anon'::regrole, 'authenticated'::regrole);""")
        self.assertEqual(granted, "0", "sequences")

    def test_public_schema_serves_and_shows_the_api_nothing(self):
        psql(self.url("postgres"), "create table public.todos(id int);")  # of the project's own
        self.serve(self.url("postgres"))
        self.assertEqual(psql(self.url("postgres"), "set role anon; select count(*) from public.todos;"), "0")
        psql(self.url("postgres"), "drop table public.todos;")
        self.assert_closed("public")

    def test_own_role_and_schema_as_the_page_says(self):
        self.serve(self.set_up_as_the_page_says(), IN_ORDERLY, "orderly")
        self.assertEqual(self.tables("public"), [])
        self.assert_closed("orderly")

    def test_printed_schema_is_taken_as_a_migration(self):
        migration = os.path.join(self.folder, "20260101000000_orderly.sql")
        with open(migration, "w", encoding="utf-8") as out:
            out.write(self.printed_schema())
        subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-d", self.url("postgres"), "-f",
                        migration], check=True, timeout=60, stdout=subprocess.DEVNULL)
        tables = self.tables("orderly")
        psql(self.admin, "revoke create on schema orderly from postgres;")
        self.serve(self.url("postgres"), IN_ORDERLY, "orderly")
        self.assertEqual(self.tables("orderly"), tables)
        self.assert_closed("orderly")

    def test_publication_tells_a_replication_client_each_committed_change_once(self):
        engine, client = self.set_up_as_the_page_says(), self.url("postgres")
        psql(engine, self.printed_schema())
        psql(client, recipe("Changes for other programs"))
        psql(client, "select pg_create_logical_replication_slot('client', 'pgoutput');")
        self.addCleanup(psql, client, "select pg_drop_replication_slot('client');")
        self.serve(engine, IN_ORDERLY, "orderly")
        heard = Changes()
        while lines := psql(client, "select encode(data, 'hex') from pg_logical_slot_get_binary_changes('client', null, 20, "
                                    "'proto_version', '1', 'publication_names', 'orderly_orders');").split():
            for line in lines:
                heard.take(bytes.fromhex(line))
        for row in heard.rows:
            self.assertLessEqual(set(row), COLUMNS, "nothing of the buyer")
        with open_database(engine) as database:
            committed = database.rows("select o.tiktok_order_id as id, max(e.seq) as version from orderly.order_events e "
                                      "join orderly.orders o on o.id = e.order_id group by o.tiktok_order_id, e.xid")
        self.assertEqual(sorted((row["tiktok_order_id"], int(row["version"])) for row in heard.rows),
                         sorted((row["id"], row["version"]) for row in committed))


if __name__ == "__main__":
    main()
