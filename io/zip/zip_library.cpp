// SPDX-License-Identifier: MIT
#include "io/zip/zip_library.hpp"

#include <zip.h>

#include <span>

#include "model/base/error.hpp"

namespace tmm::io::zip_library {

/// What libzip reads from: an open file, by position.
struct Archive::Source {
  const InputFile& file;
  std::uint64_t position = 0;
  std::uint64_t last_read = 0;  // where the latest bytes came from
  std::string failure;          // why a read has failed
  zip_error_t error;

  explicit Source(const InputFile& input) : file(input) { zip_error_init(&error); }
  ~Source() { zip_error_fini(&error); }

  std::int64_t read(void* data, std::uint64_t length) {
    try {
      const std::string bytes = file.read(position, length);
      bytes.copy(static_cast<char*>(data), bytes.size());
      last_read = position;
      position += bytes.size();
      return static_cast<std::int64_t>(bytes.size());
    } catch (const std::exception& e) {
      failure = e.what();
      zip_error_set(&error, ZIP_ER_READ, 0);
      return -1;
    }
  }

  std::int64_t seek(void* data, std::uint64_t length) {
    const std::int64_t target = zip_source_seek_compute_offset(position, file.size(), data, length, &error);
    if (target < 0) return -1;
    position = static_cast<std::uint64_t>(target);
    return 0;
  }

  std::int64_t describe(void* data, std::uint64_t length) {
    if (length < sizeof(zip_stat_t)) {
      zip_error_set(&error, ZIP_ER_INVAL, 0);
      return -1;
    }
    auto* status = static_cast<zip_stat_t*>(data);
    zip_stat_init(status);
    status->size = file.size();
    status->valid = ZIP_STAT_SIZE;
    return sizeof(zip_stat_t);
  }

  static zip_int64_t call(void* self, void* data, zip_uint64_t length, zip_source_cmd_t command) {
    auto& source = *static_cast<Source*>(self);
    switch (command) {
      case ZIP_SOURCE_OPEN:
        source.position = 0;
        return 0;
      case ZIP_SOURCE_READ:
        return source.read(data, length);
      case ZIP_SOURCE_SEEK:
        return source.seek(data, length);
      case ZIP_SOURCE_TELL:
        return static_cast<zip_int64_t>(source.position);
      case ZIP_SOURCE_STAT:
        return source.describe(data, length);
      case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&source.error, data, length);
      case ZIP_SOURCE_CLOSE:
      case ZIP_SOURCE_FREE:
        return 0;
      case ZIP_SOURCE_SUPPORTS:
        return ZIP_SOURCE_SUPPORTS_SEEKABLE;
      default:
        zip_error_set(&source.error, ZIP_ER_OPNOTSUPP, 0);
        return -1;
    }
  }
};

namespace {

[[noreturn]] void fail(const std::string& what, const std::string& path, const std::string& entry,
                       const std::string& reason) {
  throw FormatError(what, {path, entry, "", reason, ""});
}

}  // namespace

Archive::Archive(const InputFile& file) : source_(std::make_unique<Source>(file)) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_function_create(&Source::call, source_.get(), &error);
  if (source != nullptr) handle_ = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (handle_ == nullptr) {
    const bool doubled = zip_error_code_zip(&error) == ZIP_ER_EXISTS;
    const std::string reason = doubled ? "two entries of one name" : zip_error_strerror(&error);
    if (source != nullptr) zip_source_free(source);
    zip_error_fini(&error);
    fail("not a whole zip archive", file.path(), "", source_->failure.empty() ? reason : source_->failure);
  }
  zip_error_fini(&error);
}

Archive::~Archive() {
  zip_discard(handle_);
}

std::uint64_t Archive::size() const {
  return static_cast<std::uint64_t>(zip_get_num_entries(handle_, 0));
}

std::uint64_t Archive::first_byte(std::uint64_t i, const std::string& name) {
  // libzip does not tell where an entry lies, but reads through `source_`, which sees where it looks.
  zip_file_t* packed = zip_fopen_index(handle_, i, ZIP_FL_COMPRESSED);
  char byte = 0;
  const bool read = packed != nullptr && zip_fread(packed, &byte, 1) == 1;
  const std::uint64_t offset = source_->last_read;
  const std::string reason = read ? "" : zip_error_strerror(zip_get_error(handle_));
  if (packed != nullptr) zip_fclose(packed);
  if (!read) fail("entry cannot be read", source_->file.path(), name, reason);
  return offset;
}

Entry Archive::entry(std::uint64_t i) {
  zip_stat_t status;
  zip_stat_init(&status);
  constexpr zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
  if (zip_stat_index(handle_, i, ZIP_FL_ENC_RAW, &status) != 0 || (status.valid & needed) != needed)
    fail("entry of the archive cannot be read", source_->file.path(), "",
         zip_error_strerror(zip_get_error(handle_)));
  Entry entry;
  entry.name = status.name;
  entry.size = status.size;
  entry.packed = status.comp_size;
  if ((status.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && status.encryption_method != ZIP_EM_NONE)
    fail("entry is encrypted", source_->file.path(), entry.name, "");
  if (status.comp_method != ZIP_CM_STORE && status.comp_method != ZIP_CM_DEFLATE)
    throw FormatError("entry is packed by another method",
                      {source_->file.path(), entry.name, "stored, or packed by deflate",
                       "method " + std::to_string(status.comp_method), ""});
  entry.deflated = status.comp_method == ZIP_CM_DEFLATE;
  if (entry.packed != 0) entry.offset = first_byte(i, entry.name);
  return entry;
}

Archive::Stream::Stream(Archive& archive, std::uint64_t i)
    : archive_(archive), name_(zip_get_name(archive.handle_, i, ZIP_FL_ENC_RAW)) {
  file_ = zip_fopen_index(archive.handle_, i, 0);
  if (file_ == nullptr)
    fail("entry cannot be read", archive.source_->file.path(), name_,
         zip_error_strerror(zip_get_error(archive.handle_)));
}

Archive::Stream::~Stream() {
  zip_fclose(static_cast<zip_file_t*>(file_));
}

void Archive::Stream::read(std::span<std::byte> into, bool last) {
  auto* file = static_cast<zip_file_t*>(file_);
  const std::string& path = archive_.source_->file.path();
  const auto require = [&](bool good) {
    if (good) return;
    const zip_error_t* error = zip_file_get_error(file);
    fail("entry is damaged", path, name_,
         zip_error_code_zip(error) == ZIP_ER_OK ? "another size than the archive says"
                                                : zip_error_strerror(const_cast<zip_error_t*>(error)));
  };
  while (!into.empty()) {
    const zip_int64_t got = zip_fread(file, into.data(), into.size());
    require(got > 0);
    into = into.subspan(static_cast<std::size_t>(got));
  }
  std::byte more{};
  if (last) require(zip_fread(file, &more, 1) == 0);
}

}  // namespace tmm::io::zip_library
