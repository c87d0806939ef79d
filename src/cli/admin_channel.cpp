#include "cli/admin_channel.h"

#include <cstdlib>
#include <memory>

#include "api/dispatcher.h"
#include "api/router.h"
#include "cli/api_client.h"
#include "server/admin_routes.h"
#include "server/config.h"
#include "server/installation.h"
#include "server/ledger_routes.h"
#include "server/login_routes.h"

namespace understudy::cli {
namespace {

// The data folder, opened by this process, with the administration routes over it.
class LocalChannel {
 public:
  static Result<std::shared_ptr<LocalChannel>> open(const std::filesystem::path& data,
                                                    const server::SharedPlaces& shared) {
    auto made = std::make_shared<LocalChannel>();
    TRY_ASSIGN(made->installation_, server::Installation::open(data, made->clock_, shared));
    api::Dispatcher::Config config;
    const auto ports = server::spending_ports(*made->installation_, made->clock_);
    config.routes = server::admin_routes(ports);
    for (auto& route : spending::routes(ports)) config.routes.push_back(std::move(route));
    for (auto& route : server::ledger_routes(*made->installation_, made->clock_)) {
      config.routes.push_back(std::move(route));
    }
    made->oauth_.emplace(made->installation_->oauth(), made->clock_, accounts::OAuthSettings{},
                         made->installation_->link_secret());
    for (auto& route : server::login_routes({.accounts = made->installation_->accounts(),
                       .plans = made->installation_->plans(),
                       .oauth = *made->oauth_,
                       .clock = made->clock_})) {
      config.routes.push_back(std::move(route));
    }
    config.authenticate = [](std::string_view) -> Result<std::optional<accounts::Principal>> {
      return std::optional<accounts::Principal>();
    };
    config.idempotency = &made->installation_->idempotency();
    config.clock = &made->clock_;
    config.local_principal = accounts::Principal{.account_id = {},
                                                 .key_id = {},
                                                 .scopes = {},
                                                 .is_operator = true,
                                                 .credential = accounts::Credential::local};
    made->dispatcher_ = std::make_unique<api::Dispatcher>(std::move(config));
    return made;
  }

  Result<json::object> call(const std::string& method, const std::string& path,
                            const json::object* body) {
    const auto mark = path.find('?');
    TRY_ASSIGN(const auto found, dispatcher_->find(method, path.substr(0, mark)));
    api::Request request;
    if (mark != std::string::npos) {
      TRY_ASSIGN(request.query, api::parse_query(std::string_view(path).substr(mark + 1)));
    }
    request.id = "command line";
    request.method = method;
    request.path = path;
    request.path_params = found.params;
    request.is_local = true;
    if (body != nullptr) {
      request.body = to_text(*body);
      request.headers["content-type"] = "application/json";
    }
    auto response = dispatcher_->answer(request, *found.endpoint);
    // The same text a server would send, so that amounts read alike.
    TRY_ASSIGN(auto document, parse_json(to_text(response.body), 64));
    auto& object = document.get_object();
    if (response.status < 400) return std::move(object);
    const auto* error = object_or_null(object, "error");
    return fail(error_code_from(string_or(*error, "code")).value_or(ErrorCode::internal_error),
                string_or(*error, "message"), string_or(*error, "param"));
  }

 private:
  SystemClock clock_;
  std::unique_ptr<server::Installation> installation_;
  std::optional<oauth::OAuthService> oauth_;
  std::unique_ptr<api::Dispatcher> dispatcher_;
};

AdminCall over(std::shared_ptr<ApiClient> client) {
  return [client = std::move(client)](const std::string& method, const std::string& path,
                                      const json::object* body) {
    return client->call(method, path, body);
  };
}

}  // namespace

Result<AdminCall> open_admin_channel(const AdminTarget& target) {
  if (target.data.empty() == target.server.empty()) {
    return fail(ErrorCode::invalid_parameter, "Say where: either --data DIR or --server URL.");
  }
  if (!target.server.empty()) {
    const char* key = std::getenv("UNDERSTUDY_API_KEY");
    if (key == nullptr) {
      return fail(ErrorCode::invalid_parameter,
                  "Set UNDERSTUDY_API_KEY to an operator key of that server.");
    }
    return over(std::make_shared<ApiClient>(ApiClient::at_url(target.server, key)));
  }
  if (!std::filesystem::exists(target.data / "serve.lock")) {
    return fail(ErrorCode::invalid_parameter, "There is no installation in " +
                                                  target.data.string() +
                                                  "; understudy serve --data makes one.");
  }
  if (server::is_served(target.data)) {
    return over(std::make_shared<ApiClient>(ApiClient::at_socket(target.data / "serve.sock")));
  }
  server::Config config;
  if (!target.config_file.empty()) {
    TRY_ASSIGN(config, server::load_config(target.config_file));
  }
  TRY_ASSIGN(const auto channel, LocalChannel::open(target.data, server::shared_places(config)));
  return AdminCall(
      [channel](const std::string& method, const std::string& path, const json::object* body) {
        return channel->call(method, path, body);
      });
}

}  // namespace understudy::cli
