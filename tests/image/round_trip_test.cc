// Written and opened again, policies decide, explain and dump as before: the project's own, those
// of the random world, and the shared corpus where it is present.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "differential/engine.h"
#include "differential/generator.h"
#include "differential/world.h"
#include "image/sample.h"
#include "support/corpus.h"

namespace writ::test {
namespace {

void expect_the_same(const PolicySet& set, const std::string& what) {
  const ImageEntry entry{"set", set.type(), 0, set};
  const std::string bytes = serialize_image({&entry, 1}).value();
  const Result<PolicyImage> image = PolicyImage::from_bytes(bytes);
  ASSERT_TRUE(image.has_value()) << what << ": " << image.error().to_string();
  const PolicySet& again = image->entries()[0].set;
  EXPECT_EQ(again.dump(), set.dump()) << what;
  AppliedPolicies before;
  AppliedPolicies after;
  before.identity = {&set, 1};
  after.identity = {&again, 1};
  for (const Request& request : probing_requests()) {
    ASSERT_EQ(evaluate(request, after), evaluate(request, before)) << what;
  }
  const Request& first = probing_requests().front();
  EXPECT_EQ(explain(first, after).to_string(), explain(first, before).to_string()) << what;
  const ImageEntry copied{"set", again.type(), 0, again};
  EXPECT_EQ(serialize_image({&copied, 1}).value(), bytes) << what;
}

TEST(ImageRoundTripTest, ProjectPoliciesComeBack) {
  int sets = 0;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(WRIT_SOURCE_DIR "/policies")) {
    if (file.path().extension() != ".json") continue;
    std::ifstream stream(file.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    for (int type = 0; type < kPolicyTypeCount; ++type) {
      const Result<PolicySet> set = compile_policy(text, static_cast<PolicyType>(type));
      if (!set) continue;
      ++sets;
      expect_the_same(*set, file.path().string());
    }
  }
  EXPECT_GT(sets, 4);
}

TEST(ImageRoundTripTest, RandomPoliciesComeBack) {
  using differential::Random;
  int sets = 0;
  for (std::uint64_t batch = 0; batch < 400; ++batch) {
    Random random(batch);
    const differential::World world = differential::make_world(random, random.between(2, 8));
    for (const PolicyType type :
         {PolicyType::IdentityBased, PolicyType::ServiceControl,
          world.trust ? PolicyType::RoleTrust : PolicyType::ResourceBased}) {
      const std::string text = differential::make_document(
          random, world, type, batch % 16 == 0 ? random.between(50, 300) : random.between(1, 6));
      const Result<PolicySet> set = compile_policy(text, type);
      if (!set) continue;
      ++sets;
      expect_the_same(*set, text);
    }
  }
  EXPECT_GT(sets, 600);
}

// The whole question as the differential run asks it, of a stack that came back from an image.
TEST(ImageRoundTripTest, RandomStacksDecideTheSame) {
  using differential::Random;
  int questions = 0;
  for (std::uint64_t batch = 0; batch < 100; ++batch) {
    Random random(1000 + batch);
    const differential::World world = differential::make_world(random, random.between(2, 5));
    const reference::PolicyTexts texts = differential::make_policies(random, world, 0);
    const PolicyType resource = world.trust ? PolicyType::RoleTrust : PolicyType::ResourceBased;
    const auto engine = differential::Engine::load(texts, resource, differential::Grouping::OneSet);
    if (!engine) continue;
    const auto again = engine->through_image();
    ASSERT_TRUE(again.has_value()) << "batch " << batch;
    for (int i = 0; i < 20; ++i, ++questions) {
      const reference::Question question = differential::make_question(random, world);
      const differential::Answer before = engine->ask(question, true);
      const differential::Answer after = again->ask(question, true);
      ASSERT_EQ(after.evaluated, before.evaluated) << "batch " << batch;
      ASSERT_EQ(after.explained, before.explained) << "batch " << batch;
    }
  }
  EXPECT_GT(questions, 500);
}

TEST(ImageRoundTripTest, CorpusComesBack) {
  const std::string path = shared_file("corpus/aws-managed-policies.jsonl.gz");
  if (path.empty()) GTEST_SKIP() << "skipped: the shared corpus is not here";
  int sets = 0;
  for (const std::string& line : read_lines(path)) {
    const detail::JsonTree tree = read_object(line);
    const Result<PolicySet> set =
        compile_policy(member_source(tree, line, "document"), PolicyType::IdentityBased);
    if (!set) continue;
    ++sets;
    expect_the_same(*set, member_text(tree, "name"));
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(sets, 1000);
}

}  // namespace
}  // namespace writ::test
