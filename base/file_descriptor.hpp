#pragma once
// A file that is open in this process, closed when its owner goes.

#include <filesystem>

namespace orderly {

class file_descriptor {
public:
  /// @param number what open() returned; negative: nothing is open
  explicit file_descriptor(int number) : number_(number) {}
  ~file_descriptor();
  file_descriptor(const file_descriptor&) = delete;
  file_descriptor& operator=(const file_descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }

private:
  const int number_;
};

/// Makes durable which names stand in the folder, as far as its file system can.
void sync_folder(const std::filesystem::path& folder);

} // namespace orderly
