#pragma once
// An embedded database for an audit: opened for reading alone, beside its engine, in one read transaction from the first row to
// the last. The engine goes on meanwhile; only its log cannot be cut short.

#include "storage/audit/audit_source.hpp"

namespace orderly::sqlite {

result<std::unique_ptr<audit::source>> open_audit(const std::string& path);

} // namespace orderly::sqlite
