// SPDX-License-Identifier: MIT
// What it costs to decode HDF5 in a child process: tmm::io::read_checkpoint against the library alone, in
// this process, on good files that lie in the system's file cache. Time is that of the clock; "CPU" is that
// of the processors, with the child's.
#include <fmt/core.h>
#include <hdf5.h>
#include <sys/resource.h>

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "io/checkpoint/checkpoint.hpp"
#include "support.hpp"
#include "timing.hpp"

namespace {

using tmm::bench::require;

constexpr std::size_t tensors = 16;

std::string name_of(std::size_t i) {
  return "tensor" + std::to_string(i);
}

struct Layout {
  const char* name;
  hsize_t n;           // tensors are n × n
  hsize_t chunk_rows;  // 0: stored plainly
  hsize_t chunk_columns;
  bool packed;  // shuffle and gzip
};

std::vector<float> random_values(hsize_t n) {
  std::vector<float> values(n * n);
  std::mt19937 engine(1);
  std::normal_distribution<float> normal(0, 0.02F);
  for (float& x : values) x = normal(engine);
  return values;
}

void write(const std::string& path, const Layout& layout, const std::vector<float>& values) {
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hsize_t shape[2] = {layout.n, layout.n}, chunk[2] = {layout.chunk_rows, layout.chunk_columns};
  const hid_t space = H5Screate_simple(2, shape, nullptr), plan = H5Pcreate(H5P_DATASET_CREATE);
  if (layout.chunk_rows != 0) H5Pset_chunk(plan, 2, chunk);
  if (layout.packed) H5Pset_shuffle(plan), H5Pset_deflate(plan, 4);
  for (std::size_t i = 0; i < tensors; ++i) {
    const hid_t set =
        H5Dcreate2(file, name_of(i).c_str(), H5T_IEEE_F32LE, space, H5P_DEFAULT, plan, H5P_DEFAULT);
    require(H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0,
            "the file cannot be written");
    H5Dclose(set);
  }
  H5Pclose(plan), H5Sclose(space);
  require(H5Fclose(file) >= 0, "the file cannot be written");
}

/// The shortest way there is: no check of anything.
std::vector<std::vector<float>> read_alone(const std::string& path, hsize_t n) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  std::vector<std::vector<float>> all;
  for (std::size_t i = 0; i < tensors; ++i) {
    all.emplace_back(n * n);
    const hid_t set = H5Dopen2(file, name_of(i).c_str(), H5P_DEFAULT);
    require(H5Dread(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, all.back().data()) >= 0,
            "the library cannot read");
    H5Dclose(set);
  }
  H5Fclose(file);
  return all;
}

/// Both readers bring what was written.
void require_read(const std::string& path, const std::vector<float>& values) {
  const hsize_t n = static_cast<hsize_t>(std::llround(std::sqrt(static_cast<double>(values.size()))));
  for (const std::vector<float>& tensor : read_alone(path, n))
    require(tensor == values, "the library alone read something else");
  const auto checkpoint = tmm::io::read_checkpoint(path);
  for (std::size_t i = 0; i < tensors; ++i) {
    const auto* tensor = checkpoint.find(name_of(i));
    require(tensor != nullptr && std::ranges::equal(tensor->as_double(), values), "tmm read something else");
  }
}

double processor_seconds() {
  double sum = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage use{};
    ::getrusage(who, &use);
    for (const timeval& t : {use.ru_utime, use.ru_stime})
      sum += static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  }
  return sum;
}

struct Cost {
  double clock = std::numeric_limits<double>::infinity(), processor = clock;
};

template <class Work>
void measure(Cost& cost, const Work& work) {
  using Clock = std::chrono::steady_clock;
  const double before = processor_seconds();
  const auto start = Clock::now();
  work();
  cost.clock = std::min(cost.clock, std::chrono::duration<double>(Clock::now() - start).count());
  cost.processor = std::min(cost.processor, processor_seconds() - before);
}

}  // namespace

int main() {
  fmt::print("loading HDF5: best of 7, in turn\n{:<36} {:>7} {:>9} {:>9} {:>6} {:>10}\n", "stored", "MB",
             "alone [s]", "tmm [s]", "ratio", "CPU ratio");
  const tmm::test::TemporaryFolder folder;
  for (const Layout& layout :
       {Layout{"plainly", 4096, 0, 0, false}, Layout{"in chunks 64 x 64", 4096, 64, 64, false},
        Layout{"in chunks 256 x 256", 4096, 256, 256, false},
        Layout{"in chunks 4096 x 64", 4096, 4096, 64, false},
        Layout{"in chunks 128 x 256, shuffle, gzip", 2048, 128, 256, true}}) {
    const std::string path = folder.file("model.h5");
    const std::vector<float> values = random_values(layout.n);
    write(path, layout, values);
    require_read(path, values);
    Cost alone, ours;
    for (int i = 0; i < 7; ++i) {
      measure(alone, [&] { (void)read_alone(path, layout.n); });
      measure(ours, [&] { (void)tmm::io::read_checkpoint(path); });
    }
    fmt::print("{:<36} {:>7.0f} {:>9.3f} {:>9.3f} {:>6.2f} {:>10.2f}\n", layout.name,
               1e-6 * static_cast<double>(tensors * 4 * layout.n * layout.n), alone.clock, ours.clock,
               ours.clock / alone.clock, ours.processor / alone.processor);
  }
}
