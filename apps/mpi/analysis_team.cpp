// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "analysis/base/thread_caches.hpp"
#include "analysis/work_list.hpp"
#include "apps/mpi/messages.hpp"
#include "apps/processes.hpp"
#include "apps/standard_streams.hpp"
#include "io/checkpoint/sha256.hpp"
#include "io/files/byte_message.hpp"
#include "io/result/operator_message.hpp"
#include "model/base/blas_threads.hpp"
#include "model/base/error.hpp"

namespace tmm::apps {
namespace {

using analysis::OrderedDelivery, mpi::Kind, mpi::Message;
using Clock = std::chrono::steady_clock;
using Layers = std::span<const model::LayerOperator>;

/// Of more processes the leader does nothing but deal out and write, which is work enough.
constexpr int most_with_working_leader = 8;
/// Operators that a process has been given and has not answered: while it works on one, the next is there.
constexpr std::size_t ahead = 2;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// What all processes must agree on: the taps of all operators.
std::string fingerprint(Layers layers) {
  std::string bytes;
  for (const model::LayerOperator& layer : layers) {
    bytes += layer.name + "\n";
    for (const auto* values : {&layer.taps, &layer.matrix})
      bytes += io::sha256({reinterpret_cast<const char*>(values->data()), values->size() * sizeof(double)});
  }
  return io::sha256(bytes);
}

/// The side of a process that does not lead.
[[noreturn]] void work(Layers layers, const analysis::AnalyzeOptions& options) {
  const model::OneBlasThread one_thread;
  mpi::send(0, Kind::ready, fingerprint(layers));
  while (true) {
    const Message message = mpi::await();
    if (message.kind != Kind::index) throw WorkIsDone();
    const std::size_t i = io::MessageReader(message.bytes).number();
    io::MessageWriter answer;
    answer.number(i);
    try {
      const auto begin = Clock::now();
      const std::string found = io::operator_message(analysis::analyze(layers[i], options));
      answer.number(static_cast<std::uint64_t>(1e9 * seconds_since(begin)));
      answer.text(found);
      mpi::send(0, Kind::result, answer.take());
    } catch (const std::exception& error) {
      answer.text(error.what());
      mpi::send(0, Kind::failure, answer.take());
    }
  }
}

/// What one process did.
struct Share {
  std::size_t operators = 0, given = 0;  ///< done; given and not answered
  double busy = 0;                       ///< seconds
  bool ready = false;
};

/// The side of the process that leads: deals out, receives, delivers in order.
class Leader {
 public:
  Leader(Layers layers, const analysis::AnalyzeOptions& options, const analysis::Deliver& deliver,
         const analysis::Progress& progress, const analysis::KnownReport& known)
      : layers_(layers),
        options_(options),
        progress_(progress),
        delivery_(deliver),
        list_(costs(layers, known)),
        shares_(static_cast<std::size_t>(mpi::size())) {}

  void run() {
    while (!std::all_of(shares_.begin() + 1, shares_.end(), [](const Share& share) { return share.ready; }))
      take(mpi::await());
    const auto begin = Clock::now();
    std::thread own;
    if (mpi::size() <= most_with_working_leader) own = std::thread([this] { work_beside(); });
    try {
      while (!finished()) {
        if (auto message = mpi::receive())
          take(*message);
        else
          std::this_thread::sleep_for(std::chrono::microseconds(200));
        deal();
      }
    } catch (...) {
      fail(0, std::current_exception());
    }
    if (own.joinable()) own.join();
    seconds_ = seconds_since(begin);
    if (failure_) std::rethrow_exception(failure_);
  }

  /// A line a process.
  [[nodiscard]] std::string account() const {
    std::string text;
    for (std::size_t r = 0; r < shares_.size(); ++r)
      text += fmt::format("rank {}: {} operators, {:.2f} s at work, {:.2f} s idle\n", r, shares_[r].operators,
                          shares_[r].busy, std::max(seconds_ - shares_[r].busy, 0.0));
    return text;
  }

 private:
  /// Operators that are known need not be dealt out: they are delivered at once.
  std::vector<double> costs(Layers layers, const analysis::KnownReport& known) {
    std::vector<double> costs;
    for (std::size_t i = 0; i < layers.size(); ++i) {
      auto report = known ? known(i) : std::nullopt;
      costs.push_back(report ? 0 : analysis::analysis_cost(model::order(layers[i])));
      if (report) known_.emplace_back(i, std::move(*report));
    }
    return costs;
  }

  void put(std::size_t i, analysis::OperatorReport report) {
    {
      const std::scoped_lock lock(mutex_);
      if (progress_) progress_(++done_, layers_.size());
    }
    delivery_.put(i, std::move(report));
  }

  /// Only what comes before operator i goes on.
  void fail(std::size_t i, std::exception_ptr failure) {
    const std::scoped_lock lock(mutex_);
    if (failure_ && i >= failed_) return;
    failure_ = std::move(failure);
    failed_ = i;
    list_.end_before(i);
    delivery_.end_before(i);
  }

  std::optional<std::size_t> next() {
    const bool crowded = delivery_.is_crowded();
    const std::scoped_lock lock(mutex_);
    if (crowded && !delivery_.has_turn(list_.first())) return std::nullopt;
    return list_.take(crowded);
  }

  [[nodiscard]] bool finished() {
    const std::scoped_lock lock(mutex_);
    return list_.ended() && !own_work_ &&
           std::ranges::all_of(shares_, [](const Share& share) { return share.given == 0; });
  }

  void take(const Message& message) {
    Share& share = shares_[static_cast<std::size_t>(message.from)];
    if (message.kind == Kind::ready) {
      if (message.bytes != expected_)
        throw FileError(
            fmt::format("the process of rank {} finds other operators in these files", message.from),
            {"", "", "", "", "All machines must see the same files"});
      share.ready = true;
      return;
    }
    io::MessageReader reader(message.bytes);
    const std::size_t i = reader.number();
    if (message.kind == Kind::failure && !share.ready)
      throw FileError(fmt::format("rank {}: {}", message.from, reader.text()), {"", "", "", "", ""});
    --share.given;
    if (message.kind == Kind::failure)
      return fail(i, std::make_exception_ptr(
                         std::runtime_error(fmt::format("rank {}: {}", message.from, reader.text()))));
    share.busy += 1e-9 * static_cast<double>(reader.number());
    ++share.operators;
    put(i, io::read_operator_message(reader.text(), layers_[i]));
  }

  void deal() {
    for (auto& [i, report] : std::exchange(known_, {})) put(i, std::move(report));
    for (std::size_t depth = 1; depth <= ahead; ++depth)  // all have one before anybody has two
      for (std::size_t r = 1; r < shares_.size(); ++r) {
        if (!shares_[r].ready || shares_[r].given >= depth) continue;
        const auto i = next();
        if (!i) return;
        io::MessageWriter order;
        order.number(*i);
        ++shares_[r].given;
        mpi::send(static_cast<int>(r), Kind::index, order.take());
      }
  }

  /// Beside the leading thread.
  void work_beside() {
    const model::OneBlasThread one_thread;
    analysis::free_caches_at_thread_end();
    while (true) {
      {
        const std::scoped_lock lock(mutex_);
        if (list_.ended()) return;
        own_work_ = true;
      }
      const auto i = next();
      if (!i) {
        own_work_ = false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        continue;
      }
      try {
        const auto begin = Clock::now();
        analysis::OperatorReport report = analysis::analyze(layers_[*i], options_);
        shares_[0].busy += seconds_since(begin);
        ++shares_[0].operators;
        put(*i, std::move(report));
      } catch (...) {
        fail(*i, std::current_exception());
      }
      own_work_ = false;
    }
  }

  Layers layers_;
  const analysis::AnalyzeOptions& options_;
  const analysis::Progress& progress_;
  std::vector<std::pair<std::size_t, analysis::OperatorReport>> known_;
  OrderedDelivery delivery_;
  std::mutex mutex_;  // of all below
  analysis::WorkList list_;
  std::vector<Share> shares_;
  std::atomic<bool> own_work_ = false;
  std::exception_ptr failure_;
  std::size_t failed_ = 0, done_ = 0;
  std::string expected_ = fingerprint(layers_);
  double seconds_ = 0;
};

void lead(Layers layers, const analysis::AnalyzeOptions& options, const analysis::Deliver& deliver,
          const analysis::Progress& progress, const analysis::KnownReport& known, bool say_how) {
  Leader leader(layers, options, deliver, progress, known);
  leader.run();
  if (say_how) write_remark(leader.account());
}

}  // namespace

io::OperatorScheduler operator_scheduler(bool say_how) {
  if (mpi::size() == 1) return analysis::analyze_each;
  return [say_how](Layers layers, const analysis::AnalyzeOptions& options, int /*threads*/,
                   const analysis::Deliver& deliver, const analysis::Progress& progress,
                   const analysis::KnownReport& known) {
    if (leads()) return lead(layers, options, deliver, progress, known, say_how);
    work(layers, options);
  };
}

/// Every process answers the end with an end; what it sent before that and nobody wants is taken, too.
SharedWork::~SharedWork() {
  if (!leads()) {
    mpi::send(0, Kind::end);
    return;
  }
  for (int r = 1; r < mpi::size(); ++r) mpi::send(r, Kind::end);
  for (int open = mpi::size() - 1; open > 0;)
    if (mpi::await().kind == Kind::end) --open;
}

void SharedWork::failed(const char* what) {
  io::MessageWriter message;
  message.number(0);
  message.text(what);
  mpi::send(0, Kind::failure, message.take());
  while (mpi::await().kind != Kind::end) {
  }
}

}  // namespace tmm::apps
