// SPDX-License-Identifier: MIT
#include <chrono>
#include <cmath>
#include <exception>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "apps/mpi/messages.hpp"
#include "apps/processes.hpp"
#include "io/files/byte_message.hpp"
#include "model/base/error.hpp"

namespace tmm::apps {
namespace {

using mpi::Kind, mpi::Message;

std::string job_message(std::size_t job, const io::JobWords& words, const io::LocalJobs& how) {
  io::MessageWriter message;
  message.number(job);
  message.text(how.program);
  for (const std::vector<std::string>* list : {&how.environment, &words}) {
    message.number(list->size());
    for (const std::string& word : *list) message.text(word);
  }
  return message.take();
}

std::vector<std::string> take_words(io::MessageReader& message) {
  std::vector<std::string> words(message.count(sizeof(std::uint64_t)));
  for (std::string& word : words) word = message.text();
  return words;
}

/// Runs one job by a process that takes no part in MPI.
io::JobEnd run_one(const io::JobWords& words, io::LocalJobs how) {
  how.environment.push_back(std::string(mpi::without_mpi) + "=1");
  how.parallel = 1;
  io::JobEnd found;
  io::run_jobs({&words, 1}, how, [&](const io::JobEnd& end) { found = end; });
  return found;
}

std::string end_message(const io::JobEnd& end) {
  io::MessageWriter message;
  message.number(end.job);
  message.number(static_cast<std::uint64_t>(end.exit_code));
  message.number(static_cast<std::uint64_t>(std::llround(1e6 * end.seconds)));
  message.text(end.messages);
  return message.take();
}

io::JobEnd read_end(const Message& from) {
  io::MessageReader message(from.bytes);
  io::JobEnd end;
  end.job = message.number();
  if (from.kind == Kind::failure)
    throw FileError("rank " + std::to_string(from.from) + ": " + message.text(), {"", "", "", "", ""});
  end.exit_code = static_cast<int>(message.number());
  end.seconds = 1e-6 * static_cast<double>(message.number());
  end.messages = message.text();
  return end;
}

}  // namespace

void work_on_jobs() {
  mpi::send(0, Kind::ready);
  for (Message order = mpi::await(); order.kind == Kind::job; order = mpi::await()) {
    io::MessageReader message(order.bytes);
    const std::size_t job = message.number();
    io::LocalJobs how;
    how.program = message.text();
    how.environment = take_words(message);
    io::JobEnd end = run_one(take_words(message), std::move(how));
    end.job = job;
    mpi::send(0, Kind::result, end_message(end));
  }
}

void run_shared_jobs(std::span<const io::JobWords> jobs, const io::LocalJobs& how,
                     const std::function<void(const io::JobEnd&)>& ended) {
  if (mpi::size() == 1) return io::run_jobs(jobs, how, ended);
  std::size_t next = 0, running = 0;
  const auto stopped = [&] { return how.interrupt != nullptr && *how.interrupt; };
  while ((next < jobs.size() && !stopped()) || running > 0) {
    const auto message = mpi::receive();
    if (!message) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      continue;
    }
    if (message->kind != Kind::ready) {
      --running;
      ended(read_end(*message));
    }
    if (next == jobs.size() || stopped()) continue;
    mpi::send(message->from, Kind::job, job_message(next, jobs[next], how));
    ++next;
    ++running;
  }
}

}  // namespace tmm::apps
