#pragma once
// What a text in the configuration may look like.

#include "config/schema.hpp"

namespace orderly {

extern const text_rule not_empty_rule;
extern const text_rule token_rule; ///< printable ASCII without blanks
extern const text_rule token_or_empty_rule;
extern const text_rule address_rule; ///< HOST:PORT
extern const text_rule log_level_rule;
extern const text_rule storage_url_rule; ///< empty: the default
extern const text_rule http_base_rule;   ///< scheme, host and optional port, no path
extern const text_rule region_rule;      ///< ISO 3166 alpha-2

} // namespace orderly
