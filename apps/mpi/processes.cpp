// SPDX-License-Identifier: MIT
#include "apps/processes.hpp"

#include <fcntl.h>
#include <mpi.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <thread>

#include "apps/mpi/messages.hpp"

namespace tmm::apps {
namespace mpi {

bool alone() {
  static const bool set = std::getenv(without_mpi) != nullptr;
  return set;
}

int rank() {
  int rank = 0;
  if (alone()) return rank;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

int size() {
  int size = 1;
  if (alone()) return size;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  return size;
}

void send(int to, Kind kind, const std::string& bytes) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw std::runtime_error("a message of more than 2 GiB");
  MPI_Send(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, to, static_cast<int>(kind),
           MPI_COMM_WORLD);
}

std::optional<Message> receive() {
  int there = 0;
  MPI_Status status;
  MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status);
  if (there == 0) return std::nullopt;
  int length = 0;
  MPI_Get_count(&status, MPI_BYTE, &length);
  Message message{static_cast<Kind>(status.MPI_TAG), status.MPI_SOURCE,
                  std::string(static_cast<std::size_t>(length), '\0')};
  MPI_Recv(message.bytes.data(), length, MPI_BYTE, message.from, status.MPI_TAG, MPI_COMM_WORLD,
           MPI_STATUS_IGNORE);
  return message;
}

Message await() {
  using namespace std::chrono_literals;
  while (true) {
    if (auto message = receive()) return std::move(*message);
    std::this_thread::sleep_for(200us);
  }
}

}  // namespace mpi

Processes::Processes(int& argc, char**& argv) {
  if (mpi::alone()) return;
  int provided = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
  ::setenv("NO_COLOR", "1", 0);  // mpirun passes a terminal on that there may not be
  if (leads()) return;
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);  // the leader says what there is to say
  if (nowhere < 0) return;
  ::dup2(nowhere, STDOUT_FILENO);
  ::dup2(nowhere, STDERR_FILENO);
  ::close(nowhere);
}

Processes::~Processes() {
  if (!mpi::alone()) MPI_Finalize();
}

bool leads() {
  return mpi::rank() == 0;
}

}  // namespace tmm::apps
