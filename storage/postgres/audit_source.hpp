#pragma once
// A server's database for an audit: one read-only transaction of one snapshot from the first row to the last. It holds back the
// server's vacuum for as long as it takes, and nothing else; a replica does as well.

#include "storage/audit/audit_source.hpp"

namespace orderly::postgres {

/// Of a URL "postgresql://..." or "postgres://...".
/// @param schema where its tables are, unless the URL has a search_path
result<std::unique_ptr<audit::source>> open_audit(const std::string& url, const std::string& schema);

} // namespace orderly::postgres
