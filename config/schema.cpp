#include "config/schema.hpp"

#include "config/text_rules.hpp"
#include "config/value.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace orderly {
namespace {

constexpr std::int64_t second = 1000, minute = 60 * second, hour = 60 * minute,
                       day = 24 * hour; // in milliseconds
constexpr std::int64_t kib = 1024, mib = 1024 * kib;

#define ORDERLY_AT(member) [](config& c) -> config_field { return &c.member; }

// clang-format off
const std::array keys{
    key_spec{"listen", "127.0.0.1:8080", ORDERLY_AT(listen),
             "The public listener: webhooks, /healthz, /readyz. Port 0 takes a free one.", 0, 0,
             &address_rule},
    key_spec{"admin_listen", "127.0.0.1:8081", ORDERLY_AT(admin_listen),
             "The admin listener: /api/v1 and /metrics. Keep it off the internet. Port 0 takes a free one.",
             0, 0, &address_rule},
    key_spec{"data_dir", "data", ORDERLY_AT(data_dir),
             "The folder of the engine's own files; created with mode 0700.", 0, 0, &not_empty_rule},
    key_spec{"log_level", "info", ORDERLY_AT(log_level), "How much is logged. SIGHUP rereads it.", 0, 0,
             &log_level_rule},

    key_spec{"admin.hosts", "", ORDERLY_AT(admin.hosts),
             "Names that the admin listener is reached by beside its own address and localhost, behind a proxy or by DNS; a "
             "request for another host gets 421. Without a port any port will do.",
             0, 0, &host_rule},
    key_spec{"admin.metrics", "token", ORDERLY_AT(admin.metrics),
             "Who may read /metrics: whoever has a token, of any role, or any program of this machine too.", 0, 0,
             &metrics_rule},

    key_spec{"storage.url", "", ORDERLY_AT(storage.url),
             "Where orders live. Default: orderly.db in the data folder.", 0, 0, &storage_url_rule},
    key_spec{"storage.schema", "public", ORDERLY_AT(storage.schema),
             "PostgreSQL: the schema of Orderly's tables, which must be there. A search_path in storage.url comes first.", 0, 0,
             &schema_name_rule},
    key_spec{"storage.readers", "2", ORDERLY_AT(storage.readers),
             "Threads that read, each with its own connection: lists, timelines, activations. Of two or more one is "
             "kept for activations.", 1, 64},
    key_spec{"storage.read_queue", "16384", ORDERLY_AT(storage.read_queue),
             "Reads of each class (load, page, export) that may wait; beyond it a webhook is stored for later, "
             "everything else gets 503.", 1, 1'000'000},
    key_spec{"storage.load_batch", "200", ORDERLY_AT(storage.load_batch),
             "Orders that one read activates together.", 1, 5000},
    key_spec{"storage.lanes", "2", ORDERLY_AT(storage.lanes),
             "Connections that commit side by side, each for its share of the orders. SQLite has one "
             "whatever is set.",
             1, 64},
    key_spec{"storage.allow_unsafe", "false", ORDERLY_AT(storage.allow_unsafe),
             "Start on a PostgreSQL server with fsync=off all the same: what was answered can be lost there."},

    key_spec{"http.trusted_proxies", "", ORDERLY_AT(http.trusted_proxies),
             "Proxies in front of the admin listener whose X-Forwarded-For and X-Forwarded-Proto are believed: with the latter "
             "\"https\" a log-in is taken from everywhere. A proxy must set both itself.",
             0, 0, &ip_network_rule},
    key_spec{"http.threads", "1", ORDERLY_AT(http.threads), "Threads of both listeners.", 1, 64},
    key_spec{"http.max_body", "1048576", ORDERLY_AT(http.max_body),
             "Bytes of a request's body; beyond it: 413.", 1 * kib, 64 * mib},
    key_spec{"http.max_body_bytes", "268435456", ORDERLY_AT(http.max_body_bytes),
             "Bytes of all bodies together, of both listeners, until they are answered; beyond it: 503.", 1 * mib,
             64 * kib * mib},
    key_spec{"http.max_header", "16384", ORDERLY_AT(http.max_header),
             "Bytes of a request's header; beyond it: 431.", 1 * kib, 1 * mib},
    key_spec{"http.max_connections", "4096", ORDERLY_AT(http.max_connections),
             "Connections open at a time, of each listener; fewer where the limit of open files is lower.", 1,
             1'000'000},
    key_spec{"http.header_timeout", "10s", ORDERLY_AT(http.header_timeout),
             "A request's header must be there within this.", 10, 10 * minute},
    key_spec{"http.body_timeout", "20s", ORDERLY_AT(http.body_timeout),
             "A request's body must be there within this.", 10, 10 * minute},
    key_spec{"http.idle_timeout", "1m", ORDERLY_AT(http.idle_timeout),
             "A connection without a request is closed after this.", 10, 1 * hour},
    key_spec{"http.webhook_deadline", "2.5s", ORDERLY_AT(http.webhook_deadline),
             "A webhook that is not durable by then is answered 503. TikTok waits 3 seconds.", 10,
             1 * minute},
    key_spec{"http.command_deadline", "10s", ORDERLY_AT(http.command_deadline),
             "A command that is not decided by then is answered 503 outcome_unknown.", 10, 10 * minute},

    key_spec{"engine.workers", "2", ORDERLY_AT(engine.workers), "Scheduler threads; one registry shard each.",
             1, 64},
    key_spec{"engine.max_in_flight", "4096", ORDERLY_AT(engine.max_in_flight),
             "Inputs that may wait for the engine (admission limit), each order of a webhook for itself; beyond it: 503.", 1,
             1'000'000},
    key_spec{"engine.outbox_scan", "1s", ORDERLY_AT(engine.outbox_scan),
             "How often the outbox is looked through, beside being woken by each commit.", 10, 1 * minute},
    key_spec{"engine.calls_in_flight", "200", ORDERLY_AT(engine.calls_in_flight),
             "Promises to TikTok Shop worked on at a time.", 1, 10'000},
    key_spec{"engine.max_resident_orders", "50000", ORDERLY_AT(engine.max_resident_orders),
             "Orders in memory at a time, about 2 KB each; at the limit the longest idle one leaves first.", 64,
             10'000'000},
    key_spec{"engine.max_waiting_orders", "2000", ORDERLY_AT(engine.max_waiting_orders),
             "Orders that may wait for a place in memory while none of those there is idle; beyond it: 503.", 1, 1'000'000},
    key_spec{"engine.order_idle", "5m", ORDERLY_AT(engine.order_idle),
             "An order that nothing happened to for so long leaves memory; its next input brings it back.", 100, 1 * day},
    key_spec{"engine.lease", "30s", ORDERLY_AT(engine.lease),
             "How long a claimed promise belongs to the engine that claimed it. At least 2 * tiktok.timeout + 1s.", 1 * second,
             1 * hour},

    key_spec{"processing.auto_start", "true", ORDERLY_AT(processing.auto_start),
             "AWAITING_SHIPMENT with complete detail enters processing by itself."},
    key_spec{"processing.report_shipments", "true", ORDERLY_AT(processing.report_shipments),
             "A move to shipped is reported to TikTok Shop, unless the command says otherwise."},
    key_spec{"processing.paid_wait", "1h", ORDERLY_AT(processing.paid_wait),
             "No report earlier than this after payment, for orders that never were ON_HOLD.", 0, 30 * day},

    key_spec{"tiktok.app_key", "", ORDERLY_AT(tiktok.app_key),
             "The app's key, from TikTok Shop Partner Center.", 0, 0, &token_or_empty_rule},
    key_spec{"tiktok.app_secret", "", ORDERLY_AT(tiktok.app_secret),
             "The app's secret. Inline only in a file with mode 0600; else app_secret_file or "
             "ORDERLY_TIKTOK_APP_SECRET.",
             0, 0, &token_or_empty_rule, true},
    key_spec{"tiktok.app_secret_file", "", ORDERLY_AT(tiktok.app_secret_file),
             "A file with nothing but the app's secret; mode 0600."},
    key_spec{"tiktok.previous_app_secrets", "", ORDERLY_AT(tiktok.previous_app_secrets),
             "Secrets still accepted on webhooks while the app's secret is being changed.", 0, 0, &token_rule,
             true},
    key_spec{"tiktok.api_base", "https://open-api.tiktokglobalshop.com", ORDERLY_AT(tiktok.api_base),
             "TikTok Shop's API. http only for a sandbox.", 0, 0, &http_base_rule},
    key_spec{"tiktok.auth_base", "https://auth.tiktok-shops.com", ORDERLY_AT(tiktok.auth_base),
             "TikTok Shop's authorisation service.", 0, 0, &http_base_rule},
    key_spec{"tiktok.timeout", "10s", ORDERLY_AT(tiktok.timeout), "Of a whole call to TikTok Shop.", 10,
             5 * minute},
    key_spec{"tiktok.connections", "8", ORDERLY_AT(tiktok.connections), "Connections kept to TikTok Shop.", 1,
             256},
    key_spec{"tiktok.queue_limit", "1024", ORDERLY_AT(tiktok.queue_limit),
             "Calls that may wait for a connection.", 1, 1'000'000},

    key_spec{"shutdown.grace", "10s", ORDERLY_AT(shutdown.grace),
             "After SIGTERM, requests under way may take this long to finish.", 0, 10 * minute},
};
// clang-format on

#undef ORDERLY_AT

const std::array shop_keys{
    shop_key_spec{"id", &shop_config::id, &token_rule, "TikTok's id of the shop."},
    shop_key_spec{"region", &shop_config::region, &region_rule, "The shop's market."},
    shop_key_spec{"cipher", &shop_config::cipher, &token_rule, "The shop's shop_cipher."},
    shop_key_spec{"access_token_file", &shop_config::access_token_file, &not_empty_rule,
                  "A file with nothing but the shop's access token; mode 0600. SIGHUP rereads it."},
};

std::string duration_range(const key_spec& spec, std::string_view example) {
  return "a duration from \"" + format_duration(std::chrono::milliseconds{spec.min}) + "\" to \"" +
         format_duration(std::chrono::milliseconds{spec.max}) + "\", such as " + std::string{example};
}

} // namespace

std::span<const key_spec> config_schema() { return keys; }
std::span<const shop_key_spec> shop_schema() { return shop_keys; }

const key_spec* spec_of(std::string_view key) {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const key_spec& spec) { return spec.key == key; });
  return found == keys.end() ? nullptr : &*found;
}

std::string allowed_of(const key_spec& spec) {
  struct visitor {
    const key_spec& spec;
    std::string operator()(bool*) const { return "true or false"; }
    std::string operator()(std::int64_t*) const {
      return "a whole number from " + std::to_string(spec.min) + " to " + std::to_string(spec.max);
    }
    std::string operator()(std::chrono::milliseconds*) const { return duration_range(spec, "\"500ms\", \"2.5s\", \"1m\""); }
    std::string operator()(std::chrono::seconds*) const { return duration_range(spec, "\"2s\", \"1m\", \"1h\"; whole seconds"); }
    std::string operator()(std::string*) const { return std::string{spec.rule ? spec.rule->allowed : "a text"}; }
    std::string operator()(std::vector<std::string>*) const {
      return "an array of texts" + (spec.rule ? ", each " + std::string{spec.rule->allowed} : std::string{});
    }
  };
  config any;
  return std::visit(visitor{spec}, spec.at(any));
}

std::string environment_name_of(std::string_view key) {
  std::string name = "ORDERLY_";
  for (const char c : key)
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

} // namespace orderly
