// who-can and what-can against brute force through the reference evaluator, on random accounts; and
// how long large accounts take.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "account/random_account.h"
#include "cli/run_tool.h"
#include "reference/evaluator.h"
#include "writ/account.h"
#include "writ/impl/json_tree.h"

namespace writ::account_test {
namespace {

using detail::JsonNode;
using detail::JsonTree;
using differential::Random;
using testing::run_tool;
using testing::ToolRun;

constexpr int kAccounts = 200;

// A folder that goes away with the test.
class Folder {
 public:
  Folder()
      : path_(std::filesystem::temp_directory_path() /
              fmt::format("writ-accounts-{}", ::getpid())) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& name, const std::string& text) const {
    if (text.empty()) {
      std::filesystem::remove(path_ / name);
    } else {
      std::ofstream(path_ / name) << text;
    }
  }
  [[nodiscard]] std::string path(const std::string& name = "") const {
    return name.empty() ? path_.string() : (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

// `PRINCIPAL ACTION RESOURCE`: the verdict, and the keys if it depends on some. Denials are left
// out.
struct Said {
  std::string verdict;
  std::set<std::string> keys;
  friend bool operator==(const Said&, const Said&) = default;
};
using Answers = std::map<std::string, Said>;

std::string triple(std::string_view principal, std::string_view action, std::string_view resource) {
  return fmt::format("{} {} {}", principal, action, resource);
}

template <class Use>
void each(const JsonTree& tree, const JsonNode& of, std::string_view member, const Use& use) {
  const JsonNode* list = tree.member(of, member);
  if (list == nullptr) return;
  for (const JsonNode* item = tree.first_child(*list); item != nullptr; item = tree.next(*item)) {
    use(*item);
  }
}

Said said(const JsonTree& tree, const JsonNode& group) {
  Said answer;
  answer.verdict = tree.member(group, "verdict")->text;
  each(tree, group, "keys", [&](const JsonNode& key) { answer.keys.emplace(key.text); });
  return answer;
}

Answers who_can(const RandomAccount& account, const Folder& folder, bool complete) {
  std::vector<std::string> arguments = {
      "who-can", "--json", "--account", folder.path(), "--catalogue", folder.path("actions.jsonl"),
      "*"};
  for (const RandomResource& resource : account.asked) arguments.push_back(resource.arn);
  if (complete) arguments.emplace_back("--complete");
  const ToolRun run = run_tool(arguments);
  EXPECT_NE(run.code, 2) << run.err;
  Answers answers;
  const auto tree = JsonTree::parse(run.out);
  if (!tree) return answers;
  each(*tree, tree->root(), "results", [&](const JsonNode& result) {
    each(*tree, result, "groups", [&](const JsonNode& group) {
      each(*tree, group, "principals", [&](const JsonNode& principal) {
        answers[triple(principal.text, tree->member(result, "action")->text,
                       tree->member(result, "resource")->text)] = said(*tree, group);
      });
    });
  });
  return answers;
}

Answers what_can(const RandomAccount& account, const Folder& folder, bool complete) {
  std::vector<std::string> arguments = {"what-can",    "--json",      "--account",
                                        folder.path(), "--catalogue", folder.path("actions.jsonl")};
  for (const RandomResource& resource : account.asked) {
    arguments.emplace_back("--resource");
    arguments.push_back(resource.arn);
  }
  if (complete) arguments.emplace_back("--complete");
  const ToolRun run = run_tool(arguments);
  EXPECT_NE(run.code, 2) << run.err;
  Answers answers;
  const auto tree = JsonTree::parse(run.out);
  if (!tree) return answers;
  each(*tree, tree->root(), "principals", [&](const JsonNode& principal) {
    each(*tree, principal, "resources", [&](const JsonNode& resource) {
      each(*tree, resource, "groups", [&](const JsonNode& group) {
        each(*tree, group, "actions", [&](const JsonNode& action) {
          answers[triple(tree->member(principal, "principal")->text, action.text,
                         tree->member(resource, "resource")->text)] = said(*tree, group);
        });
      });
    });
  });
  return answers;
}

// One question to the reference. Documents are loaded for each pair of principal and resource.
class Brute {
 public:
  Brute(const RandomAccount& account, const RandomPrincipal& principal,
        const RandomResource& resource)
      : resource_is_role_(resource.arn.find(":role/") != std::string::npos) {
    question_.principal = {reference::Principal::Kind::Arn, principal.arn};
    question_.resource = resource.arn;
    question_.resource_account = account.account;
    question_.context = principal.keys;
    question_.context.push_back({"aws:ResourceAccount", account.account});
    texts_.identity = principal.identity;
    texts_.boundary = principal.boundary;
    texts_.scp = account.scp;
    texts_.rcp = account.rcp;
    without_ = reference::load(texts_, PolicyType::ResourceBased);
    texts_.resource_policy = resource.policy;
    with_ = resource.policy ? reference::load(texts_, resource_is_role_ ? PolicyType::RoleTrust
                                                                        : PolicyType::ResourceBased)
                            : without_;
  }

  [[nodiscard]] bool is_allowed(const std::string& action,
                                const std::vector<reference::ContextEntry>& more = {}) const {
    reference::Question question = question_;
    question.action = action;
    question.context.insert(question.context.end(), more.begin(), more.end());
    // A role's trust policy is a policy for STS only.
    const bool applies = !resource_is_role_ || reference::asks_for_role(question);
    const std::optional<Decision> decision =
        reference::decide(applies ? with_ : without_, question);
    return decision && decision->is_allowed();
  }

 private:
  bool resource_is_role_;
  reference::Question question_;
  reference::PolicyTexts texts_;
  reference::Policies with_;
  reference::Policies without_;
};

std::vector<reference::ContextEntry> random_context(Random& random, bool is_role) {
  std::vector<reference::ContextEntry> context;
  const auto add = [&](const std::string& key) {
    if (random.chance(40)) return;
    const std::string value = random_value(random, key);
    if (key == "aws:TagKeys") {
      context.push_back({key, std::vector<std::string>{value, random_value(random, key)}});
    } else {
      context.push_back({key, value});
    }
  };
  for (const std::string& key : unknown_keys()) add(key);
  if (is_role) add("aws:PrincipalTag/team");
  return context;
}

class AgreementTest : public ::testing::Test {
 protected:
  void write(const RandomAccount& account, bool organized) {
    folder.write("account.json", account.exported);
    folder.write("organization.json", organized ? account.organization : "");
    folder.write("resources.json", account.resources);
    std::map<std::string, std::string> services;
    for (const std::string& action : account.actions) {
      const std::size_t colon = action.find(':');
      std::string& list = services[action.substr(0, colon)];
      list += fmt::format(R"({}"{}":{{}})", list.empty() ? "" : ",", action.substr(colon + 1));
    }
    std::string catalogue;
    for (const auto& [service, list] : services) {
      catalogue += fmt::format("{{\"service\":\"{}\",\"actions\":{{{}}}}}\n", service, list);
    }
    folder.write("actions.jsonl", catalogue);
  }

  Folder folder;
};

TEST_F(AgreementTest, RandomAccounts) {
  Random random(20261125);
  std::size_t questions = 0;
  std::map<std::string, std::size_t> verdicts;
  std::size_t turned = 0;  // "depends" of which both answers have been seen
  for (int n = 0; n < kAccounts; ++n) {
    const RandomAccount account = random_account(random);
    write(account, true);
    const Answers complete = who_can(account, folder, true);
    const Answers open = who_can(account, folder, false);
    ASSERT_EQ(complete, what_can(account, folder, true)) << "account " << n;
    ASSERT_EQ(open, what_can(account, folder, false)) << "account " << n;
    for (const RandomPrincipal& principal : account.principals) {
      for (const RandomResource& resource : account.asked) {
        const Brute brute(account, principal, resource);
        for (const std::string& action : account.actions) {
          ++questions;
          const std::string name = triple(principal.arn, action, resource.arn);
          const auto found = complete.find(name);
          const std::string closed = found == complete.end() ? "denied" : found->second.verdict;
          ASSERT_EQ(closed, brute.is_allowed(action) ? "allowed" : "denied")
              << "account " << n << ": " << name << '\n'
              << account.exported;
          const auto entry = open.find(name);
          const std::string verdict = entry == open.end() ? "denied" : entry->second.verdict;
          ++verdicts[verdict];
          bool allowed = brute.is_allowed(action);
          bool denied = !allowed;
          for (int sample = 0; sample < 4; ++sample) {
            const bool is = brute.is_allowed(action, random_context(random, principal.is_role));
            allowed = allowed || is;
            denied = denied || !is;
          }
          if (verdict == "allowed") {
            ASSERT_FALSE(denied) << "account " << n << ": " << name << '\n' << account.exported;
          } else if (verdict == "denied") {
            ASSERT_FALSE(allowed) << "account " << n << ": " << name << '\n' << account.exported;
          } else {
            ASSERT_FALSE(entry->second.keys.empty()) << name;
            if (allowed && denied) ++turned;
          }
        }
      }
    }
  }
  std::printf("%zu questions: %zu allowed, %zu denied, %zu depend (%zu seen both ways)\n",
              questions, verdicts["allowed"], verdicts["denied"], verdicts["depends"], turned);
  EXPECT_GT(turned * 2, verdicts["depends"]);  // "depends" is no excuse
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

TEST(LargeAccountTest, LoadsInTwoSeconds) {
  const std::string text = large_export(1000, 200, 2000);
  const double begin = cpu_seconds();
  const Result<Account, AccountErrors> account = Account::load({{{"account.json", text}}, {}, {}});
  const double seconds = cpu_seconds() - begin;
  ASSERT_TRUE(account) << account.error().front().to_string();
  EXPECT_EQ(account->stats().roles, 1000U);
  EXPECT_EQ(account->groups().size(), 200U);
  EXPECT_EQ(account->stats().managed_policies, 2000U);
  std::printf("%.1f MB loaded in %.3f s of processor time\n",
              static_cast<double>(text.size()) / 1e6, seconds);
#if defined(NDEBUG)
  EXPECT_LT(seconds, 2.0);
#endif
}

}  // namespace
}  // namespace writ::account_test
