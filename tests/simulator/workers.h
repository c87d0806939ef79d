// Workers and the network between them and the server. A worker claims, tells progress and the
// exact quantity, and completes or fails; it may crash, or stall past its lease and then go on as
// if nothing had happened. Every message may be lost, arrive late, or arrive again later; every
// answer may be lost, and then the worker says it again.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "chance.h"
#include "operations.h"

namespace understudy::simulator {

struct WorkerHabits {
  std::int64_t lost_percent = 0;  // of the messages, and of the answers
  std::int64_t late_percent = 0;
  std::int64_t duplicate_percent = 0;
  std::int64_t crash_permille = 0;  // of the moments a worker acts
  std::int64_t stall_permille = 0;
  std::int64_t lease_ms = 45'000;
};

class Workers {
 public:
  Workers(int count, const WorkerHabits& habits, Chance& chance);

  // Lets some worker act: it sends a message, crashes or stalls.
  void act(std::int64_t now_ms);
  // The operation of a message that is due, the oldest first; empty when there is none.
  std::optional<Operation> deliver(std::int64_t now_ms);

 private:
  enum class Kind { claim, heartbeat, set_exact, complete, fail };
  struct Message {
    Kind kind = Kind::claim;
    std::size_t worker = 0;
    int life = 0;  // of the worker; an answer reaches only the one that asked
    std::string job_id = {};
    std::int64_t fence = 0;
    std::int64_t quantity = 0;
    bool is_retryable = false;
    std::int64_t due_at_ms = 0;
  };
  struct Worker {
    int life = 0;
    std::optional<jobs::Job> job = {};
    std::deque<Message> plan = {};
    std::int64_t waits_until_ms = 0;  // for an answer
    std::int64_t stalls_until_ms = 0;
  };

  void send(const Message& message, std::int64_t now_ms);
  void begin_job(Worker& worker, const jobs::Job& job);
  Operation operation_of(const Message& message, std::int64_t now_ms);
  void hear(const Message& message, const Outcome& outcome, const std::optional<jobs::Job>& job);

  WorkerHabits habits_;
  Chance& chance_;
  std::vector<Worker> workers_;
  std::vector<Message> network_;
};

}  // namespace understudy::simulator
