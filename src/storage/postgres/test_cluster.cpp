#include "storage/postgres/test_cluster.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "storage/postgres/postgres_connection.h"

namespace understudy::storage {
namespace fs = std::filesystem;
namespace {

constexpr auto kStartMax = std::chrono::seconds(60);

// Debian keeps the server's programs of each version in a folder of its own, out of the PATH.
fs::path server_programs() {
  std::vector<fs::path> found;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", failed)) {
    if (fs::exists(entry.path() / "bin" / "initdb")) found.push_back(entry.path() / "bin");
  }
  std::sort(found.begin(), found.end());
  return found.empty() ? fs::path() : found.back();
}

// Whom the server runs as.
const passwd* server_user() {
  return ::geteuid() == 0 ? ::getpwnam("postgres") : ::getpwuid(::geteuid());
}

// In the child, before exec. The signal comes when the thread that started it ends.
void become(const passwd& user, const fs::path& log) {
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  const int in = ::open("/dev/null", O_RDONLY);
  if (out < 0 || in < 0 || ::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(out, 2) < 0)
    ::_exit(126);
  if (::geteuid() == 0 &&
      (::setgroups(0, nullptr) != 0 || ::setgid(user.pw_gid) != 0 || ::setuid(user.pw_uid) != 0)) {
    ::_exit(126);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (::chdir("/") != 0) ::_exit(126);
}

pid_t spawn(const passwd& user, const fs::path& log, const std::vector<std::string>& arguments) {
  std::vector<char*> texts;
  for (const auto& argument : arguments) texts.push_back(const_cast<char*>(argument.c_str()));
  texts.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  become(user, log);
  ::execv(texts[0], texts.data());
  ::_exit(127);
}

tl::unexpected<Error> failed_with(const std::string& what, const fs::path& log) {
  return fail_with_detail(ErrorCode::storage_failed, what,
                          read_file(log).value_or(std::string("no log")));
}

}  // namespace

Result<std::unique_ptr<TestCluster>> TestCluster::start(const Options& options) {
  const fs::path programs = server_programs();
  const passwd* user = server_user();
  if (programs.empty() || user == nullptr) {
    return fail(ErrorCode::storage_failed, "PostgreSQL is not installed: run scripts/setup.");
  }
  const fs::path parent = options.parent.empty() ? fs::temp_directory_path() : options.parent;
  std::string folder = (fs::absolute(parent) / "understudy-pg-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) {
    return fail(ErrorCode::storage_failed, "No folder can be made in " + parent.string());
  }
  std::unique_ptr<TestCluster> cluster(new TestCluster(folder));
  cluster->is_durable_ = options.is_durable;
  fs::create_directory(cluster->folder_ / "socket");
  for (const fs::path& path : {cluster->folder_, cluster->folder_ / "socket"}) {
    if (::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0 ||
        ::chmod(path.c_str(), 0755) != 0) {
      return fail(ErrorCode::storage_failed,
                  "The folder cannot be given to " + std::string(user->pw_name));
    }
  }
  const fs::path log = cluster->folder_ / "initdb.log";
  const pid_t made =
      spawn(*user, log,
            {(programs / "initdb").string(), "-D", cluster->folder_ / "data", "-U", "understudy",
             "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"});
  int status = 0;
  ::waitpid(made, &status, 0);
  if (status != 0) return failed_with("initdb failed.", log);
  TRY(cluster->launch());
  return cluster;
}

Result<void> TestCluster::launch() {
  const std::string fsync = is_durable_ ? "on" : "off";
  const fs::path log = folder_ / "server.log";
  process_ =
      spawn(*server_user(), log,
            {(server_programs() / "postgres").string(), "-D", folder_ / "data", "-k",
             folder_ / "socket", "-c", "listen_addresses=", "-c", "max_connections=200", "-c",
             "fsync=" + fsync, "-c", "shared_buffers=128MB", "-c", "deadlock_timeout=100ms"});
  const auto deadline = std::chrono::steady_clock::now() + kStartMax;
  while (std::chrono::steady_clock::now() < deadline) {
    if (open_postgres_connection(admin_url())) return {};
    if (::waitpid(process_, nullptr, WNOHANG) == process_) {
      process_ = -1;
      return failed_with("PostgreSQL did not start.", log);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return failed_with("PostgreSQL does not answer.", log);
}

Result<void> TestCluster::restart() { return launch(); }

void TestCluster::stop_at_once() {
  if (process_ <= 0) return;
  ::kill(process_, SIGQUIT);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

TestCluster::~TestCluster() {
  stop_at_once();
  std::error_code failed;
  fs::remove_all(folder_, failed);
}

std::string TestCluster::admin_url() const {
  return "postgresql://understudy@/postgres?host=" + (folder_ / "socket").string();
}

Result<std::string> TestCluster::new_database() {
  TRY_ASSIGN(auto connection, open_postgres_connection(admin_url()));
  const std::string name = "test" + std::to_string(++databases_);
  TRY(connection->run_script("CREATE SCHEMA " + name));
  return admin_url() + "&options=-csearch_path%3D" + name;
}

TestCluster& shared_test_cluster() {
  static const std::unique_ptr<TestCluster> cluster = [] {
    auto started = TestCluster::start({});
    if (started) return *std::move(started);
    std::fprintf(stderr, "%s %s\n", started.error().message.c_str(),
                 started.error().detail.c_str());
    std::exit(1);  // every test that needs it has failed
  }();
  return *cluster;
}

Result<std::string> new_test_database() { return shared_test_cluster().new_database(); }

}  // namespace understudy::storage
