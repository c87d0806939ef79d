// Builds kits from sites, in threads of its own: fetches the page, its style sheets and its logos
// through the one HTTP client (which refuses private addresses), and has everything looked at in
// the sandbox. A kit that a stopped server left unfinished is built again.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "accounts/document_store.h"
#include "base/clock.h"
#include "jobs/blob_store.h"
#include "jobs/input_resolver.h"
#include "net/http_client.h"
#include "products/brand_kits/brand_kits.h"

namespace understudy::brand_kits {

// What a saved site looks like ({"url", "html", "styles"} in a file), found out in the sandbox: the
// brand as to_json(SiteBrand) gives it.
using ReadSite = std::function<Result<json::object>(const std::filesystem::path& file)>;

struct BuilderPorts {
  accounts::DocumentStore& documents;
  net::HttpClient& http;
  jobs::InputResolver& inputs;
  jobs::BlobStore& blobs;
  const Clock& clock;
  ReadSite read_site;
  std::filesystem::path temporary_folder;
};

class BrandKitsBuilder {
 public:
  explicit BrandKitsBuilder(BuilderPorts ports);
  ~BrandKitsBuilder();  // a kit that is being built is given up, and built again after the next
                        // start
  BrandKitsBuilder(const BrandKitsBuilder&) = delete;
  BrandKitsBuilder& operator=(const BrandKitsBuilder&) = delete;

  void add(const accounts::Document& kit);

 private:
  struct Order {
    std::string account_id;
    std::string id;
    std::string url;
  };

  void work(std::stop_token stop);
  void build(const Order& order, std::stop_token stop);
  Result<SiteBrand> read(const Order& order, std::stop_token stop) const;
  std::vector<StoredLogo> fetch_logos(const SiteBrand& brand, std::stop_token stop) const;

  BuilderPorts ports_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Order> orders_;
  std::vector<std::jthread> threads_;
};

}  // namespace understudy::brand_kits
