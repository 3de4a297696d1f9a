// SPDX-License-Identifier: MIT
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tmm::test {

inline const std::string toeplitz_weight = "mixer_blocks.0.token_mixing_layer.weight";

/// Writes HDF5 files of any kind, also those a loader must refuse. Objects are closed with the file.
class RawFile {
 public:
  explicit RawFile(const std::string& path) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    id_ = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
    H5Pclose(access);
    links_ = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(links_, 1);
  }
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;
  ~RawFile() {
    H5Pclose(links_);
    H5Fclose(id_);
  }
  [[nodiscard]] hid_t id() const { return id_; }
  [[nodiscard]] hid_t links() const { return links_; }

  /// Dataset of `file_type`; written from `values` of `memory_type` unless that is null.
  hid_t dataset(const std::string& name, const std::vector<hsize_t>& shape, hid_t file_type,
                hid_t memory_type, const void* values, hid_t plan = H5P_DEFAULT) {
    const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t id = H5Dcreate2(id_, name.c_str(), file_type, space, links_, plan, H5P_DEFAULT);
    if (values != nullptr) H5Dwrite(id, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Sclose(space);
    return id;
  }

  hid_t floats(const std::string& name, const std::vector<hsize_t>& shape, const std::vector<float>& values,
               hid_t file_type = H5T_IEEE_F32LE, hid_t plan = H5P_DEFAULT) {
    return dataset(name, shape, file_type, H5T_NATIVE_FLOAT, values.data(), plan);
  }

  /// A variable-length string attribute, as h5py writes str.
  static void text_attribute(hid_t object, const std::string& name, const std::string& text,
                             bool fixed = false) {
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, fixed ? text.size() : H5T_VARIABLE);
    const hid_t attribute = H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT);
    const char* pointer = text.c_str();
    H5Awrite(attribute, type, fixed ? static_cast<const void*>(pointer) : &pointer);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
  }

 private:
  hid_t id_;
  hid_t links_;
};

}  // namespace tmm::test
