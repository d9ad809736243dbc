// Batteries against worst cases: whatever makes an index useless or a matcher slow.
#include <string>

#include "draw.h"
#include "questions.h"
#include "random.h"
#include "workload.h"

namespace writ::bench {

namespace {

std::string stars(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "*a";
  return text;
}

std::string worst_pattern(std::string_view variant, std::size_t i) {
  const std::string number = std::to_string(i);
  // All statements share the prefix; what tells them apart stands behind a star.
  if (variant == "same_prefix") return "arn:aws:s3:::data/common/prefix/of/all/*-" + number + "-*";
  // Each prefix is a prefix of the next: all that are short enough match.
  if (variant == "nested_prefixes") {
    return "arn:aws:s3:::data/" + std::string(i % 200, 'a') + (i % 2 == 0 ? "*" : "*-" + number);
  }
  if (variant == "leading_stars") return "arn:aws:s3:::*-" + number + ".log";
  // The text that tells the statements apart stands amid forty stars.
  return "arn:aws:s3:::data/" + stars(20) + "*x" + number + "x" + stars(19) + "*";
}

}  // namespace

Workload worst(std::string_view variant, std::size_t statements) {
  Workload work;
  work.family = "worst";
  work.variant = variant;
  work.statements = statements;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < statements; ++i) {
    texts.push_back(R"({"Effect":"Allow","Action":"s3:GetObject","Resource":")" +
                    worst_pattern(variant, i) +
                    R"(","Condition":{"StringEquals":{"aws:PrincipalTag/team":"team-)" +
                    std::to_string(i % 7) + R"("}}})");
  }
  work.policies.push_back({"worst", PolicyType::IdentityBased, 0, document(texts)});
  work.apply_all();
  Random random(statements);
  fill_balanced(work, random, [&](Random& chance) {
    RequestText request;
    request.principal = "arn:aws:iam::111122223333:user/Alice";
    request.owner = "111122223333";
    request.action = "s3:GetObject";
    // Half of the numbers are nobody's.
    const std::size_t i = chance.below(2 * statements);
    const std::string number = std::to_string(i);
    std::string key;
    if (variant == "same_prefix") {
      key = "data/common/prefix/of/all/" + chance.word(3, 12) + "-" + number + "-" +
            chance.word(3, 12);
    } else if (variant == "nested_prefixes") {
      key = "data/" + std::string(i % 200, 'a') + chance.word(1, 6) + "-" + number;
    } else if (variant == "leading_stars") {
      key = "data/" + chance.word(3, 12) + "/" + chance.word(3, 12) + "-" + number + ".log";
    } else {
      key = "data/";
      for (int j = 0; j < 30; ++j) key += "a" + chance.word(0, 2);
      key += "x" + number + "x";
      for (int j = 0; j < 30; ++j) key += chance.word(0, 2) + "a";
    }
    request.resource = "arn:aws:s3:::" + key;
    request.context.push_back({"aws:PrincipalTag/team",
                               {"team-" + std::to_string(chance.per_mille(800) ? i % 7 : 9)},
                               false});
    return request;
  });
  return work;
}

}  // namespace writ::bench
