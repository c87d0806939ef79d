// The small things everything stands on.
#include <set>

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ed25519.h"
#include "base/file.h"
#include "base/id.h"
#include "base/json.h"
#include "base/text.h"

namespace understudy {
namespace {

std::string from_hex_text(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

TEST(Json, PrintsDecimalsExactly) {
  EXPECT_EQ(decimal_text(1'250'000'000, 9), "1.25");
  EXPECT_EQ(decimal_text(-1, 9), "-0.000000001");
  EXPECT_EQ(decimal_text(9'223'372'036'854'775'807, 9), "9223372036.854775807");
  EXPECT_EQ(decimal_text(INT64_MIN, 9), "-9223372036.854775808");
  EXPECT_EQ(to_text(json::object{{"a", decimal(10'000'000'000, 9)}, {"b", 4.52}, {"c", nullptr}}),
            R"({"a":10,"b":4.52,"c":null})");
}

TEST(Json, EscapesWhatJsonCannotHoldAsItIs) {
  std::string hard = "a\"b\\c/\b\f\n\r\t\x01\x1f\x7f\xc3\xa9";
  hard += '\0';
  const std::string text =
      to_text(json::object{{hard, hard}, {"n", -7}, {"u", 18446744073709551615U}});
  EXPECT_EQ(text,
            json::serialize(json::object{{hard, hard}, {"n", -7}, {"u", 18446744073709551615U}}));
  EXPECT_EQ(parse_json(text).value().at(hard), json::value(hard));
}

TEST(Json, RefusesWhatIsNotJsonAndWhatIsTooDeep) {
  EXPECT_FALSE(parse_json("{\"a\":"));
  EXPECT_FALSE(parse_json(""));
  EXPECT_FALSE(parse_json("{} x"));
  EXPECT_FALSE(parse_json(std::string(40, '[') + std::string(40, ']')));
  EXPECT_TRUE(parse_json("{\"a\": [1, 2.5, \"\\u00e9\"]}"));
}

TEST(Json, ADecimalFromOutsideCannotBreakTheDocument) {
  const auto hostile = parse_json("{\"\\u0001decimal\": [5, 99]}");
  ASSERT_TRUE(hostile);
  EXPECT_EQ(to_text(*hostile), "5");
}

TEST(Bytes, KnownAnswers) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");  // RFC 4231, 4.3
  Sha256Stream stream;
  stream.update("a");
  stream.update("bc");
  EXPECT_EQ(stream.finish(), sha256("abc"));
}

TEST(Bytes, Base64GoesThereAndBack) {
  for (const std::string text : {"", "f", "fo", "foo", "foob", "\xff\xfe\xfd"}) {
    EXPECT_EQ(from_base64(to_base64(text)), text);
    EXPECT_EQ(from_base64url(to_base64url(text)), text);
  }
  EXPECT_FALSE(from_base64("Zg"));
  EXPECT_FALSE(from_base64("Z===") && true);
  EXPECT_FALSE(from_base64("Zg=\n"));
  EXPECT_FALSE(from_base64("Zh=="));  // "Zg==" is its one spelling
  EXPECT_FALSE(from_base64url("bG"));
}

TEST(Id, SortsByTimeAndNeverRepeats) {
  std::set<std::string> seen;
  std::string last;
  for (int i = 0; i < 10'000; ++i) {
    const auto id = new_id(1'700'000'000'000);
    EXPECT_EQ(id.size(), 32u);
    EXPECT_LT(last, id);
    last = id;
    EXPECT_TRUE(seen.insert(id).second);
  }
}

TEST(Error, EveryCodeReadsBackFromItsName) {
  for (int value = 0; value <= static_cast<int>(ErrorCode::cancelled); ++value) {
    const auto code = static_cast<ErrorCode>(value);
    EXPECT_EQ(error_code_from(to_string(code)), code);
  }
  EXPECT_FALSE(error_code_from("nonsense"));
}

TEST(File, ADurableWriteReplacesTheWholeFile) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a";
  ASSERT_TRUE(write_file_durably(path, "first and longer"));
  ASSERT_TRUE(write_file_durably(path, "second"));
  EXPECT_EQ(read_file(path).value(), "second");
  EXPECT_EQ(read_file(path, 3).error().code, ErrorCode::payload_too_large);
  EXPECT_EQ(read_file(folder.path() / "none").error().code, ErrorCode::storage_failed);
}

TEST(Text, CountsCodePointsAndRefusesBrokenUtf8) {
  EXPECT_EQ(code_points("a\xc3\xa9\xf0\x9f\x98\x80").size(), 3u);
  EXPECT_TRUE(is_valid_utf8("caf\xc3\xa9"));
  for (const char* broken :
       {"\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xff", "\xe2\x82"}) {
    EXPECT_FALSE(is_valid_utf8(broken));
  }
}

TEST(Text, WordsOfStrangersBecomePrintableText) {
  EXPECT_EQ(printable("fine\r\n\tthanks", 100), "fine\r\n\tthanks");
  EXPECT_EQ(printable(std::string_view("a\0b\x1b[31m", 8), 100), "a?b?[31m");
  EXPECT_EQ(printable("caf\xc3\xa9", 100), "caf\xc3\xa9");
  EXPECT_EQ(printable("caf\xc3\xa9", 4), "caf");  // never half a character
  EXPECT_EQ(printable("caf\xff", 100), "caf?");
  EXPECT_EQ(printable("\xc3\xa9", 1), "");
  EXPECT_EQ(printable(std::string(5000, 'x'), 1024).size(), 1024u);
}

TEST(Text, SplitsAndTrims) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_TRUE(split("", ',').empty());
  EXPECT_EQ(trimmed(" \n a b\t"), "a b");
}

// RFC 8032, section 7.1, tests 1 and 2.
TEST(Ed25519, SignsAsItsStandardSays) {
  const std::string seed =
      from_hex_text("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  const std::string key = ed25519_public_key(seed);
  EXPECT_EQ(to_hex(key), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  const std::string signature = ed25519_sign(seed, "");
  EXPECT_EQ(to_hex(signature),
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e"
            "39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
  EXPECT_TRUE(ed25519_verify(key, signature, ""));
  EXPECT_FALSE(ed25519_verify(key, signature, "x"));
  EXPECT_FALSE(ed25519_verify(key, signature.substr(1), ""));
  EXPECT_FALSE(ed25519_verify(key.substr(1), signature, ""));
  EXPECT_FALSE(ed25519_verify(std::string(32, 'k'), signature, ""));

  const std::string second =
      from_hex_text("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  EXPECT_EQ(to_hex(ed25519_public_key(second)),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  EXPECT_EQ(to_hex(ed25519_sign(second, "\x72")),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f"
            "3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(Clock, PrintsTimesInUtc) { EXPECT_EQ(iso8601(1'700'000'000'123), "2023-11-14T22:13:20.123Z"); }

}  // namespace
}  // namespace understudy
