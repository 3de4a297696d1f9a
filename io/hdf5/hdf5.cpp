// SPDX-License-Identifier: MIT
#include "io/hdf5/hdf5.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <set>
#include <utility>

#include "io/hdf5/descriptor_driver.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"

namespace tmm::io::hdf5 {
namespace {

constexpr std::size_t maximum_depth = 16;
constexpr std::size_t maximum_objects = maximum_datasets;

struct Link {
  std::string name;
  H5L_type_t type;
  haddr_t address;  // of a hard link's target
};

herr_t collect_link(hid_t, const char* name, const H5L_info_t* info, void* into) noexcept {
  try {
    auto& links = *static_cast<std::vector<Link>*>(into);
    if (links.size() > maximum_objects) return 1;
    links.push_back({name, info->type, info->type == H5L_TYPE_HARD ? info->u.address : HADDR_UNDEF});
    return 0;
  } catch (...) {
    return -1;
  }
}

/// h5repack keeps links as they are.
std::string advice_on_link(const std::string& link) {
  std::string name;
  for (const char c : link) name += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
  name = "f[\"" + model::printable(name) + "\"]";
  return "Put the data in the link's place, in Python (h5repack would keep the link):"
         "\n  with h5py.File(\"model.h5\", \"r+\") as f:"
         "\n      data = " +
         name + "[()]; del " + name + "; " + name + " = data";
}

void require_hard(H5L_type_t type, const std::string& file, const std::string& link) {
  if (type == H5L_TYPE_HARD) return;
  const char* kind = type == H5L_TYPE_SOFT       ? "a soft link"
                     : type == H5L_TYPE_EXTERNAL ? "an external link"
                                                 : "a user-defined link";
  throw FormatError("links are not followed",
                    {file, link, "a dataset or group stored in this file", kind, advice_on_link(link)});
}

/// Depth-first walk over groups by hard links alone.
class Walk {
 public:
  explicit Walk(const File& file) : file_(file) {}

  std::vector<std::string> run() {
    const Handle root(H5Gopen2(file_.id(), "/", H5P_DEFAULT), H5Gclose);
    H5O_info_t info;
    if (!root.valid() || H5Oget_info2(root.get(), &info, H5O_INFO_BASIC) < 0)
      fail("cannot read the root group", file_.path(), "/");
    groups_.insert(info.addr);
    visit(root, "", 1);
    return std::move(datasets_);
  }

 private:
  void visit(const Handle& group, const std::string& prefix, std::size_t depth) {
    if (depth > maximum_depth)
      throw FormatError("groups are nested too deeply", {file_.path(), prefix, "at most 16 levels", "", ""});
    std::vector<Link> links;
    if (H5Literate(group.get(), H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, collect_link, &links) < 0)
      fail("cannot list a group", file_.path(), prefix.empty() ? "/" : prefix);
    objects_ += links.size();
    if (objects_ > maximum_objects)
      throw FormatError("too many objects", {file_.path(), prefix, "at most 100000", "", ""});
    for (const Link& link : links) visit_link(group, link, prefix + link.name, depth);
  }

  void visit_link(const Handle& group, const Link& link, const std::string& path, std::size_t depth) {
    if (link.name.size() > maximum_name)
      throw FormatError("name is too long",
                        {file_.path(), path.substr(0, 80) + "…", "at most 1024 bytes", "", ""});
    require_hard(link.type, file_.path(), path);
    const Handle object(H5Oopen(group.get(), link.name.c_str(), H5P_DEFAULT), H5Oclose);
    if (!object.valid()) fail("cannot open this object", file_.path(), path);
    const H5I_type_t kind = H5Iget_type(object.get());
    if (kind == H5I_DATASET) datasets_.push_back(path);
    if (kind != H5I_GROUP) return;
    // A group met again is a cycle, or a second path to the same tensors under other names: both are refused.
    if (!groups_.insert(link.address).second)
      throw FormatError("hard links form a loop",
                        {file_.path(), path, "a tree of groups", "a group that is linked twice", ""});
    visit(object, path + "/", depth + 1);
  }

  const File& file_;
  std::set<haddr_t> groups_;
  std::vector<std::string> datasets_;
  std::size_t objects_ = 0;
};

herr_t collect_error(unsigned depth, const H5E_error2_t* error, void* into) noexcept {
  try {
    auto& lines = *static_cast<std::vector<std::string>*>(into);
    if (depth < 2 && error->desc != nullptr && *error->desc != '\0')
      lines.push_back(model::printable(error->desc));
    return 0;
  } catch (...) {
    return -1;
  }
}

/// ". HDF5 says: …", the innermost entries of the error stack, which is empty afterwards.
std::string take_error() {
  std::vector<std::string> lines;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, collect_error, &lines);
  H5Eclear2(H5E_DEFAULT);
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) text += (i == 0 ? ". HDF5 says: " : "; ") + lines[i];
  return text;
}

}  // namespace

Handle& Handle::operator=(Handle&& other) noexcept {
  if (this != &other) {
    reset();
    id_ = std::exchange(other.id_, H5I_INVALID_HID);
    close_ = other.close_;
  }
  return *this;
}

void Handle::reset() {
  if (valid() && close_ != nullptr) close_(id_);
  id_ = H5I_INVALID_HID;
}

bool Handle::finish() {
  const bool closed = valid() && close_ != nullptr && close_(id_) >= 0;
  id_ = H5I_INVALID_HID;
  return closed;
}

void initialize() {
  static const bool once = [] {
    // What may name code, drivers or files; locking (HDF5_USE_FILE_LOCKING) is the user's own.
    for (const char* variable :
         {"HDF5_PLUGIN_PATH", "HDF5_VOL_CONNECTOR", "HDF5_DRIVER", "HDF5_DRIVER_CONFIG",
          "HDF5_EXTFILE_PREFIX", "HDF5_VDS_PREFIX", "HDF5_DEBUG"})
      ::unsetenv(variable);
    ::setenv("HDF5_PLUGIN_PRELOAD", "::", 1);  // the library's own switch against dynamic plugins
    H5dont_atexit();  // after a failed write (disk full) HDF5's own cleaning up at exit crashes
    H5open();
    H5PLset_loading_state(0);
    return true;
  }();
  (void)once;
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // per thread where HDF5 is built thread-safe
}

void fail(const std::string& what, const std::string& file, const std::string& dataset) {
  throw FormatError(what + take_error(), {file, dataset, "", "", ""});
}

File::File(const InputFile& input) : input_(input), path_(input.path()) {
  take_system_error();
  const Handle access = descriptor_access(input.descriptor());  // no driver chosen by file or environment
  H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
  H5Pset_file_locking(access.get(), true, true);
  file_ = Handle(H5Fopen(path_.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
  if (file_.valid()) return;
  const std::string reason = take_error();
  if (take_system_error() == EWOULDBLOCK)
    throw FileError("another program is writing this file" + reason, {path_, "", "", "", ""});
  if (reason.find("already open") != std::string::npos)
    throw FormatError("another program is writing this file, or it was not closed by one that was killed",
                      {path_, "", "", "", "If none has it open: h5clear -s FILE, and check the data"});
  throw FormatError("HDF5 file is damaged or truncated" + reason, {path_, "", "", "", ""});
}

std::vector<std::string> File::datasets() const {
  return Walk(*this).run();
}

void File::check_links(const std::string& path, const std::string& missing) const {
  const Handle access(H5Pcreate(H5P_LINK_ACCESS), H5Pclose);
  H5Pset_nlinks(access.get(), 1);
  for (std::size_t end = 0; end != std::string::npos;) {
    end = path.find('/', end + 1);
    const std::string component = path.substr(0, end);
    H5L_info_t link;
    if (component.empty() || H5Lget_info(id(), component.c_str(), &link, access.get()) < 0)
      throw FormatError(missing, {path_, component, "", "", ""});
    require_hard(link.type, path_, component);
  }
}

bool File::has(const std::string& object) const {
  for (std::size_t end = 0; end != std::string::npos;) {
    end = object.find('/', end + 1);
    if (H5Lexists(id(), object.substr(0, end).c_str(), H5P_DEFAULT) <= 0) return false;
  }
  return true;
}

Handle File::open(const std::string& dataset) const {
  check_links(dataset, "no such dataset");
  Handle handle(H5Dopen2(id(), dataset.c_str(), H5P_DEFAULT), H5Dclose);
  if (!handle.valid()) fail("cannot open this as a dataset", path_, dataset);
  return handle;
}

Handle File::open_object(const std::string& object) const {
  check_links(object, "no such dataset or group");
  Handle handle(H5Oopen(id(), object.c_str(), H5P_DEFAULT), H5Oclose);
  const H5I_type_t kind = handle.valid() ? H5Iget_type(handle.get()) : H5I_BADID;
  if (kind != H5I_DATASET && kind != H5I_GROUP)
    throw FormatError("this is no dataset and no group", {path_, object, "", "", ""});
  return handle;
}

void File::read_rows(const DatasetInfo& info, const Handle& handle, std::size_t first, std::size_t rows,
                     void* buffer) const {
  const Handle type(H5Dget_type(handle.get()), H5Tclose);
  const Handle native(H5Tcopy(type.get()), H5Tclose);
  H5Tset_order(native.get(), H5Tget_order(H5T_NATIVE_INT));
  const Handle file_space(H5Dget_space(handle.get()), H5Sclose);
  std::vector<hsize_t> start(info.shape.size(), 0), count(info.shape.begin(), info.shape.end());
  bool selected = true;
  if (!count.empty()) {
    start.front() = first;
    count.front() = rows;
    selected = H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(),
                                   nullptr) >= 0;
  }
  const Handle memory_space(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr),
                            H5Sclose);
  if (!selected || H5Tget_size(native.get()) != info.element_size ||
      H5Dread(handle.get(), native.get(), memory_space.get(), file_space.get(), H5P_DEFAULT, buffer) < 0)
    fail("cannot read the data", path_, info.path);
}

}  // namespace tmm::io::hdf5
