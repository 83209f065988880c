#include "tests/support/dropping_disk.hpp"

#include <algorithm>
#include <fcntl.h>
#include <iterator>
#include <stdexcept>
#include <unistd.h>

namespace orderly::test {
namespace {

/// Of a write that tears, each sector survives by the toss of a coin.
std::vector<change> torn(const change& c, std::mt19937_64& random) {
  std::vector<change> parts;
  const auto end = c.offset + static_cast<std::int64_t>(c.bytes.size());
  for (auto from = c.offset; from < end;) {
    const auto to = std::min(end, (from / sector + 1) * sector);
    if (random() & 1)
      parts.push_back({from, {c.bytes.begin() + (from - c.offset), c.bytes.begin() + (to - c.offset)}, false});
    from = to;
  }
  return parts;
}

void write_to_disk(const std::string& path, const std::vector<change>& changes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return; // deleted meanwhile
  bool done = true;
  for (const auto& c : changes)
    done = done && (c.truncates ? ::ftruncate(fd, c.offset) == 0
                                : ::pwrite(fd, c.bytes.data(), c.bytes.size(), c.offset) == static_cast<ssize_t>(c.bytes.size()));
  ::close(fd);
  if (!done)
    throw std::runtime_error("the surviving writes of " + path + " cannot be put on the real disk");
}

} // namespace

void make_change(std::vector<char>& content, const change& c) {
  const auto offset = static_cast<std::size_t>(c.offset);
  if (c.truncates) {
    content.resize(offset);
    return;
  }
  if (content.size() < offset + c.bytes.size())
    content.resize(offset + c.bytes.size());
  std::copy(c.bytes.begin(), c.bytes.end(), content.begin() + c.offset);
}

bool dropping_vfs::disk::operate() {
  ++operations;
  if (operations != cut_at)
    return true;
  cut(cut_how);
  return false;
}

std::vector<change> dropping_vfs::disk::survivors(const image& of_file, std::mt19937_64& random, double survival) {
  std::vector<change> kept;
  std::uniform_real_distribution<double> chance(0, 1);
  for (const auto& c : of_file.unflushed) {
    if (chance(random) >= survival) {
      ++dropped;
    } else if (c.truncates || chance(random) < 0.75) {
      kept.push_back(c);
    } else {
      ++dropped;
      auto parts = torn(c, random);
      kept.insert(kept.end(), std::make_move_iterator(parts.begin()), std::make_move_iterator(parts.end()));
    }
  }
  return kept;
}

void dropping_vfs::disk::cut(const power_cut& how) {
  std::mt19937_64 random{how.seed};
  for (const auto& [path, file] : images)
    write_to_disk(path, survivors(*file, random, how.survival));
  images.clear();
  off = true;
  cut_at = 0;
}

std::shared_ptr<image> dropping_vfs::disk::open(const std::string& path, sqlite3_file* from) {
  auto& known = images[path];
  if (known)
    return known;
  known = std::make_shared<image>();
  sqlite3_int64 size = 0;
  if (from->pMethods->xFileSize(from, &size) == SQLITE_OK && size > 0) {
    known->content.resize(static_cast<std::size_t>(size));
    constexpr std::size_t at_most = 1 << 20;
    for (std::size_t at = 0; at < known->content.size(); at += at_most)
      from->pMethods->xRead(from, known->content.data() + at, static_cast<int>(std::min(at_most, known->content.size() - at)),
                            static_cast<sqlite3_int64>(at));
  }
  return known;
}

} // namespace orderly::test
