// A decision allocates nothing, whatever it comes to and whichever operators it passes through.
// This file replaces operator new of its whole test program by one that counts.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "decision/allocation_count.h"
#include "writ/testing/matchers.h"
#include "writ/writ.h"

namespace writ::test {
std::atomic<std::size_t> allocation_count = 0;
}

#if WRIT_COUNTS_ALLOCATIONS
namespace {
using writ::test::allocation_count;

void* counted(std::size_t size) {
  allocation_count.fetch_add(1, std::memory_order_relaxed);
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) std::abort();
  return memory;
}
void* counted(std::size_t size, std::align_val_t alignment) {
  allocation_count.fetch_add(1, std::memory_order_relaxed);
  const auto unit = static_cast<std::size_t>(alignment);
  void* memory = std::aligned_alloc(unit, (size + unit - 1) / unit * unit);
  if (memory == nullptr) std::abort();
  return memory;
}
}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new(std::size_t size, std::align_val_t align) { return counted(size, align); }
void* operator new[](std::size_t size, std::align_val_t align) { return counted(size, align); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
#endif

namespace writ {
namespace {

using test::allocation_count;

constexpr std::string_view kAlice = "arn:aws:iam::111122223333:user/Alice";

class AllocationTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!WRIT_COUNTS_ALLOCATIONS) {
      GTEST_SKIP() << "skipped: the sanitizer has replaced operator new";
    }
  }

  // The decision, and that making it allocated nothing.
  static Decision decide(const PolicyStack& stack, const Request& request) {
    const std::size_t before = allocation_count;
    const Decision decision = stack.evaluate(request);
    const std::size_t after = allocation_count;
    EXPECT_EQ(after - before, 0U);
    return decision;
  }

  static void add(PolicyStack& stack, PolicyType type, const std::string& text,
                  std::uint32_t level = 0) {
    const Result<bool> added = stack.add(type, "policy", text, level);
    ASSERT_TRUE(added.has_value()) << added.error().to_string() << "\n" << text;
  }

  static std::string document(const std::string& statements) {
    return R"({"Version": "2012-10-17", "Statement": [)" + statements + "]}";
  }
};

// The counter counts: without this the other tests would pass by not looking.
TEST_F(AllocationTest, CounterSeesAllocations) {
  const std::size_t before = allocation_count;
  const std::vector<std::string> memory(3, std::string(100, 'x'));
  EXPECT_EQ(memory.size(), 3U);
  EXPECT_GE(allocation_count - before, 4U);
}

// D-7: each of the three answers, through every kind of policy.
TEST_F(AllocationTest, AllowedDeniedAndUndecidedAllocateNothing) {
  const std::string everything = R"({"Effect": "Allow", "Action": "*", "Resource": "*"})";
  PolicyStack stack;
  add(stack, PolicyType::IdentityBased,
      document(R"({"Effect": "Allow", "Action": ["s3:Get*", "s3:*Object"],
                   "Resource": "arn:aws:s3:::b/${aws:username}/*"},
                  {"Effect": "Deny", "NotAction": "s3:*",
                   "NotResource": "arn:aws:s3:::b/${aws:PrincipalTag/team, 'none'}/?"})"));
  add(stack, PolicyType::PermissionsBoundary, document(everything));
  add(stack, PolicyType::ServiceControl, document(everything), 0);
  add(stack, PolicyType::ServiceControl, document(everything), 1);
  add(stack, PolicyType::ResourceControl,
      document(R"({"Effect": "Deny", "Principal": "*", "Action": "s3:Delete*", "Resource": "*"})"));
  add(stack, PolicyType::ResourceBased,
      document(R"({"Effect": "Deny", "NotPrincipal": {"AWS": ["111122223333",
                     "arn:aws:iam::111122223333:user/Bob"]}, "Action": "s3:PutObject",
                   "Resource": "arn:aws:s3:::b/*"})"));
  add(stack, PolicyType::VpcEndpoint, document(R"({"Effect": "Allow", "Principal": "*",
                                                   "Action": "*", "Resource": "*"})"));
  const Result<Caller> alice = Caller::from_arn(kAlice);
  ASSERT_TRUE(alice.has_value());
  const struct {
    const char* action;
    const char* resource;
    Outcome outcome;
    Reason reason;
  } cases[] = {
      {"s3:GetObject", "arn:aws:s3:::b/Alice/k", Outcome::Allowed, Reason::AllowedByIdentity},
      {"s3:DeleteObject", "arn:aws:s3:::b/Alice/k", Outcome::ExplicitDeny, Reason::ExplicitDeny},
      {"s3:PutObject", "arn:aws:s3:::b/Alice/k", Outcome::ExplicitDeny, Reason::ExplicitDeny},
      {"ec2:RunInstances", "*", Outcome::ExplicitDeny, Reason::ExplicitDeny},
      {"s3:GetObject", "arn:aws:s3:::b/Bob/k", Outcome::ImplicitDeny, Reason::NoIdentityAllow},
  };
  for (const auto& one : cases) {
    RequestBuilder builder(*alice, one.action, one.resource);
    const Result<Request> request = builder.set("aws:username", "Alice").build();
    ASSERT_TRUE(request.has_value());
    const Decision decision = decide(stack, *request);
    EXPECT_EQ(decision.outcome, one.outcome) << one.action << ' ' << one.resource;
    EXPECT_EQ(decision.reason, one.reason) << one.action << ' ' << one.resource;
  }
}

// C-1: through every operator, plain, with IfExists and with both set prefixes; for a key that
// matches, does not, cannot be read (C-70), has several values (C-30), none, or is absent.
TEST_F(AllocationTest, EveryConditionOperatorAllocatesNothing) {
  int evaluated = 0;
  std::array<int, 3> outcomes = {};
  for (int i = 0; i < kConditionOperatorCount; ++i) {
    const auto op = static_cast<ConditionOperator>(i);
    std::string value;
    std::string given;
    switch (value_type(op)) {
      case ValueType::String:
        value = "te?t-${aws:username}*";
        given = "te?t-Alice*";
        break;
      case ValueType::Numeric:
        value = "123456789012345678901234567890.5";
        given = "7.25";
        break;
      case ValueType::Date:
        value = "2026-05-01T10:00:00.123456789+02:00";
        given = "2026";
        break;
      case ValueType::Bool:
        value = "true";
        given = "TRUE";
        break;
      case ValueType::Binary:
        value = "QmluYXJ5VmFsdWVJbkJhc2U2NA==";
        given = value;
        break;
      case ValueType::Ip:
        value = "2001:db8::/33";
        given = "2001:DB8:0:0::1";
        break;
      case ValueType::Arn:
        value = "arn:aws:s3:*::b*/${aws:username}";
        given = "arn:aws:s3:eu::bucket/Alice";
        break;
      case ValueType::Existence:
        value = "true";
        given = "anything";
        break;
    }
    const std::string name(to_string(op));
    std::vector<std::string> spellings = {name, "ForAllValues:" + name, "ForAnyValue:" + name};
    if (op != ConditionOperator::Null) {
      spellings.push_back(name + "IfExists");
      spellings.push_back("ForAllValues:" + name + "IfExists");
    }
    for (const std::string& spelling : spellings) {
      for (const char* effect : {"Allow", "Deny"}) {
        PolicyStack stack;
        add(stack, PolicyType::IdentityBased,
            document(R"({"Effect": ")" + std::string(effect) +
                     R"(", "Action": "*", "Resource": "*", "Condition": {")" + spelling +
                     R"(": {"k:v": [")" + value + R"("]}}})"));
        const Result<Caller> alice = Caller::from_arn(kAlice);
        ASSERT_TRUE(alice.has_value());
        const std::string unreadable = "\x01 neither";
        const std::vector<std::string_view> several = {given, unreadable, ""};
        for (int shape = 0; shape < 6; ++shape) {
          RequestBuilder builder(*alice, "x:Do", "*");
          builder.set("aws:username", "Alice");
          if (shape == 1) builder.set("k:v", given);
          if (shape == 2) builder.set("k:v", unreadable);
          if (shape == 3) builder.set("k:v", "");
          if (shape == 4) builder.set_list("k:v", several);
          if (shape == 5) builder.set_list("k:v", {});
          const Result<Request> request = builder.build();
          ASSERT_TRUE(request.has_value());
          const Decision decision = decide(stack, *request);
          ++outcomes[static_cast<std::size_t>(decision.outcome)];
          ++evaluated;
        }
      }
    }
  }
  EXPECT_EQ(evaluated, 26 * 5 * 12 + 3 * 12);
  // All three answers came up, so the operators were not skipped.
  for (const int count : outcomes) EXPECT_GT(count, 100);
}

// A request of up to sixteen keys is built without allocation; what spills is the builder's.
TEST_F(AllocationTest, SixteenKeysAllocateNothing) {
  const Result<Caller> alice = Caller::from_arn(kAlice);
  ASSERT_TRUE(alice.has_value());
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i) names.push_back("k:key" + std::to_string(i));
  const std::size_t before = allocation_count;
  RequestBuilder builder(*alice, "s3:GetObject", "arn:aws:s3:::b/k");
  for (std::size_t i = 0; i < 16; ++i) builder.set(std::string_view(names[i]), "v");
  const Result<Request> request = builder.build();
  EXPECT_EQ(allocation_count - before, 0U);
  ASSERT_TRUE(request.has_value());

  PolicyStack stack;
  add(stack, PolicyType::IdentityBased,
      document(R"({"Effect": "Allow", "Action": "*", "Resource": "*",
                   "Condition": {"StringEquals": {"k:key39": "v", "k:key3": "v"}}})"));
  EXPECT_FALSE(decide(stack, *request).is_allowed());
  for (std::size_t i = 16; i < names.size(); ++i) builder.set(std::string_view(names[i]), "v");
  const Result<Request> large = builder.build();
  ASSERT_TRUE(large.has_value());
  EXPECT_TRUE(decide(stack, *large).is_allowed());
}

}  // namespace
}  // namespace writ
