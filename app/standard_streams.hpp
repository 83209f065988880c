#pragma once
// Descriptors 0, 1 and 2.

namespace orderly {

/// Whoever started us may have closed some of them: the next file or socket would take their place, and what is printed would go
/// into it. First thing in main().
void open_standard_streams();

} // namespace orderly
