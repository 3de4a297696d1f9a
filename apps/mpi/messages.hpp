// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>

/// Messages between the processes of one run: bytes of a kind, from one rank to another. Everything is sent
/// by the thread that has initialised MPI.
namespace tmm::apps::mpi {

enum class Kind : int {
  ready = 1,  ///< to the leader: this is what I am going to work on
  index,      ///< from the leader: do this one
  job,        ///< from the leader: run this
  result,     ///< to the leader: it is done
  failure,    ///< to the leader: I cannot
  end         ///< from the leader: there is no more work
};

struct Message {
  Kind kind;
  int from;
  std::string bytes;
};

/// Set for processes that one of a job starts by itself: they are no part of the job.
constexpr const char* without_mpi = "TMM_WITHOUT_MPI";
bool alone();

int rank();
int size();
void send(int to, Kind kind, const std::string& bytes = {});
/// The next message that has come, of any kind from anybody; nothing if there is none.
std::optional<Message> receive();
/// Waits for one without keeping the processor busy: other processes may need it.
Message await();

}  // namespace tmm::apps::mpi
