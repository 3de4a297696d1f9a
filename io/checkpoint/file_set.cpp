// SPDX-License-Identifier: MIT
#include "io/checkpoint/file_set.hpp"

#include <utility>

namespace tmm::io {

void FileSet::add(std::shared_ptr<const InputFile> file) {
  Member member{file->path(), file->stamp(), nullptr};
  if (members_.size() < most_open) member.open = std::move(file);
  members_.push_back(std::move(member));
}

std::shared_ptr<const InputFile> FileSet::at(std::size_t i) const {
  const Member& member = members_.at(i);
  if (member.open) return member.open;
  auto file = std::make_shared<const InputFile>(member.path);
  if (file->stamp() != member.stamp) fail_changed(member.path);
  return file;
}

std::uint64_t FileSet::bytes() const {
  std::uint64_t sum = 0;
  for (const Member& member : members_) sum += member.stamp.size;
  return sum;
}

}  // namespace tmm::io
