#include "storage/postgres/schema.hpp"

#include "storage/postgres/migrations.hpp"

namespace orderly::postgres {
namespace {

error unusable(std::string why) { return {error_code::bad_config, std::move(why), {}}; }

// Of a startup packet's `options`, which is where the URL's search_path comes in, the source is the client.
constexpr const char* by_itself =
    "select pg_catalog.current_schema(), s.source, s.setting from pg_catalog.pg_settings s where s.name = 'search_path'";

// Orderly's schema_migrations is the one beside these tables: other programs have one of that name. `asked` comes before it.
constexpr const char* ours_and_others = R"sql(,
here as (select n.oid from pg_catalog.pg_namespace n, asked where n.nspname = asked.schema),
tables as (select c.relnamespace as place, c.relname as name from pg_catalog.pg_class c where c.relkind in ('r','p','v','m','f')),
ours as (
  select m.place from tables m where m.name = 'schema_migrations'
    and exists (select from tables e where e.place = m.place and e.name = 'order_events')
    and exists (select from tables o where o.place = m.place and o.name = 'outbox'))
select exists (select from here),
  coalesce((select pg_catalog.has_schema_privilege(oid, 'usage') from here), false),
  exists (select from ours where place in (select oid from here)),
  (select t.name from tables t, asked where t.place in (select oid from here) and t.name = any(asked.tables) limit 1),
  (select pg_catalog.string_agg(n.nspname::text, ', ' order by n.nspname) from asked, ours
   join pg_catalog.pg_namespace n on n.oid = ours.place where n.nspname <> asked.schema),
  current_user, pg_catalog.current_database())sql";

struct schema_seen {
  bool is_there = false, is_open = false, is_ours = false;
  std::string stranger;  ///< a table of another program that has a name of ours
  std::string elsewhere; ///< the schemas of other tables of ours, as a list
  std::string role, database;
};

std::string text_of(const pqxx::field& field) { return field.is_null() ? std::string{} : std::string{field.c_str()}; }

schema_seen look_at(pqxx::transaction_base& in, const std::string& schema) {
  const auto row = in.exec("with asked as (select " + in.quote(schema) + "::name as schema, '{" + comma_separated(table_names()) +
                           "}'::name[] as tables)" + ours_and_others)[0];
  schema_seen seen;
  seen.is_there = row[0].as<bool>();
  seen.is_open = row[1].as<bool>();
  seen.is_ours = row[2].as<bool>();
  seen.stranger = text_of(row[3]);
  seen.elsewhere = text_of(row[4]);
  seen.role = text_of(row[5]);
  seen.database = text_of(row[6]);
  return seen;
}

/// @param named_by_url alone, which is how one says that a second, separate installation in one database is meant
result<void> judge(const schema_seen& seen, const std::string& schema, bool named_by_url) {
  if (!seen.is_ours && !seen.elsewhere.empty() && !named_by_url)
    return unusable("storage.schema: it is " + schema + ", but Orderly's tables stand in the schema " + seen.elsewhere +
                    "; set storage.schema to that, or, for a second, separate installation, put "
                    "?options=-csearch_path%3D" +
                    schema + " into storage.url");
  if (!seen.is_there)
    return unusable("storage.schema: the database " + seen.database + " has no schema " + schema + "; create schema " + schema +
                    ", or name the one that is meant");
  if (!seen.is_open)
    return unusable("storage.schema: the role " + seen.role + " may not use the schema " + schema + "; grant usage on schema " +
                    schema + " to " + seen.role);
  if (seen.is_ours)
    return {};
  if (!seen.stranger.empty())
    return unusable("storage.schema: the schema " + schema + " has a table " + seen.stranger +
                    " of another program; give Orderly a schema of its own (create schema orderly) and name it here");
  return {};
}

} // namespace

result<std::string> schema_in_force(const database& where, const std::string& configured) {
  const auto first = connect(where.options);
  const auto quiet = make_quiet(*first);
  pqxx::nontransaction look{*first};
  const auto now = look.exec(by_itself)[0];
  const bool named_by_url = text_of(now[1]) == "client";
  if (named_by_url && now[0].is_null())
    return unusable("storage.url: its search_path is " + text_of(now[2]) +
                    ", and there is no such schema that this role may use");
  auto schema = named_by_url ? text_of(now[0]) : configured;
  if (named_by_url && configured != default_schema && configured != schema)
    return unusable("storage.schema: it is " + configured + ", but the search_path in storage.url says " + schema +
                    "; one of the two");
  // Of a path of several, the first schema that is there may be another tomorrow.
  const bool alone = named_by_url && text_of(now[2]).find(',') == std::string::npos;
  if (auto good = judge(look_at(look, schema), schema, alone); !good)
    return good.error();
  return schema;
}

result<void> refuse_hidden_rows(session& over) {
  pqxx::nontransaction look{over.raw()};
  const auto hidden = look.exec("select c.relname, current_user, pg_get_userbyid(c.relowner) from pg_class c "
                                "join pg_namespace n on n.oid = c.relnamespace where n.nspname = current_schema() and "
                                "c.relkind = 'r' and c.relname = any('{" +
                                comma_separated(table_names()) + "}') and row_security_active(c.oid) limit 1");
  if (hidden.empty())
    return {};
  const auto table = text_of(hidden[0][0]), role = text_of(hidden[0][1]), owner = text_of(hidden[0][2]);
  return unusable("storage.url: row level security of the table " + table + " hides its rows from the role " + role + "; grant " +
                  owner + " to " + role + " (it owns the table), or alter role " + role + " bypassrls");
}

} // namespace orderly::postgres
