#include "products/brand_kits/brand_kits_builder.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"

namespace understudy::brand_kits {
namespace fs = std::filesystem;
namespace {

constexpr int kThreads = 2;
constexpr std::size_t kSheetsMax = 10;
constexpr int kRounds = 3;
constexpr std::size_t kLogosTried = 8;
constexpr std::size_t kLogosKept = 4;
constexpr net::Limits kPageLimits = {
    .size_max = 8 << 20, .time_ms = 20'000, .connect_ms = 8'000, .redirects_max = 5};
constexpr net::Limits kSheetLimits = {
    .size_max = 3 << 20, .time_ms = 10'000, .connect_ms = 5'000, .redirects_max = 3};

// What sites send to a browser, they may refuse to a program that says nothing of itself.
std::vector<std::pair<std::string, std::string>> headers(const char* accept) {
  return {{"accept", accept}, {"accept-language", "en;q=0.9, *;q=0.5"}};
}

// JSON holds text only: what is no UTF-8 (other encodings are rare and mostly ASCII) becomes '?'.
std::string as_utf8(std::string text) {
  if (is_valid_utf8(text)) return text;
  for (char& c : text) {
    if ((static_cast<unsigned char>(c) & 0x80) != 0) c = '?';
  }
  return text;
}

Result<void> write_site(const fs::path& file, const json::object& site) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << to_text(site);
  out.close();
  if (!out) return fail(ErrorCode::storage_failed, "The site could not be kept for reading.");
  return {};
}

}  // namespace

BrandKitsBuilder::BrandKitsBuilder(BuilderPorts ports) : ports_(std::move(ports)) {
  if (const auto unfinished = ports_.documents.with_status(kKind.name, "loading")) {
    for (const auto& kit : *unfinished) add(kit);
  }
  for (int i = 0; i < kThreads; ++i) {
    threads_.emplace_back([this](std::stop_token stop) { work(std::move(stop)); });
  }
}

BrandKitsBuilder::~BrandKitsBuilder() {
  for (auto& thread : threads_) thread.request_stop();
}

void BrandKitsBuilder::add(const accounts::Document& kit) {
  {
    const std::lock_guard lock(mutex_);
    orders_.push_back({kit.account_id, kit.id, string_or(kit.body, "url")});
  }
  changed_.notify_one();
}

void BrandKitsBuilder::work(std::stop_token stop) {
  while (!stop.stop_requested()) {
    Order order;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return !orders_.empty(); })) return;
      order = std::move(orders_.front());
      orders_.pop_front();
    }
    build(order, stop);
  }
}

void BrandKitsBuilder::build(const Order& order, std::stop_token stop) {
  const auto brand = read(order, stop);
  const auto logos = brand ? fetch_logos(*brand, stop) : std::vector<StoredLogo>();
  if (stop.stop_requested()) return;  // it stays "loading" and is built after the next start
  const std::int64_t now_ms = ports_.clock.now_ms();
  const auto kept = ports_.documents.change(order.account_id, kKind.name, order.id,
                                            [&](accounts::Document& kit) -> Result<void> {
                                              if (brand) {
                                                complete(kit, *brand, logos, now_ms);
                                              } else {
                                                fail_kit(kit, brand.error().message, now_ms);
                                              }
                                              return {};
                                            });
  if (!kept && kept.error().code != ErrorCode::not_found) {  // deleted meanwhile
    log::error("brand kit {}: {}", order.id, kept.error().message);
  }
}

// The page is read first for its style sheets, then with them, then with those they import.
Result<SiteBrand> BrandKitsBuilder::read(const Order& order, std::stop_token stop) const {
  const auto get = [&](const std::string& url, const char* accept, const net::Limits& limits) {
    return ports_.http.request(
        {.url = url, .headers = headers(accept), .limits = limits, .stop = stop});
  };
  TRY_ASSIGN(auto page, get(order.url, "text/html,application/xhtml+xml", kPageLimits));
  if (page.status / 100 != 2) {
    return fail(ErrorCode::download_failed,
                "The site answered with the status " + std::to_string(page.status) + ".");
  }
  const auto type = page.headers.find("content-type");
  if (type != page.headers.end() && !type->second.empty() &&
      lower_case(type->second).find("html") == std::string::npos) {
    return fail(ErrorCode::invalid_parameter,
                "The address is no web page: it is " + as_utf8(type->second).substr(0, 80) + ".");
  }
  const TemporaryFolder folder(ports_.temporary_folder);
  const fs::path file = folder.path() / "site.json";
  json::object site{{"url", page.url.empty() ? order.url : page.url},
                    {"html", as_utf8(std::move(page.body))}};
  TRY(write_site(file, site));
  TRY_ASSIGN(const auto first, ports_.read_site(file));
  SiteBrand brand = site_brand_from(first);
  json::array styles;
  std::set<std::string> seen;
  for (int round = 0; round < kRounds && !stop.stop_requested(); ++round) {
    std::vector<std::string> wanted = brand.stylesheets;
    wanted.insert(wanted.end(), brand.imports.begin(), brand.imports.end());
    const std::size_t before = styles.size();
    for (const auto& url : wanted) {
      if (styles.size() == kSheetsMax || !seen.insert(url).second) continue;
      auto sheet = get(url, "text/css,*/*;q=0.1", kSheetLimits);
      if (!sheet || sheet->status / 100 != 2) continue;  // the page is shown without it, too
      styles.push_back(json::object{{"url", url}, {"text", as_utf8(std::move(sheet->body))}});
    }
    if (styles.size() == before) break;
    site["styles"] = styles;
    TRY(write_site(file, site));
    TRY_ASSIGN(const auto again, ports_.read_site(file));
    brand = site_brand_from(again);
  }
  return brand;
}

std::vector<StoredLogo> BrandKitsBuilder::fetch_logos(const SiteBrand& brand,
                                                      std::stop_token stop) const {
  std::vector<StoredLogo> logos;
  std::set<std::string> kept;
  std::size_t tried = 0;
  for (const auto& candidate : brand.logos) {
    if (logos.size() == kLogosKept || tried++ == kLogosTried || stop.stop_requested()) break;
    jobs::BlobRef blob;
    if (!candidate.svg.empty()) {
      auto stored = ports_.blobs.put_bytes(candidate.svg);
      if (!stored) continue;
      blob = *std::move(stored);
      blob.mime_type = "image/svg+xml";
      blob.name = "logo.svg";
    } else {
      const jobs::InputRules rules{
          .param = "url", .kinds = {"image", "document"}, .size_max = 5 << 20};
      auto found = ports_.inputs.from_url(candidate.url, rules, jobs::Keep::in_blob_store);
      if (!found || !found->blob.mime_type.starts_with("image/")) continue;
      blob = std::move(found->blob);
    }
    if (kept.insert(blob.hash).second) logos.push_back({candidate.name, std::move(blob)});
  }
  return logos;
}

}  // namespace understudy::brand_kits
