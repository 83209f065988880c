#pragma once
// The files of the console, as they are linked into the program: made by build.mjs, or no_assets.cpp where it is left out.

#include <span>
#include <string_view>

namespace orderly {

/// All of static storage.
struct console_asset {
  std::string_view path; ///< "/index.html", "/assets/index-BJGmhByj.css"
  std::string_view content_type;
  std::string_view sha256;             ///< of the uncompressed bytes, in hex
  bool immutable = false;              ///< the path holds the content's hash
  std::string_view identity, gzip, br; ///< the compressed ones are empty where they would not be smaller
};

std::span<const console_asset> console_assets();

} // namespace orderly
