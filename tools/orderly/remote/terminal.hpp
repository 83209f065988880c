#pragma once
// The program's standard output: what it can show, and writing to it.

#include "tools/orderly/view/text.hpp"

namespace orderly {

/// Nobody reads the output any more: the program ends quietly, with 0.
struct output_closed {};

struct screen_size {
  std::size_t width = 80, height = 24;
};
/// Of the terminal; COLUMNS and LINES where it does not say.
screen_size size_of_screen();

/// Whether the locale's text is UTF-8.
bool speaks_utf8();
bool is_terminal();
/// A terminal that can be drawn on and nobody who wants none of that: TERM is neither empty nor dumb, NO_COLOR empty.
bool can_draw();

/// For what is written now.
view::style style_of_output();

/// All of it. Throws output_closed, or std::system_error when it cannot be written.
void put(std::string_view text);
void put(const view::lines& page);
/// To standard error, behind what has been put.
void complain_text(std::string_view text);
void complain(const view::lines& page);

} // namespace orderly
