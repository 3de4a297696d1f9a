// SPDX-License-Identifier: MIT
#include "io/hdf5/array_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <limits>

#include "io/checkpoint/tensor_source.hpp"
#include "io/hdf5/raw_hdf5.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using io::ArrayWriter;
using test::TemporaryFolder;

namespace {

const std::vector<double> doubles{1.0 / 3.0, -0.0, 5e-324, 1e300, 2, 3};
const std::vector<std::size_t> two_by_three{2, 3};

void write_sample(const std::string& path) {
  ArrayWriter writer(path);
  writer.dataset("grad/wte.weight", two_by_three, doubles);
  const std::vector<std::int64_t> integers{std::numeric_limits<std::int64_t>::min(), 7};
  writer.dataset("ids", std::vector<std::size_t>{2}, integers);
  writer.dataset("scalar", {}, std::vector<float>{2.5F});
  writer.attribute("/", "objective", "copy");
  writer.attribute("/", "loss", 0.1);
  writer.attribute("ids", "steps", std::int64_t{5300});
  writer.group("empty/inside");
  writer.finish();
}

}  // namespace

TEST_CASE("what is written comes back, with shapes and attributes") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  write_sample(path);
  CHECK(io::list_arrays(path) == std::vector<std::string>{"grad/wte.weight", "ids", "scalar"});
  const auto gradient = io::read_array<double>(path, "grad/wte.weight");
  CHECK(gradient.shape == two_by_three);
  CHECK(gradient.values == doubles);
  CHECK(io::read_array<std::int64_t>(path, "ids").values.front() == std::numeric_limits<std::int64_t>::min());
  CHECK(io::read_array<float>(path, "scalar").shape.empty());
  CHECK(io::read_array<float>(path, "scalar").values == std::vector<float>{2.5F});
  CHECK(io::read_attributes(path) ==
        std::map<std::string, std::string>{{"loss", "0.1"}, {"objective", "copy"}});
  CHECK(io::read_attributes(path, "ids").at("steps") == "5300");
}

TEST_CASE("a file appears when finished, whole, alone, and the same bytes each time") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  {
    ArrayWriter abandoned(path);
    abandoned.dataset("x", two_by_three, doubles);
  }
  CHECK(std::filesystem::is_empty(folder.path()));
  write_sample(path);
  write_sample(folder.file("b.h5"));
  CHECK(test::read_text(path) == test::read_text(folder.file("b.h5")));
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 2);
  CHECK_THROWS_WITH(ArrayWriter("/nonexistent/folder/a.h5"), Contains("/nonexistent/folder/a.h5"));
}

TEST_CASE("a type or a name that does not fit is an error naming file and dataset") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  write_sample(path);
  CHECK_THROWS_WITH(io::read_array<std::int64_t>(path, "scalar"),
                    Contains(path + ": scalar") && Contains("float32"));
  CHECK_THROWS_WITH(io::read_array<double>(path, "absent"),
                    Contains(path + ": absent") && Contains("no such dataset"));
  CHECK_THROWS_WITH(io::read_array<double>(path, "grad"), Contains(path + ": grad"));
  CHECK_THROWS_WITH(io::read_array<double>(path, ""), Contains("no such dataset"));
  ArrayWriter writer(folder.file("b.h5"));
  CHECK_THROWS_AS(writer.dataset("x", two_by_three, std::vector<float>{1}), ArgumentError);
  writer.group("x");
  CHECK_THROWS_WITH(writer.group("x"), Contains("b.h5: x") && Contains("HDF5 says"));
}

TEST_CASE("links are not followed on the way to an array either") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  {
    test::RawFile file(path);
    file.floats("group/x", {1}, {1});
    H5Lcreate_soft("/group", file.id(), "alias", H5P_DEFAULT, H5P_DEFAULT);
  }
  CHECK_THROWS_WITH(io::read_array<float>(path, "alias/x"), Contains("a soft link"));
}

TEST_CASE("golden files of the reference are readable") {
  const std::string path = test::shared_file("reference/variants/flat.golden.h5");
  if (path.empty()) {
    WARN("reference material is not here");
    return;
  }
  CHECK(io::read_array<std::int64_t>(path, "input_ids").shape == std::vector<std::size_t>{3, 24});
  CHECK(io::read_array<double>(path, "adamw_losses").values.size() == 10);
  CHECK(std::stod(io::read_attributes(path).at("loss")) > 0);
}

TEST_CASE("locks: a file held by its writer is refused, and what was read or written here is free at once") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  ArrayWriter writer(path);
  writer.dataset("x", two_by_three, doubles);
  writer.finish();
  CHECK(io::list_arrays(path).size() == 1);  // while the writer still exists
  const auto source = io::open_checkpoint(path);
  const int other = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  CHECK(::flock(other, LOCK_EX | LOCK_NB) == 0);  // while the checkpoint is still open for reading
  CHECK_THROWS_AS(io::list_arrays(path), FileError);
  CHECK_THROWS_WITH(io::list_arrays(path), Contains(path + ": another program is writing this file"));
  ::close(other);
  CHECK(io::list_arrays(path).size() == 1);
}
