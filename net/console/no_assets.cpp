// For ORDERLY_CONSOLE=OFF.

#include "net/console/assets.hpp"

namespace orderly {
namespace {

constexpr std::string_view page = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Orderly</title></head>
<body><h1>Orderly</h1>
<p>This program was built without its web console (ORDERLY_CONSOLE=OFF). The API is under /api/v1; <code>orderly --help</code>
lists what the command line can do.</p></body></html>
)";

const console_asset table[] = {{"/index.html", "text/html; charset=utf-8", "without-console", false, page, {}, {}}};

} // namespace

std::span<const console_asset> console_assets() { return table; }

} // namespace orderly
