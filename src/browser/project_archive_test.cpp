#include "browser/project_archive.h"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zip.h>

#include "base/file.h"

namespace understudy::browser {
namespace {
namespace fs = std::filesystem;

struct Entry {
  std::string name;
  std::string content;
  bool is_link = false;
};

class Archive {
 public:
  explicit Archive(const std::vector<Entry>& entries) {
    zip_t* zip = zip_open(path().c_str(), ZIP_CREATE, nullptr);
    for (const auto& entry : entries) {
      auto* source = zip_source_buffer(zip, entry.content.data(), entry.content.size(), 0);
      const auto index = zip_file_add(zip, entry.name.c_str(), source, ZIP_FL_ENC_UTF_8);
      EXPECT_GE(index, 0);
      if (entry.is_link) {
        zip_file_set_external_attributes(zip, static_cast<zip_uint64_t>(index), 0, ZIP_OPSYS_UNIX,
                                         (S_IFLNK | 0777U) << 16);
      }
    }
    EXPECT_EQ(zip_close(zip), 0);
    fs::create_directory(out());
  }
  fs::path path() const { return folder_.path() / "p.zip"; }
  fs::path out() const { return folder_.path() / "out"; }
  Result<void> unpack(const ArchiveLimits& limits = {}) const {
    return unpack_project(path(), out(), limits);
  }

 private:
  TemporaryFolder folder_;
};

TEST(ProjectArchive, UnpacksFilesAndFolders) {
  const Archive archive({{"index.html", "<p>"}, {"a/b/c.txt", "c"}, {"empty/", ""}});
  const auto unpacked = archive.unpack();
  ASSERT_TRUE(unpacked) << unpacked.error().message;
  EXPECT_EQ(*read_file(archive.out() / "a/b/c.txt"), "c");
  EXPECT_TRUE(fs::is_directory(archive.out() / "empty"));
  const auto texts = read_project_texts(archive.path());
  ASSERT_TRUE(texts);
  ASSERT_EQ(texts->size(), 2U);
  EXPECT_EQ(texts->front().text, "<p>");
}

TEST(ProjectArchive, RefusesPathsThatLeadOutAndLinks) {
  for (const std::string name : {"../x", "a/../../x", "/etc/x", "c:/x", "a\\..\\x"}) {
    const Archive archive({{name, "x"}});
    const auto unpacked = archive.unpack();
    ASSERT_FALSE(unpacked) << name;
    EXPECT_EQ(unpacked.error().code, ErrorCode::hyperframes_project_invalid);
    EXPECT_EQ(unpacked.error().param, "project");
  }
  const Archive links({{"index.html", "x"}, {"link", "/etc/passwd", true}});
  EXPECT_FALSE(links.unpack());
  EXPECT_FALSE(fs::exists(links.out() / "link"));
}

TEST(ProjectArchive, RefusesWhatIsBeyondItsLimits) {
  const Archive many({{"a", "1"}, {"b", "2"}, {"c", "3"}});
  EXPECT_FALSE(many.unpack({.entries_max = 2}));
  EXPECT_FALSE(many.unpack({.total_bytes_max = 2}));
  EXPECT_FALSE(many.unpack({.archive_bytes_max = 20}));
  const Archive bomb({{"zeros", std::string(8 << 20, '\0')}});
  EXPECT_FALSE(bomb.unpack());
  EXPECT_TRUE(bomb.unpack({.ratio_max = 100'000}));
}

TEST(ProjectArchive, RefusesWhatIsNoArchive) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "x.zip") << "PK\x03\x04 and no more";
  EXPECT_EQ(read_project_texts(folder.path() / "x.zip").error().code,
            ErrorCode::hyperframes_project_invalid);
}

TEST(ProjectArchive, PacksAFolderWithoutLinksAndToolsFolders) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "p/node_modules");
  fs::create_directories(folder.path() / "p/img");
  std::ofstream(folder.path() / "p/index.html") << "<p>";
  std::ofstream(folder.path() / "p/img/a.png") << "x";
  std::ofstream(folder.path() / "p/node_modules/x.js") << "x";
  fs::create_symlink("/etc/passwd", folder.path() / "p/link");
  ASSERT_TRUE(pack_project(folder.path() / "p", folder.path() / "p.zip"));
  const auto texts = read_project_texts(folder.path() / "p.zip");
  ASSERT_TRUE(texts);
  EXPECT_EQ(texts->size(), 2U);
}

}  // namespace
}  // namespace understudy::browser
