#include "products/assets/search_routes.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "api/pagination.h"
#include "media/image.h"
#include "products/assets/asset_search.h"

namespace understudy::assets {
namespace {

using api::Request;
using api::Response;

constexpr api::PageBounds kBounds{.limit_default = 20, .limit_max = 50};
constexpr int kIconSide = 512;
constexpr int kPictureQuality = 90;
constexpr std::string_view kPictureFolder = "/understudy/v1/library/pictures/";
constexpr std::string_view kIconFolder = "/understudy/v1/library/icons/";

struct Context {
  jobs::AssetStore& assets;
  library::RenderCache& cache;
  api::Links links;
};

std::string_view orientation(std::int64_t width, std::int64_t height) {
  return width > height ? "landscape" : width < height ? "portrait" : "square";
}

json::object result_json(std::string_view type, std::string_view id, std::string_view name,
                         std::string url, double score) {
  return {{"id", id},
          {"type", type},
          {"url", std::move(url)},
          {"name", name},
          {"score", std::round(score * 10000) / 10000}};
}

void add_size(json::object& result, std::int64_t width, std::int64_t height, bool is_transparent) {
  result["width"] = width;
  result["height"] = height;
  result["is_transparent"] = is_transparent;
  result["orientation"] = orientation(width, height);
}

json::object picture_json(const Request& request, const library::Picture& picture, double score) {
  std::string url =
      request.base_url + std::string(kPictureFolder) + std::string(picture.id) + ".jpg";
  auto made = result_json("image", picture.id, picture.name, std::move(url), score);
  made["description"] = picture.description;
  add_size(made, library::kPictureWidth, library::kPictureHeight, false);
  return made;
}

json::object icon_json(const Request& request, const library::Icon& icon, double score) {
  const std::string url = request.base_url + std::string(kIconFolder) + std::string(icon.name);
  auto made = result_json("icon", icon.name, icon.name, url + ".png", score);
  made["svg_url"] = url + ".svg";
  add_size(made, kIconSide, kIconSide, true);
  return made;
}

json::object own_json(const Context& context, const Request& request, const OwnHit& hit,
                      std::string_view type) {
  const jobs::Asset& asset = hit.asset;
  auto made = result_json(type, asset.id, asset.filename, context.links(blob_of(asset), request),
                          hit.score);
  add_size(made, int_or(asset.info, "width", 0), int_or(asset.info, "height", 0),
           bool_or(asset.info, "has_alpha", false));
  return made;
}

Result<Response> search(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto page, api::offset_page(request, kBounds));
  const std::string query(request.query_value("query").value_or(""));
  const bool is_icon = request.query_value("type") == "icon";
  if (request.query_value("scope") == "personal") {
    TRY_ASSIGN(const auto hits, search_own(context.assets, request.principal.account_id, query,
                                           is_icon ? SearchType::icon : SearchType::image));
    return api::offset_response(page, hits, [&](const OwnHit& hit) {
      return own_json(context, request, hit, is_icon ? "icon" : "image");
    });
  }
  const auto& ranking = is_icon ? library::icon_ranking() : library::picture_ranking();
  return api::offset_response(
      page, ranking.find(query, kSearchScoreMin), [&](const library::Hit& hit) {
        return is_icon ? icon_json(request, library::icons()[hit.item], hit.score)
                       : picture_json(request, library::pictures()[hit.item], hit.score);
      });
}

// "sunset-sea.jpg" gives "sunset-sea" for ".jpg". Errors: not_found.
Result<std::string> stem_of_file(std::string_view file, std::string_view extension) {
  if (!file.ends_with(extension)) {
    return fail(ErrorCode::not_found, "There is nothing at this path.");
  }
  return std::string(file.substr(0, file.size() - extension.size()));
}

Response file_response(std::filesystem::path path, const char* mime_type) {
  Response response;
  const std::string name = path.filename().string();
  response.file = api::FileBody{
      .path = std::move(path), .mime_type = mime_type, .download_name = name, .etag = name};
  response.headers.emplace_back("cache-control", "public, max-age=86400");
  return response;
}

Result<Response> picture_file(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto id, stem_of_file(request.path_param("file"), ".jpg"));
  TRY_ASSIGN(const auto* picture, library::find_picture(id));
  const std::string name =
      "picture-" + id + "-" + std::to_string(library::kPictureVersion) + ".jpg";
  TRY_ASSIGN(auto path, context.cache.file(name, [picture](const std::filesystem::path& file) {
    return media::write_jpeg(file, library::draw_picture(*picture), kPictureQuality);
  }));
  return file_response(std::move(path), "image/jpeg");
}

Result<Response> icon_file(const Context&, const Request& request) {
  const std::string& file = request.path_param("file");
  const bool is_svg = file.ends_with(".svg");
  TRY_ASSIGN(const auto name, stem_of_file(file, is_svg ? ".svg" : ".png"));
  TRY_ASSIGN(const auto* icon, library::find_icon(name));
  Response response;
  response.content_type = is_svg ? "image/svg+xml" : "image/png";
  response.headers.emplace_back("cache-control", "public, max-age=86400");
  if (is_svg) {
    response.text = library::icon_svg(*icon);
  } else {
    TRY_ASSIGN(const auto image, library::draw_icon(*icon, kIconSide));
    TRY_ASSIGN(response.text, media::encode_png(image));
  }
  return response;
}

}  // namespace

std::vector<api::Route> search_routes(jobs::AssetStore& assets, library::RenderCache& cache,
                                      api::Links links) {
  const Context context{assets, cache, std::move(links)};
  std::vector<api::Route> made = {
      api::port_route(context, "GET", "/v3/assets/search", "", search),
      api::port_route(context, "GET", "/understudy/v1/library/pictures/{file}", "", picture_file),
      api::port_route(context, "GET", "/understudy/v1/library/icons/{file}", "", icon_file)};
  made[1].needs_key = made[2].needs_key = false;  // pictures in a page cannot send one
  made[1].is_public_file = made[2].is_public_file = true;
  return made;
}

}  // namespace understudy::assets
