#include "cli/video_command.h"

#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "cli/progress_bar.h"

namespace understudy::cli {
namespace {

// Amounts arrive as exact decimals; reading them back through parse_json's double would be exact to
// the nano-dollar below 9 million, and they are only printed here.
std::string amount(const json::object& object, std::string_view key) {
  const double usd = number_or(object, key, 0);
  std::string text = fmt::format("{:.9f}", usd);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text += "00";
  return text;
}

Result<json::object> data_of(Result<json::object> answer) {
  TRY_ASSIGN(auto object, std::move(answer));
  auto* data = object.if_contains("data");
  if (data == nullptr || !data->is_object()) {
    return fail(ErrorCode::internal_error, "The server's answer has no data.");
  }
  return std::move(data->get_object());
}

Result<std::string> wallet_balance(ApiClient& api) {
  TRY_ASSIGN(const auto me, data_of(api.call("GET", "/v3/users/me")));
  const auto* wallet = object_or_null(me, "wallet");
  return wallet != nullptr ? amount(*wallet, "remaining_balance") : std::string("none");
}

Result<json::object> choose_look(ApiClient& api, const std::string& wanted) {
  if (!wanted.empty()) return data_of(api.call("GET", "/v3/avatars/looks/" + wanted));
  TRY_ASSIGN(const auto page, api.call("GET", "/v3/avatars/looks?limit=1"));
  const auto* looks = array_or_null(page, "data");
  if (looks == nullptr || looks->empty())
    return fail(ErrorCode::avatar_not_found, "The server offers no looks.");
  return looks->front().as_object();
}

Result<json::object> wait_for(ApiClient& api, const std::string& id) {
  ProgressBar bar;
  while (true) {
    TRY_ASSIGN(auto video, data_of(api.call("GET", "/v3/videos/" + id)));
    const std::string status = string_or(video, "status");
    if (status == "failed") {
      return fail(ErrorCode::engine_failed,
                  string_or(video, "failure_message") + " Nothing was charged.");
    }
    if (status == "completed") {
      bar.show(1, "done", 0);
      return video;
    }
    const std::string stage = string_or(video, "stage");
    bar.show(number_or(video, "progress", 0), stage.empty() ? "waiting for a worker" : stage,
             static_cast<std::int64_t>(number_or(video, "eta_seconds", -0.001) * 1000));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

void print_receipt(const json::object& video, const json::object& look, const std::string& before,
                   const std::string& after, const std::filesystem::path& output) {
  const auto* charge = object_or_null(video, "charge");
  if (charge == nullptr) return;
  fmt::print("\n  {}  ({} says it, {} s)\n\n", output.string(), string_or(look, "name"),
             number_or(video, "duration", 0));
  fmt::print("  Receipt for video {}\n", string_or(video, "id"));
  fmt::print("    {} s x {} USD / s = {} USD\n", number_or(video, "duration", 0),
             amount(*charge, "rate_usd"), amount(*charge, "captured_usd"));
  fmt::print("    {}\n", string_or(*charge, "formula"));
  fmt::print("    held {} USD, captured {} USD, released {} USD (price book {}, {})\n",
             amount(*charge, "held_usd"), amount(*charge, "captured_usd"),
             amount(*charge, "released_usd"), int_or(*charge, "price_version", 1),
             string_or(*charge, "price_item"));
  fmt::print("    wallet before {} USD, after {} USD\n", before, after);
}

}  // namespace

Result<void> make_video(ApiClient& api, const VideoOptions& options) {
  TRY_ASSIGN(const auto look, choose_look(api, options.avatar_id));
  TRY_ASSIGN(const std::string before, wallet_balance(api));
  json::object body{{"type", "avatar"},
                    {"avatar_id", string_or(look, "id")},
                    {"script", options.script},
                    {"resolution", options.resolution},
                    {"aspect_ratio", options.aspect_ratio},
                    {"title", options.output.filename().string()}};
  if (!options.voice_id.empty()) body["voice_id"] = options.voice_id;
  if (options.output.extension() == ".webm") body["output_format"] = "webm";
  TRY_ASSIGN(const auto created, data_of(api.call("POST", "/v3/videos", &body)));
  TRY_ASSIGN(const auto video, wait_for(api, string_or(created, "video_id")));
  TRY(api.download(string_or(video, "video_url"), options.output));
  TRY_ASSIGN(const std::string after, wallet_balance(api));
  print_receipt(video, look, before, after, options.output);
  return {};
}

}  // namespace understudy::cli
