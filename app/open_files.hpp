#pragma once
// The limit of open files: each connection takes one, and so do the store, the calls to TikTok and the threads.

#include "config/config.hpp"

namespace orderly {

/// Raises this process's soft limit to the hard one, which needs no right, and fits http.max_connections into
/// it: both listeners at that number leave what everything else needs. Says so in the log when it gets fewer.
config within_open_files(config values);

} // namespace orderly
