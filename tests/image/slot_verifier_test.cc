// Tables of slots in an image: how far a look-up may have to step, and chains of names of one hash.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "image/surgeon.h"

namespace writ::test {
namespace {

// dispatch.h, find_exact_class: a look-up may step over a few slots, and never over all.
TEST(SlotVerifierTest, SlotsInUseSideBySideAreBounded) {
  std::string actions = "\"s3:A0\"";
  for (int i = 1; i < 300; ++i) actions += ",\"s3:A" + std::to_string(i) + '"';
  const Result<PolicySet> set = compile_policy(
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*","Action":[)" +
          actions + "]}}",
      PolicyType::IdentityBased);
  const std::vector<ImageEntry> entries = {{"many", PolicyType::IdentityBased, 0, *set}};
  const std::string good = serialize_image(entries).value();
  ASSERT_TRUE(PolicyImage::from_bytes(good).has_value());
  for (const std::size_t in_use : {288U, 289U}) {
    Surgeon image(good, 0);
    const auto slots = image.section<detail::ActionSlot>(Section::ActionSlots);
    ASSERT_EQ(slots.size(), 512U);  // of nine bits: 32 times nine are 288
    std::vector<Ref> actions;
    for (const detail::ActionSlot& slot : slots) {
      if (slot.action != 0) actions.push_back(slot.action);
    }
    for (std::size_t i = 0; i < slots.size(); ++i) {
      // They run over the end of the table.
      slots[(400 + i) % slots.size()].action = i < in_use ? actions.at(i) : 0;
    }
    const Result<PolicyImage> opened = image.open();
    ASSERT_EQ(opened.has_value(), in_use == 288U);
    if (!opened) {
      EXPECT_THAT(opened.error().message, testing::HasSubstr("slots in use side by side"));
    }
  }
}

// One node in many slots would be walked to from each of them.
TEST(SlotVerifierTest, SlotsLeadToNodesOfTheirOwn) {
  const Result<PolicySet> set = compile_policy(
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*",
          "Action":["s3:A","s3:B","ec2:C*","sqs:D*"]}})",
      PolicyType::IdentityBased);
  const std::vector<ImageEntry> entries = {{"two", PolicyType::IdentityBased, 0, *set}};
  const std::string good = serialize_image(entries).value();
  Surgeon actions(good, 0);
  Ref first = 0;
  for (detail::ActionSlot& slot : actions.section<detail::ActionSlot>(Section::ActionSlots)) {
    if (first == 0) first = slot.action;
    if (slot.action != 0) slot.action = first;
  }
  EXPECT_THAT(actions.open().error().message,
              testing::HasSubstr("the table of actions refers to none, or twice to one"));
  Surgeon services(good, 0);
  first = 0;
  for (Ref& slot : services.section<Ref>(Section::Services)) {
    if (first == 0) first = slot;
    if (slot != 0) slot = first;
  }
  EXPECT_THAT(services.open().error().message,
              testing::HasSubstr("the table of services refers to none, or twice to one"));
}

using detail::ActionNode;
using detail::ServiceNode;

/// Where a node that has another behind it says which, and the place of the other's.
struct Chain {
  Word* own;
  Word* next;
};

[[nodiscard]] Chain chained_actions(Surgeon& image) {
  const auto place = [](const Word* node) {
    return 2 + detail::words_of(ActionNode{node}.text().size());
  };
  Word* node = image.node(NodeTag::Action, [&](const Word* words) {
    const Ref next = ActionNode{words}.next();
    return next != 0 && ActionNode{image.code() + next}.has_next();
  });
  Word* next = image.code() + ActionNode{node}.next();
  return {node + place(node), next + place(next)};
}
[[nodiscard]] Chain chained_services(Surgeon& image) {
  Word* node = image.node(NodeTag::Service, [&](const Word* words) {
    const Ref next = ServiceNode{words}.next();
    return next != 0 && ServiceNode{image.code() + next}.next() != 0;
  });
  return {node + 5, image.code() + ServiceNode{node}.next() + 5};
}

// Chains end, and nothing is in two of them.
TEST(SlotVerifierTest, ChainsLeadToNodesOfTheirOwn) {
  const std::string good = serialize_image(sample_entries()).value();
  for (const auto& [find, says] :
       {std::pair{&chained_actions, "an action is followed by none of its own"},
        std::pair{&chained_services, "a service is followed by none of its own"}}) {
    for (const bool repeats : {false, true}) {
      Surgeon image(good, 0);
      const Chain chain = find(image);
      // What the next one leads to already; or the middle of a node.
      *chain.own = repeats ? *chain.next : *chain.own + 1;
      const Result<PolicyImage> opened = image.open();
      ASSERT_FALSE(opened.has_value());
      EXPECT_THAT(opened.error().message, testing::HasSubstr(says));
    }
  }
}

}  // namespace
}  // namespace writ::test
