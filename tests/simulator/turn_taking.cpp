#include "turn_taking.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "storage/sqlite/batch_writer.h"

namespace understudy::simulator {

using storage::WriteCall;

// Hands the turn between the threads of the calls and the one that writes.
class TurnTaking::Turns {
 public:
  explicit Turns(storage::SqliteConnection& connection) : connection_(connection) {}

  void run(const std::vector<std::function<void()>>& calls) {
    std::vector<std::unique_ptr<Caller>> callers;
    for (const auto& call : calls) {
      callers.push_back(std::make_unique<Caller>());
      Caller& caller = *callers.back();
      caller.thread = std::thread([this, &call, &caller] {
        own_ = &caller;
        take_turn(caller);
        call();
        give_back(caller, State::finished);
      });
      let_go_on(caller);
    }
    while (write_all(callers)) {
      for (auto& caller : callers) {
        if (caller->state == State::writing) let_go_on(*caller);
      }
    }
    for (auto& caller : callers) caller->thread.join();
  }

  // On a caller's thread.
  Result<void> write(const WriteCall::Step& step) {
    Caller& caller = *own_;
    caller.call = WriteCall{.step = &step};
    give_back(caller, State::writing);
    take_turn(caller);
    return std::move(caller.call.outcome);
  }

 private:
  enum class State { waiting, has_turn, writing, finished };
  struct Caller {
    State state = State::waiting;
    WriteCall call = {.step = nullptr};
    std::thread thread = {};
  };

  void let_go_on(Caller& caller) {
    std::unique_lock lock(mutex_);
    caller.state = State::has_turn;
    changed_.notify_all();
    changed_.wait(lock, [&] { return caller.state != State::has_turn; });
  }
  void take_turn(Caller& caller) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return caller.state == State::has_turn; });
  }
  void give_back(Caller& caller, State state) {
    const std::lock_guard lock(mutex_);
    caller.state = state;
    changed_.notify_all();
  }

  bool write_all(const std::vector<std::unique_ptr<Caller>>& callers) {
    std::vector<WriteCall*> batch;
    for (const auto& caller : callers) {
      if (caller->state == State::writing) batch.push_back(&caller->call);
    }
    if (batch.empty()) return false;
    (void)storage::write_batch(connection_, batch);  // each call has its outcome
    return true;
  }

  static thread_local Caller* own_;
  storage::SqliteConnection& connection_;
  std::mutex mutex_;
  std::condition_variable changed_;
};

thread_local TurnTaking::Turns::Caller* TurnTaking::Turns::own_ = nullptr;

TurnTaking::TurnTaking(std::unique_ptr<storage::SqliteConnection> connection)
    : connection_(std::move(connection)) {}

TurnTaking::~TurnTaking() = default;

void TurnTaking::together(const std::vector<std::function<void()>>& calls) {
  if (calls.size() == 1) return calls.front()();
  turns_ = std::make_unique<Turns>(*connection_);
  turns_->run(calls);
  turns_.reset();
}

Result<void> TurnTaking::run_write(const Step& step) {
  if (turns_) return turns_->write(step);
  WriteCall call{.step = &step};
  WriteCall* const batch[] = {&call};
  (void)storage::write_batch(*connection_, batch);
  return std::move(call.outcome);
}

Result<void> TurnTaking::run_read(const Step& step) {
  auto outcome = step(*connection_);
  if (connection_->is_in_transaction()) TRY(connection_->run_script("ROLLBACK"));
  return outcome;
}

}  // namespace understudy::simulator
