// Direct uploads: slots, the presigned PUT, complete, batches, statuses.
#include "products/assets/assets_testing.h"

namespace understudy::assets {
namespace {

class Uploads : public AssetsTest {
 protected:
  api::Answer open(const std::string& bytes, const std::string& type,
                   const std::string& name = "file", const std::string& checksum = "") const {
    json::object body{{"filename", name}, {"content_type", type}, {"size_bytes", bytes.size()}};
    if (!checksum.empty()) body["checksum_sha256"] = checksum;
    return server_.post("/v3/assets/direct-uploads", to_text(body));
  }
  static std::string target(const api::Answer& slot) {
    return data(slot, "upload_url").substr(std::string("http://a").size());
  }
  api::Answer put(const std::string& path, const std::string& bytes) const {
    return server_.ask("PUT " + path + " HTTP/1.1\r\nhost: a\r\ncontent-type: x/y\r\n" +
                       "content-length: " + std::to_string(bytes.size()) + "\r\n\r\n" + bytes);
  }
  api::Answer complete(const std::string& id, const std::string& body = "") const {
    return server_.post("/v3/assets/" + id + "/complete", body);
  }
  std::string status(const std::string& id) const {
    const json::value answer = server_.get("/v3/assets/statuses?asset_ids=" + id).json();
    return string_or(answer.at("data").at(0).as_object(), "status");
  }
  static std::string zip() {  // empty, by its directory alone
    return "PK\x03\x04" + std::string(26, '\0') + "PK\x05\x06" + std::string(18, '\0');
  }
};

TEST_F(Uploads, BecomeAssetsWhenTheyAreCompleted) {
  const api::Answer slot = open(png(), "image/png", "face.png", sha256_hex(png()));
  ASSERT_EQ(slot.status, 200) << slot.body;
  const std::string id = data(slot, "asset_id");
  EXPECT_EQ(data(slot, "status"), "pending_upload");
  EXPECT_NE(slot.body.find("\"upload_headers\":{\"Content-Type\":\"image/png\"}"),
            std::string::npos);
  EXPECT_EQ(status(id), "queued");
  EXPECT_EQ(complete(id).status, 409);
  EXPECT_EQ(complete(id).code(), "resource_not_ready");
  EXPECT_EQ(put(target(slot), png()).status, 200);
  const api::Answer shown = server_.get("/v3/assets/" + id);
  EXPECT_EQ(shown.status, 404) << "the store in memory knows no asset before it is completed";
  const api::Answer done = complete(id, R"({"checksum_sha256": ")" + sha256_hex(png()) + "\"}");
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(data(done, "status"), "processing");
  EXPECT_EQ(data(done, "mime_type"), "image/png");
  EXPECT_EQ(complete(id).body, done.body);
  EXPECT_EQ(status(id), "completed");
  EXPECT_EQ(data(server_.get("/v3/assets/" + id), "name"), "face.png");
  EXPECT_EQ(put(target(slot), png()).status, 404) << "the slot is gone";
  EXPECT_EQ(server_.uploads_left(), 0u);
}

TEST_F(Uploads, TakeProjectsAsZip) {
  const api::Answer slot = open(zip(), "application/zip", "project.zip");
  ASSERT_EQ(put(target(slot), zip()).status, 200);
  const api::Answer done = complete(data(slot, "asset_id"));
  EXPECT_EQ(data(done, "mime_type"), "application/zip") << done.body;
}

TEST_F(Uploads, AUrlThatWasChangedIsRefused) {
  const api::Answer slot = open(png(), "image/png");
  const std::string path = target(slot);
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"expires=1", "expires=2"}, {"size=", "size=9"}, {"signature=", "signature=0"}}) {
    std::string changed = path;
    changed.replace(changed.find(from), from.size(), to);
    EXPECT_EQ(put(changed, png()).status, 403) << changed;
  }
  const std::string other = data(open(png(), "image/png"), "asset_id");
  std::string elsewhere = path;
  elsewhere.replace(elsewhere.find("/uploads/") + 9, other.size(), other);
  EXPECT_EQ(put(elsewhere, png()).status, 403);
  EXPECT_EQ(put(path.substr(0, path.find('?')), png()).status, 403);
  EXPECT_TRUE(blobs_.is_empty());
  EXPECT_EQ(server_.uploads_left(), 0u);
}

TEST_F(Uploads, TakeExactlyTheAnnouncedBytes) {
  const api::Answer slot = open(png(), "image/png", "a.png", sha256_hex(png()));
  EXPECT_EQ(put(target(slot), png() + "x").param(), "size_bytes");
  EXPECT_EQ(put(target(slot), png().substr(1)).param(), "size_bytes");
  EXPECT_EQ(put(target(slot), "").param(), "size_bytes");
  std::string changed = png();
  changed.back() = 'x';
  const api::Answer refused = put(target(slot), changed);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.param(), "checksum_sha256");
  const api::Answer chunked = server_.ask(
      "PUT " + target(slot) +
      " HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.param(), "size_bytes") << chunked.body;
  EXPECT_TRUE(blobs_.is_empty());
  EXPECT_EQ(put(target(slot), png()).status, 200) << "the slot stays open";
}

TEST_F(Uploads, AnExpiredUrlIsRefused) {
  const api::Answer slot = open(png(), "image/png");
  clock_.advance_ms(UploadLimits{}.slot_lifetime_ms - 1);
  EXPECT_EQ(put(target(slot), png()).status, 200);
  clock_.advance_ms(1);
  EXPECT_EQ(put(target(slot), png()).status, 403);
}

TEST_F(Uploads, WhatIsNotWhatWasAnnouncedFailsForGood) {
  const api::Answer slot = open(png(), "audio/wav", "voice");
  const std::string id = data(slot, "asset_id");
  ASSERT_EQ(put(target(slot), png()).status, 200);
  const api::Answer refused = complete(id);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.code(), "invalid_parameter");
  EXPECT_EQ(complete(id).body, refused.body);
  EXPECT_EQ(status(id), "failed");
  EXPECT_EQ(put(target(slot), png()).status, 400);
}

TEST_F(Uploads, AnotherChecksumAtCompletionIsRefusedAndChangesNothing) {
  const api::Answer slot = open(png(), "image/png");
  const std::string id = data(slot, "asset_id");
  ASSERT_EQ(put(target(slot), png()).status, 200);
  const api::Answer refused =
      complete(id, R"({"checksum_sha256": ")" + sha256_hex("other") + "\"}");
  EXPECT_EQ(refused.param(), "checksum_sha256");
  EXPECT_EQ(complete(id).status, 200);
}

TEST_F(Uploads, RefuseWhatWouldBeRefusedLater) {
  const auto ask = [this](const std::string& type, std::int64_t size) {
    return server_.post(
        "/v3/assets/direct-uploads",
        to_text(json::object{{"filename", "a"}, {"content_type", type}, {"size_bytes", size}}));
  };
  EXPECT_EQ(ask("image/png", kUploadBytesMax).status, 200);
  EXPECT_EQ(ask("image/png", kUploadBytesMax + 1).param(), "size_bytes");
  EXPECT_EQ(ask("image/png", 0).param(), "size_bytes");
  EXPECT_EQ(ask("application/x-msdownload", 5).param(), "content_type");
  EXPECT_EQ(ask(";", 5).param(), "content_type");
  EXPECT_EQ(ask("application/octet-stream", 5).status, 200);
}

TEST_F(Uploads, NamesAreKeptWithoutWhatHeadersAndDatabasesRefuse) {
  json::object body{{"filename", std::string("a\0b\r\n", 5) + std::string(400, 'x')},
                    {"content_type", "image/png\r\nx: y"},
                    {"size_bytes", png().size()}};
  EXPECT_EQ(server_.post("/v3/assets/direct-uploads", to_text(body)).param(), "content_type");
  body["content_type"] = "image/png";
  const api::Answer slot = server_.post("/v3/assets/direct-uploads", to_text(body));
  ASSERT_EQ(slot.status, 200) << slot.body;
  ASSERT_EQ(put(target(slot), png()).status, 200);
  ASSERT_EQ(complete(data(slot, "asset_id")).status, 200);
  const std::string name = data(server_.get("/v3/assets/" + data(slot, "asset_id")), "name");
  EXPECT_TRUE(name.starts_with("a_b__xxx")) << name;
  EXPECT_EQ(name.size(), 255u);
}

TEST_F(Uploads, OfOthersLookAbsent) {
  const api::Answer slot = open(png(), "image/png");
  const std::string id = data(slot, "asset_id");
  ASSERT_EQ(put(target(slot), png()).status, 200);
  EXPECT_EQ(server_.post("/v3/assets/" + id + "/complete", "", "x-api-key: other\r\n").status, 404);
  const api::Answer shown =
      server_.get("/v3/assets/statuses?asset_ids=" + id, "x-api-key: other\r\n");
  EXPECT_NE(shown.body.find("not_found"), std::string::npos);
}

TEST_F(Uploads, ABatchIsCompletedInTheBackground) {
  json::array files;
  for (int i = 0; i < 3; ++i) {
    files.push_back(json::object{{"filename", "a" + std::to_string(i) + ".png"},
                                 {"content_type", i == 1 ? "audio/wav" : "image/png"},
                                 {"size_bytes", png().size()}});
  }
  const api::Answer made = server_.post("/v3/assets/direct-uploads/batches",
                                        to_text(json::object{{"files", files}, {"title", "T"}}));
  ASSERT_EQ(made.status, 200) << made.body;
  const std::string batch = data(made, "batch_id");
  const std::string body = R"({"batch_id": ")" + batch + "\"}";
  EXPECT_EQ(server_.post("/v3/assets/complete/batches", body).status, 409);
  const json::value slots = made.json();
  for (const auto& slot : slots.at("data").at("items").as_array()) {
    const std::string url = string_or(slot.as_object(), "upload_url");
    ASSERT_EQ(put(url.substr(8), png()).status, 200);
  }
  EXPECT_EQ(server_.post("/v3/assets/complete/batches", body).status, 202);
  json::value shown;
  for (int i = 0; i < 500; ++i) {
    shown = server_.get("/v3/assets/batches/" + batch).json();
    if (shown.at("data").at("status").as_string() != "processing") break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(to_text(shown.at("data").at("counts_by_status")),
            R"({"queued":0,"processing":0,"completed":2,"failed":1})");
  EXPECT_EQ(shown.at("data").at("status").as_string(), "completed");
  EXPECT_EQ(shown.at("data").at("title").as_string(), "T");
  const json::value page = server_.get("/v3/assets/batches/" + batch + "?limit=2").json();
  EXPECT_EQ(page.at("data").at("items").as_array().size(), 2u);
  ASSERT_TRUE(page.at("data").at("has_more").as_bool());
  const std::string token = string_or(page.at("data").as_object(), "next_token");
  const json::value rest =
      server_.get("/v3/assets/batches/" + batch + "?limit=2&token=" + token).json();
  EXPECT_EQ(rest.at("data").at("items").as_array().size(), 1u);
  EXPECT_EQ(rest.at("data").at("items").at(0).at("item_index").as_int64(), 2);
  EXPECT_FALSE(rest.at("data").at("has_more").as_bool());
}

TEST_F(Uploads, ABadEntryRefusesTheBatchAndNamesItsIndex) {
  const api::Answer refused =
      server_.post("/v3/assets/direct-uploads/batches",
                   R"({"files": [{"filename": "a", "content_type": "image/png", "size_bytes": 5},
                    {"filename": "b", "content_type": "image/tiff", "size_bytes": 5}]})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.param(), "files");
  EXPECT_NE(refused.body.find("files[1]"), std::string::npos);
  EXPECT_EQ(server_.post("/v3/assets/complete/batches", R"({"batch_id": "none"})").param(),
            "batch_id");
  EXPECT_EQ(server_.get("/v3/assets/batches/none").code(), "resource_not_found");
}

TEST_F(Uploads, StatusesAreAskedForAHundredIdsTogether) {
  EXPECT_EQ(server_.get("/v3/assets/statuses").param(), "asset_ids");
  std::string ids = "x";
  for (int i = 1; i < 100; ++i) ids += ",x";
  EXPECT_EQ(server_.get("/v3/assets/statuses?asset_ids=" + ids).status, 200);
  EXPECT_EQ(server_.get("/v3/assets/statuses?asset_ids=" + ids + "&batch_ids=y").param(),
            "asset_ids");
  EXPECT_NE(server_.get("/v3/assets/statuses?batch_ids=y").body.find("not_found"),
            std::string::npos);
}

}  // namespace
}  // namespace understudy::assets
