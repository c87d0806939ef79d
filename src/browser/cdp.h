// CdpConnection: the Chrome DevTools Protocol over the two pipes of --remote-debugging-pipe: JSON
// texts that end with a zero byte. What comes from the browser is hostile: messages are bounded and
// every wait has a deadline. One thread; events are handled while something is waited for.
// Source: chromedevtools.github.io/devtools-protocol.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/descriptor.h"
#include "base/json.h"
#include "base/result.h"

namespace understudy::browser {

using SteadyTime = std::chrono::steady_clock::time_point;
inline SteadyTime after(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

class CdpConnection {
 public:
  // `session` is empty for events of the browser itself. A handler may post, and must not wait.
  using OnEvent = std::function<void(std::string_view method, const json::object& params,
                                     std::string_view session)>;

  CdpConnection(Descriptor to_browser, Descriptor from_browser);

  void set_on_event(OnEvent handler) { on_event_ = std::move(handler); }

  // Sends without looking for the answer.
  void post(std::string_view method, json::object params, std::string_view session = {});
  // Sends; finish() gives the answer.
  int start(std::string_view method, json::object params, std::string_view session = {});

  // The "result" of an answer. Errors: engine_failed (the browser refused, or is gone),
  // deadline_exceeded.
  Result<json::object> finish(int id, SteadyTime deadline);
  Result<json::object> call(std::string_view method, json::object params, SteadyTime deadline,
                            std::string_view session = {});

  // Handles what comes until `until`, or until the browser is gone (engine_failed).
  Result<void> handle_until(SteadyTime until);

  // Ends this and every later wait with `reason`; for handlers that learn that nothing will come.
  void give_up(Error reason);

 private:
  // Waits for something to come or go, and handles it. False when the deadline has passed.
  Result<bool> step(SteadyTime deadline);
  Result<void> take_in();
  void handle(std::string_view text);
  bool put_out();
  int send(std::string_view method, json::object params, std::string_view session);

  Descriptor to_browser_;
  Descriptor from_browser_;
  OnEvent on_event_;
  std::string outgoing_;
  std::size_t sent_ = 0;  // of outgoing_
  std::string incoming_;
  std::size_t scanned_ = 0;  // of incoming_, without a zero byte
  std::set<int> awaited_;
  std::map<int, json::object> answers_;  // of awaited ids
  int last_id_ = 0;
  std::optional<Error> end_;  // why nothing more will come
};

}  // namespace understudy::browser
