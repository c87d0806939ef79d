// What a caller is told when the connection to PostgreSQL breaks, at every point of a commit: a
// go-between cuts the line before the server has heard COMMIT, or after it has done it.
#include <atomic>
#include <barrier>
#include <cstring>
#include <list>
#include <thread>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/descriptor.h"
#include "storage/postgres/postgres_transaction.h"
#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

enum class Cut { none, before_commit, after_commit };

// The whole text of a query, with its end: BEGIN ... READ COMMITTED is another.
constexpr std::string_view kCommit("COMMIT\0", 7);

Descriptor unix_socket() { return Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

sockaddr_un address_of(const std::filesystem::path& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

// Between clients and the server, on a socket of its own.
class GoBetween {
 public:
  explicit GoBetween(std::filesystem::path server) : server_(std::move(server)) {
    const auto address = address_of(folder_.path() / ".s.PGSQL.5432");
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_.get(), generic, sizeof address), 0);
    EXPECT_EQ(::listen(listener_.get(), 64), 0);
    acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
  }
  ~GoBetween() {
    acceptor_.request_stop();
    acceptor_.join();
    for (auto& line : lines_) line.request_stop();
  }

  void arm(Cut cut) { cut_ = cut; }
  bool has_cut() const { return cut_ == Cut::none; }
  void refuse(bool refuses) { refuses_ = refuses; }  // as a server that does not come back

  // A URL of the cluster's, by way of this.
  std::string url(std::string url) const {
    const auto host = url.find("host=") + 5;
    const auto end = std::min(url.find('&', host), url.size());
    return url.replace(host, end - host, folder_.path().string());
  }

 private:
  void accept_all(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd waits{.fd = listener_.get(), .events = POLLIN, .revents = 0};
      if (::poll(&waits, 1, 20) <= 0) continue;
      Descriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (client.get() < 0 || refuses_) continue;
      lines_.emplace_back([this, held = std::make_shared<Descriptor>(std::move(client))](
                              const std::stop_token& over) { carry(held->get(), over); });
    }
  }

  void carry(int client, const std::stop_token& stop) {
    const Descriptor server = unix_socket();
    const auto address = address_of(server_);
    if (::connect(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::shutdown(client, SHUT_RDWR);
      return;
    }
    while (!stop.stop_requested() && carry_once(client, server.get())) {
    }
    ::shutdown(client, SHUT_RDWR);
  }

  // False when the line is cut or either end has hung up.
  bool carry_once(int client, int server) {
    pollfd ends[2] = {{.fd = client, .events = POLLIN, .revents = 0},
                      {.fd = server, .events = POLLIN, .revents = 0}};
    if (::poll(ends, 2, 20) <= 0) return true;
    char bytes[65536];
    if (ends[0].revents != 0) {
      const ssize_t count = ::recv(client, bytes, sizeof bytes, 0);
      if (count <= 0) return false;
      const std::string_view said(bytes, static_cast<std::size_t>(count));
      if (said.find(kCommit) != std::string_view::npos) {
        const Cut cut = cut_.exchange(Cut::none);
        if (cut == Cut::before_commit) return false;
        if (cut == Cut::after_commit) {
          ::send(server, said.data(), said.size(), MSG_NOSIGNAL);
          ::recv(server, bytes, sizeof bytes, 0);  // the answer, which nobody gets to hear
          return false;
        }
      }
      if (::send(server, said.data(), said.size(), MSG_NOSIGNAL) != count) return false;
    }
    if (ends[1].revents != 0) {
      const ssize_t count = ::recv(server, bytes, sizeof bytes, 0);
      if (count <= 0) return false;
      if (::send(client, bytes, static_cast<std::size_t>(count), MSG_NOSIGNAL) != count)
        return false;
    }
    return true;
  }

  TemporaryFolder folder_;
  const std::filesystem::path server_;
  Descriptor listener_ = unix_socket();
  std::atomic<Cut> cut_ = Cut::none;
  std::atomic<bool> refuses_ = false;
  std::list<std::jthread> lines_;
  std::jthread acceptor_;
};

class PostgresLostConnection : public ::testing::Test {
 protected:
  PostgresLostConnection() { stores.add_account("ann", usd("10")); }
  ~PostgresLostConnection() override { EXPECT_TRUE(stores.is_clean()); }

  GoBetween between{shared_test_cluster().socket()};
  const std::string direct_url = new_test_database().value();
  Stores stores{open_postgres({.url = between.url(direct_url), .now_ms = kNowMs}).value()};

  std::size_t entries() { return stores.ledger->entries({.account_id = "ann"}).value().size(); }
};

TEST_F(PostgresLostConnection, ACommitWhoseAnswerIsLostIsFoundOutAboutAndCountsOnce) {
  for (int i = 1; i <= 5; ++i) {
    between.arm(Cut::after_commit);
    const auto done = stores.ledger->fund(
        {.account_id = "ann", .amount = usd("1"), .reference = std::to_string(i)}, kNowMs);
    ASSERT_TRUE(done) << done.error().message << done.error().detail;
    EXPECT_TRUE(between.has_cut());
    EXPECT_EQ(stores.wallet("ann").posted, usd("10") + money::Money{i * 1'000'000'000LL});
  }
  EXPECT_EQ(entries(), 6u);
}

TEST_F(PostgresLostConnection, ACommitThatNeverArrivedIsDoneAgain) {
  for (const char* reference : {"a", "b", "c"}) {
    between.arm(Cut::before_commit);
    ASSERT_TRUE(stores.ledger->fund(
        {.account_id = "ann", .amount = usd("1"), .reference = reference}, kNowMs));
    EXPECT_TRUE(between.has_cut());
  }
  EXPECT_EQ(stores.wallet("ann").posted, usd("13"));
  EXPECT_EQ(entries(), 4u);
}

TEST_F(PostgresLostConnection, WhatCannotBeFoundOutIsNeverAnsweredAsDoneOrNotDone) {
  const auto url = between.url(direct_url);
  auto connection = open_postgres_connection(url).value();
  int runs = 0;
  const auto live = [&]() -> Result<PostgresConnection*> {
    if (!connection->is_alive()) {
      TRY_ASSIGN(connection, open_postgres_connection(url));
    }
    return connection.get();
  };
  between.arm(Cut::after_commit);
  const auto outcome = run_transaction(
      live,
      [&](PostgresConnection& c) -> Result<void> {
        ++runs;
        TRY(c.execute("INSERT INTO blob_ref (owner, hash) VALUES ('job:1', '')"));
        between.refuse(true);
        return {};
      },
      {.again = std::chrono::milliseconds(200), .resolve = std::chrono::milliseconds(200)});
  between.refuse(false);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::service_unavailable);
  EXPECT_GT(outcome.error().retry_after_s, 0);
  EXPECT_EQ(runs, 1);
  const auto rows = stores.database->read([](Connection& c) {
    return c.first("SELECT count(*) FROM blob_ref", {},
                   [](const Row& row) { return row.integer(0); });
  });
  EXPECT_EQ(rows.value().value(), 1);
}

TEST_F(PostgresLostConnection, BatchesThatLoseTheirConnectionHaveOneEffectPerAnswer) {
  std::atomic<int> accepted{0};
  std::vector<std::thread> threads;
  for (int caller = 0; caller < 16; ++caller) {
    threads.emplace_back([&, caller] {
      for (int i = 0; i < 10; ++i) {
        if (caller == 0) between.arm(i % 2 == 0 ? Cut::after_commit : Cut::before_commit);
        const auto job = paid_job("ann", usd("0.1"));
        const auto done = stores.jobs->submit({.jobs = {job}});
        if (done) {
          ++accepted;
        } else {
          EXPECT_EQ(done.error().code, ErrorCode::insufficient_credit) << done.error().detail;
        }
        EXPECT_EQ(stores.jobs->find("ann", job.id).has_value(), done.has_value());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(accepted, 100);
  EXPECT_EQ(stores.wallet("ann").available(), usd("0"));
}

TEST_F(PostgresLostConnection, ConnectionsThatTheServerClosedAreOpenedAgain) {
  ASSERT_TRUE(stores.wallet("ann").posted == usd("10"));
  const auto admin = open_postgres_connection(direct_url).value();
  ASSERT_TRUE(
      admin->execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                     "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"));
  EXPECT_EQ(stores.wallet("ann").posted, usd("10"));
  ASSERT_TRUE(
      stores.ledger->fund({.account_id = "ann", .amount = usd("1"), .reference = "r"}, kNowMs));
  EXPECT_EQ(stores.wallet("ann").posted, usd("11"));
}

TEST_F(PostgresLostConnection, ADeadlockIsRunAgain) {
  stores.add_account("bob", usd("10"));
  std::barrier both_hold_one(2);
  const auto move = [&](const char* first, const char* second) {
    int run = 0;
    return stores.database->write([&](Connection& connection) -> Result<void> {
      const auto add = [&](const char* id) {
        return connection.execute("UPDATE account SET name = name || '+' WHERE id = $1", {id});
      };
      TRY(add(first));
      if (run++ == 0) both_hold_one.arrive_and_wait();
      TRY(add(second));
      return {};
    });
  };
  Result<void> other;
  std::thread thread([&] { other = move("bob", "ann"); });
  EXPECT_TRUE(move("ann", "bob"));
  thread.join();
  EXPECT_TRUE(other);
  for (const char* id : {"ann", "bob"}) {
    EXPECT_EQ(stores.accounts->find_account(id)->name, std::string(id) + "++");
  }
}

}  // namespace
}  // namespace understudy::storage
