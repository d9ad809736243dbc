// who-can and what-can against brute force through the reference evaluator, on random accounts; and
// how long large accounts take.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ctime>
#include <map>
#include <set>
#include <sstream>

#include "account/random_account.h"
#include "cli/run_tool.h"
#include "reference/evaluator.h"
#include "support/temporary_folder.h"
#include "writ/account.h"
#include "writ/impl/json_tree.h"

namespace writ::account_test {
namespace {

using detail::JsonNode;
using detail::JsonTree;
using differential::Random;
using test::TemporaryFolder;
using testing::run_tool;
using testing::ToolRun;

constexpr int kAccounts = 200;

void write_account(const TemporaryFolder& folder, const RandomAccount& account) {
  folder.write("account.json", account.exported);
  folder.write("resources.json", account.resources);
  if (account.organization.empty()) {
    folder.remove("organization.json");  // of the account before
  } else {
    folder.write("organization.json", account.organization);
  }
}

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

Answers who_can(const RandomAccount& account, const TemporaryFolder& folder, bool complete) {
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

Answers what_can(const RandomAccount& account, const TemporaryFolder& folder, bool complete) {
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
  void write(const RandomAccount& account) {
    write_account(folder, account);
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

  TemporaryFolder folder;
};

TEST_F(AgreementTest, RandomAccounts) {
  Random random(20261125);
  std::size_t questions = 0;
  std::map<std::string, std::size_t> verdicts;
  std::size_t turned = 0;  // "depends" of which both answers have been seen
  for (int n = 0; n < kAccounts; ++n) {
    const RandomAccount account = random_account(random);
    write(account);
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

// Bounds on processor time far above what it takes: they notice work that grows with the square.
#if defined(NDEBUG) && !defined(WRIT_TEST_SANITIZED)
constexpr bool kAtSpeed = true;
#else
constexpr bool kAtSpeed = false;
#endif

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
  if (kAtSpeed) {
    EXPECT_LT(seconds, 2.0);
  }
}

// 1,000 principals, 1,000 actions, 10 resources: the sizes that docs/accounts.md speaks of.
TEST(LargeAccountTest, AsksTenMillionQuestionsInSeconds) {
  if (!kAtSpeed) GTEST_SKIP() << "takes an optimized build without sanitizers";
  const TemporaryFolder folder;
  folder.write("account.json", large_export(1000, 200, 2000));
  std::string catalogue;
  for (int service = 0; service < 20; ++service) {
    catalogue += fmt::format("{{\"service\": \"svc{}\", \"actions\": [\"GetThing\"", service);
    for (int action = 0; action < 49; ++action) catalogue += fmt::format(", \"Act{}\"", action);
    catalogue += "]}\n";
  }
  folder.write("actions.jsonl", catalogue);
  std::vector<std::string> arguments = {
      "who-can", "--account", folder.path(), "--catalogue", folder.path("actions.jsonl"), "*"};
  for (int i = 0; i < 10; ++i) {
    arguments.push_back(fmt::format("arn:aws:svc{0}:eu-west-1:111122223333:thing/{0}/x", i));
  }
  const double begin = cpu_seconds();
  const ToolRun run = run_tool(arguments);
  const double seconds = cpu_seconds() - begin;
  EXPECT_EQ(run.code, 0) << run.err;
  std::printf("1,000 principals x 1,000 actions x 10 resources in %.1f s of processor time\n",
              seconds);
  EXPECT_LT(seconds, 30.0);
}

// The steps of a graph as `--dot` prints it: from, to, and whether it is certain.
std::map<std::pair<std::string, std::string>, bool> steps_of(const std::string& dot) {
  std::map<std::string, std::string> names;
  std::vector<std::pair<std::string, bool>> lines;
  std::istringstream text(dot);
  for (std::string line; std::getline(text, line);) {
    const std::size_t label = line.find(" [label=\"");
    if (line.find(" -> ") != std::string::npos) {
      lines.emplace_back(line.substr(2, line.find_first_of("[;", 2) - 2),
                         line.find("dashed") == std::string::npos);
    } else if (label != std::string::npos) {
      names[line.substr(2, label - 2)] = line.substr(label + 9, line.rfind('"') - label - 9);
    }
  }
  std::map<std::pair<std::string, std::string>, bool> steps;
  for (const auto& [line, is_certain] : lines) {
    const std::size_t arrow = line.find(" -> ");
    const std::string to = line.substr(arrow + 4);
    steps[{names[line.substr(0, arrow)], names[to.substr(0, to.find(' '))]}] = is_certain;
  }
  return steps;
}

// can-assume asks only whom a trust policy can match; who-can asks everybody.
TEST(CanAssumeAgreementTest, StepsAreTheAnswersOfWhoCan) {
  const TemporaryFolder folder;
  Random random(81);
  std::size_t found = 0;
  for (int n = 0; n < kAccounts; ++n) {
    const RandomAccount account = random_account(random);
    write_account(folder, account);
    std::vector<std::string> arguments = {"who-can", "--json", "--account", folder.path(),
                                          "sts:AssumeRole"};
    std::set<std::string> principals;
    for (const RandomPrincipal& principal : account.principals) {
      principals.insert(principal.arn);
      if (principal.is_role) arguments.push_back(principal.arn);
    }
    if (arguments.size() == 5) continue;  // no role
    std::map<std::pair<std::string, std::string>, bool> expected;
    const ToolRun asked = run_tool(arguments);
    ASSERT_NE(asked.code, 2) << asked.err;
    const auto tree = JsonTree::parse(asked.out);
    ASSERT_TRUE(tree);
    each(*tree, tree->root(), "results", [&](const JsonNode& result) {
      const std::string role(tree->member(result, "resource")->text);
      each(*tree, result, "groups", [&](const JsonNode& group) {
        each(*tree, group, "principals", [&](const JsonNode& principal) {
          if (principal.text == role) return;  // a step to itself leads nowhere
          expected[{std::string(principal.text), role}] =
              tree->member(group, "verdict")->text == "allowed";
        });
      });
    });
    const ToolRun drawn = run_tool({"can-assume", "--dot", "--account", folder.path()});
    auto steps = steps_of(drawn.out);
    std::erase_if(steps, [&](const auto& step) { return !principals.contains(step.first.first); });
    EXPECT_EQ(steps, expected) << "account " << n;
    found += expected.size();
  }
  std::printf("%zu steps\n", found);
  EXPECT_GT(found, 100U);
}

}  // namespace
}  // namespace writ::account_test
