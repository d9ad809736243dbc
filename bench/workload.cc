#include "workload.h"

#include <algorithm>

#include "random.h"

namespace writ::bench {

void Workload::apply_all() {
  AppliedText all;
  for (std::uint32_t i = 0; i < policies.size(); ++i) {
    const PolicyText& policy = policies[i];
    if (policy.type == PolicyType::IdentityBased) all.identity.push_back(i);
    if (policy.type == PolicyType::PermissionsBoundary) all.boundary.push_back(i);
    if (policy.type == PolicyType::ServiceControl) {
      all.service_control.resize(
          std::max<std::size_t>(all.service_control.size(), policy.level + 1));
      all.service_control[policy.level].push_back(i);
    }
    if (policy.type == PolicyType::ResourceBased || policy.type == PolicyType::RoleTrust) {
      all.resource = i;
    }
  }
  applied.push_back(std::move(all));
}

std::string document(const std::vector<std::string>& statements) {
  std::size_t size = 64;
  for (const std::string& statement : statements) size += statement.size() + 2;
  std::string text;
  text.reserve(size);
  text += R"({"Version":"2012-10-17","Statement":[)";
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (i != 0) text += ',';
    text += statements[i];
  }
  text += "]}";
  return text;
}

std::string quoted_list(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) {
    if (!text.empty()) text += ',';
    text += '"';
    text += value;
    text += '"';
  }
  return text;
}

namespace {

constexpr const char* kActions[] = {"s3:GetObject", "s3:PutObject", "s3:DeleteObject",
                                    "s3:GetObjectTagging", "s3:AbortMultipartUpload"};

// Prefixes of many lengths whose first difference may stand anywhere in the bucket's number.
struct Home {
  std::string prefix;
  std::string action;
  std::string team;
};

std::vector<Home> homes(std::size_t count, Random& random) {
  std::vector<Home> list(count);
  for (std::size_t i = 0; i < count; ++i) {
    // A bijection of 32 bits, so that the numbers differ and look random.
    const std::uint32_t number = static_cast<std::uint32_t>(i + 1) * 2654435761U;
    list[i].prefix =
        "arn:aws:s3:::bucket-" + std::to_string(number) + "/home/" + random.word(3, 12) + "/";
    list[i].action = random.pick(kActions);
    list[i].team = "team-" + std::to_string(i % 97);
  }
  return list;
}

std::string home_statement(const char* effect, const Home& home) {
  return std::string(R"({"Effect":")") + effect + R"(","Action":")" + home.action +
         R"(","Resource":")" + home.prefix +
         R"(*","Condition":{"StringEquals":{"aws:PrincipalTag/team":")" + home.team + R"("}}})";
}

}  // namespace

Workload one_user(std::string_view variant, std::size_t statements) {
  Random random(statements * 31 + 7);
  Workload work;
  work.family = "one_user";
  work.variant = variant;
  work.statements = statements;
  const bool deny_last = statements > 1 && (variant == "denied_last" || variant == "mixed");
  std::vector<Home> known = homes(statements + 1024, random);
  const std::vector<Home> unknown(known.begin() + static_cast<std::ptrdiff_t>(statements),
                                  known.end());
  known.resize(statements);
  // With a Deny the last statement covers what the first allows, in part, so that the Deny decides.
  Home denied;
  std::vector<std::string> texts;
  texts.reserve(statements);
  for (std::size_t i = 0; i < statements; ++i) {
    if (deny_last && i + 1 == statements) {
      denied = known[0];
      denied.prefix += "private/";
      texts.push_back(home_statement("Deny", denied));
    } else {
      texts.push_back(home_statement("Allow", known[i]));
    }
  }
  const std::size_t allows = deny_last ? statements - 1 : statements;
  work.policies.push_back({"homes", PolicyType::IdentityBased, 0, document(texts)});
  work.apply_all();

  const auto object = [&random] {
    return random.word(4, 10) + "/" + random.word(4, 16) + "-" +
           std::to_string(random.below(1000000)) + ".dat";
  };
  const auto add = [&](const std::string& action, const std::string& resource,
                       const std::string& team) {
    RequestText request;
    request.principal = "arn:aws:iam::111122223333:user/Alice";
    request.action = action;
    request.resource = resource;
    request.context.push_back({"aws:PrincipalTag/team", {team}, false});
    request.owner = "111122223333";
    work.requests.push_back(std::move(request));
  };
  const auto add_allowed = [&](const Home& home) {
    add(home.action, home.prefix + object(), home.team);
  };
  const auto add_no_match = [&] {
    const Home& home = unknown[random.below(unknown.size())];
    add(home.action, home.prefix + object(), home.team);
  };
  const auto add_wrong_team = [&](const Home& home) {
    add(home.action, home.prefix + object(), "team-" + std::to_string(97 + random.below(97)));
  };
  for (std::size_t i = 0; i < kRequests; ++i) {
    const bool allow = i % 2 == 0 && allows != 0;
    if (variant == "allowed_last") {
      if (allow) {
        add_allowed(known.back());
      } else if (i % 4 == 1) {
        add_wrong_team(known.back());
      } else {
        add_no_match();
      }
      continue;
    }
    const Home& home = known[allows == 0 ? 0 : random.below(allows)];
    if (allow) {
      add_allowed(home);
    } else if (deny_last && (variant == "denied_last" || i % 6 == 1)) {
      add(denied.action, denied.prefix + object(), denied.team);
    } else if (variant == "no_match" || i % 6 == 3) {
      add_no_match();
    } else {
      add_wrong_team(home);
    }
  }
  random.shuffle(work.requests);
  return work;
}

}  // namespace writ::bench
