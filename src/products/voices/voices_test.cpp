// The product from route to job, with a fake queue; and its render step.
#include "products/voices/voices.h"

#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/id.h"
#include "jobs/testing/fake_job_store.h"
#include "media/audio.h"
#include "products/voices/voice_previews.h"
#include "products/voices/voices_json.h"
#include "products/voices/voices_routes.h"
#include "products/voices/voices_worker.h"

namespace understudy::voices {
namespace {

std::string some_voice() { return speech::default_voice("female").id; }

std::string refusal(json::object body) {
  const auto parsed = parse_speech(body);
  return parsed ? "accepted"
                : std::string(to_string(parsed.error().code)) + " " + parsed.error().param;
}

TEST(Voices, PagesThroughTheWholeCatalogueOnce) {
  std::set<std::string> seen;
  VoiceQuery query;
  query.limit = 100;
  for (;;) {
    const auto page = find_voices(query);
    ASSERT_TRUE(page);
    for (const auto* voice : page->voices) EXPECT_TRUE(seen.insert(voice->id).second);
    if (!page->has_more) break;
    query.after_id = page->voices.back()->id;
  }
  EXPECT_EQ(seen.size(), speech::voices().size());
}

TEST(Voices, FiltersByLanguageGenderEngineAndType) {
  const auto count = [](VoiceQuery query) {
    query.limit = 1000;
    return find_voices(query).value().voices.size();
  };
  EXPECT_GE(count({.language = "english", .gender = "female"}), 5U);
  EXPECT_EQ(count({.language = "Spanish (Spain)"}), 2U);
  EXPECT_EQ(count({.language = "es-ES"}), 2U);
  EXPECT_EQ(count({.language = "es"}), 4U);
  EXPECT_EQ(count({.language = "Martian"}), 0U);
  EXPECT_EQ(count({.engine = "starfish"}), speech::voices().size());
  EXPECT_EQ(count({.engine = "panda"}), 0U);
  EXPECT_EQ(count({.is_private = true}), 0U);
}

TEST(Voices, ATokenOfNoVoiceIsRefused) {
  const auto page = find_voices({.after_id = "nobody"});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().param, "token");
}

TEST(Voices, RefusesWhatCannotBeSpoken) {
  const std::string voice = some_voice();
  EXPECT_EQ(refusal({{"text", "Hello"}, {"voice_id", voice}}), "accepted");
  EXPECT_EQ(refusal({{"text", "Hello"}, {"voice_id", "nobody"}}), "invalid_parameter voice_id");
  EXPECT_EQ(refusal({{"text", " "}, {"voice_id", voice}}), "invalid_parameter text");
  EXPECT_EQ(refusal({{"text", std::string(5001, 'a')}, {"voice_id", voice}}),
            "invalid_parameter text");
  EXPECT_EQ(refusal({{"text", "<speak>"}, {"voice_id", voice}, {"input_type", "ssml"}}),
            "tts_text_invalid text");
  EXPECT_EQ(
      refusal(
          {{"text", "Hello"}, {"voice_id", voice}, {"locale", "en-GB"}, {"language", "English"}}),
      "accepted");
  EXPECT_EQ(refusal({{"text", "Hello"}, {"voice_id", voice}, {"locale", "fr-FR"}}),
            "invalid_parameter locale");
  EXPECT_EQ(refusal({{"text", "Hello"}, {"voice_id", voice}, {"language", "Klingon"}}),
            "invalid_parameter language");
}

TEST(Voices, ARenderLeavesTheSoundItsLengthAndItsWords) {
  const TemporaryFolder folder;
  for (const char* name : {"inputs", "work", "outputs", "tmp"})
    std::filesystem::create_directory(folder.path() / name);
  speech::SpeechRequest request{.text = "Hello <break time='1s'/> world.",
                                .is_ssml = true,
                                .voice_id = some_voice(),
                                .locale = {}};
  json::object document = to_json(request);
  document["inputs"] = json::object{};
  const json::object job{{"id", "j1"},
                         {"kind", "voices"},
                         {"attempt", 1},
                         {"request", document},
                         {"inputs", json::object{}}};
  ASSERT_TRUE(write_file_durably(folder.path() / "job.json", to_text(job)));
  auto context = jobs::RenderContext::open(folder.path(), jobs::agreeing_link());
  ASSERT_TRUE(context) << context.error().message << context.error().detail;
  const auto outcome = render(**context);
  ASSERT_TRUE(outcome) << outcome.error().message;
  const auto clip = media::decode_audio(folder.path() / "outputs" / "speech.wav");
  ASSERT_TRUE(clip);
  EXPECT_EQ(outcome->quantity, clip->frames() * 1000 / media::kAudioRate);
  const auto& words = outcome->facts.at("word_timestamps").get_array();
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[1].at("word").as_string(), "world.");
  EXPECT_GE(longest_ms(request).value(), outcome->quantity);
}

// Routes over a fake queue with a thread that plays the worker.
class VoicesRoutes : public testing::Test {
 protected:
  api::Request request(json::object body) {
    api::Request made;
    made.principal.account_id = "a1";
    made.base_url = "http://here";
    made.json = std::move(body);
    return made;
  }
  Result<api::Response> call(const std::string& method, const std::string& path,
                             const api::Request& request) {
    for (const auto& route : routes_) {
      if (route.method == method && route.path == path) return route.handler(request);
    }
    return fail(ErrorCode::not_found, "no route");
  }

  SystemClock clock_;
  TemporaryFolder folder_;
  jobs::FakeJobStore store_;
  jobs::JobNotifier notifier_;
  std::unique_ptr<jobs::JobStore> queue_ = jobs::make_waking_job_store(store_, notifier_);
  VoicesService service_{*queue_, notifier_, money::PriceBook::version_1(), clock_};
  VoicePreviews previews_{folder_.path() / "previews"};
  std::vector<api::Route> routes_ = routes(
      service_, previews_, [](const auto& blob, const auto&) { return "link:" + blob.hash; },
      money::PriceBook::version_1());
};

TEST_F(VoicesRoutes, SpeechWaitsForItsJobAndShowsIt) {
  std::jthread worker([&] {
    for (int i = 0; i < 500; ++i) {
      auto job = queue_->claim({.worker_id = "w", .lanes = {jobs::Lane::speech}}, clock_.now_ms());
      if (job && *job) {
        jobs::BlobRef blob;
        blob.hash = std::string(64, 'b');
        jobs::Completion done;
        done.job_id = (*job)->id;
        done.fence = (*job)->fence;
        done.quantity = 1234;
        done.result = {{"outputs", json::object{{"audio", jobs::to_json(blob)}}},
                       {"word_timestamps", json::array{}}};
        ASSERT_TRUE(queue_->complete(done, clock_.now_ms()));
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  const auto response =
      call("POST", "/v3/voices/speech", request({{"text", "Hello."}, {"voice_id", some_voice()}}));
  ASSERT_TRUE(response) << response.error().message;
  const auto& data = response->body.at("data").get_object();
  EXPECT_EQ(string_or(data, "audio_url"), "link:" + std::string(64, 'b'));
  EXPECT_TRUE(data.at("word_timestamps").is_array());
}

TEST_F(VoicesRoutes, AFailedJobIsItsError) {
  std::jthread worker([&] {
    for (int i = 0; i < 500; ++i) {
      auto job = queue_->claim({.worker_id = "w", .lanes = {jobs::Lane::speech}}, clock_.now_ms());
      if (job && *job) {
        Error error;
        error.code = ErrorCode::tts_text_invalid;
        error.message = "No.";
        ASSERT_TRUE(queue_->fail((*job)->id, (*job)->fence, error, false, clock_.now_ms()));
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  const auto response =
      call("POST", "/v3/voices/speech", request({{"text", "Hello."}, {"voice_id", some_voice()}}));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::tts_text_invalid);
  EXPECT_EQ(response.error().param, "text");
}

TEST_F(VoicesRoutes, AStoppingServerAnswersAtOnce) {
  notifier_.stop();
  const auto response =
      call("POST", "/v3/voices/speech", request({{"text", "Hello."}, {"voice_id", some_voice()}}));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::service_unavailable);
}

TEST_F(VoicesRoutes, ListsAndShowsVoicesWithTheirPreview) {
  api::Request listing = request({});
  listing.query = {{"limit", "3"}, {"gender", "male"}};
  const auto page = call("GET", "/v3/voices", listing);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->body.at("data").get_array().size(), 3U);
  EXPECT_TRUE(page->body.at("has_more").as_bool());

  api::Request one = request({});
  one.path_params["voice_id"] = some_voice();
  const auto shown = call("GET", "/v3/voices/{voice_id}", one);
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->body.at("data").at("preview_audio_url").as_string(),
            "http://here/understudy/v1/voices/" + some_voice() + "/preview.mp3");
  const auto preview = call("GET", "/understudy/v1/voices/{voice_id}/preview.mp3", one);
  ASSERT_TRUE(preview && preview->file);
  const auto clip = media::decode_audio(preview->file->path);
  ASSERT_TRUE(clip);
  EXPECT_GT(clip->duration_s(), 2);

  one.path_params["voice_id"] = "nobody";
  EXPECT_EQ(call("GET", "/v3/voices/{voice_id}", one).error().code, ErrorCode::voice_not_found);
  EXPECT_EQ(call("GET", "/understudy/v1/voices/{voice_id}/preview.mp3", one).error().code,
            ErrorCode::voice_not_found);
}

TEST(Voices, AQuoteIsTheUpperEstimateAtTheStarfishRate) {
  SystemClock clock;
  jobs::FakeJobStore store;
  jobs::JobNotifier notifier;
  VoicesService service(store, notifier, money::PriceBook::version_1(), clock);
  const auto quote = service.quote({{"text", "Hello."}, {"voice_id", some_voice()}});
  ASSERT_TRUE(quote);
  EXPECT_FALSE(quote->is_exact);
  EXPECT_EQ(quote->amount.nano_usd, 667'000 * quote->quantity / 1000);
}

}  // namespace
}  // namespace understudy::voices
