// Explanations as text for people, whole, and what single lines of them say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "explanation/scenario.h"

namespace writ::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(ExplanationTextTest, TextOfAnAllow) {
  // E-63
  Scenario scenario = with_identity(R"({"Sid":"Read","Effect":"Allow","Action":"s3:Get*",
      "Resource":"arn:aws:s3:::b/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}})");
  scenario.context = {{"aws:SecureTransport", "true"}};
  EXPECT_EQ(scenario.explain().to_string(),
            R"(allowed: the caller's own permissions allow it (E-63)
  principal  arn:aws:iam::111122223333:user/Alice
  action     s3:GetObject
  resource   arn:aws:s3:::b/k
  decided by identity Own statement 1 `Read` (Allow, line 1 column 38)
identity allows
  Own statement 1 `Read` (Allow, line 1 column 38) applies
    Condition holds: Bool `aws:SecureTransport` (line 2): asked `true`, given `true`
)");
}

TEST(ExplanationTextTest, TextOfAnExplicitDeny) {
  // E-2
  Scenario scenario = with_identity(kAllowAll);
  scenario.docs.push_back({PolicyType::ResourceBased, doc(R"(
{"Sid":"Only from inside","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",
 "Condition":{"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","192.168.0.0/16"]}}})"),
                           0, "Bucket"});
  scenario.context = {{"aws:SourceIp", "203.0.113.9"}};
  EXPECT_EQ(scenario.explain().to_string(),
            R"(explicitDeny: a Deny statement applies (E-2)
  principal  arn:aws:iam::111122223333:user/Alice
  action     s3:GetObject
  resource   arn:aws:s3:::b/k
  decided by resource Bucket statement 1 `Only from inside` (Deny, line 2 column 1)
resource denies
  Bucket statement 1 `Only from inside` (Deny, line 2 column 1) applies
    Condition holds: NotIpAddress `aws:SourceIp` (line 3): asked `10.0.0.0/8`, `192.168.0.0/16`, given `203.0.113.9`
identity allows
  Own statement 1 (Allow, line 1 column 38) applies
nearest miss, 1 change:
  - resource Bucket statement 1 `Only from inside` must not deny (line 2)
)");
}

TEST(ExplanationTextTest, TextOfAnImplicitDeny) {
  // E-66
  const Scenario scenario = with_identity(
      R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username}/*"},
{"Effect":"Allow","Action":["ec2:*","sqs:*"],"Resource":"*"})");
  EXPECT_EQ(scenario.explain().to_string(),
            R"(implicitDeny: no identity-based policy has an Allow that applies (E-66)
  principal  arn:aws:iam::111122223333:user/Alice
  action     s3:GetObject
  resource   arn:aws:s3:::b/k
identity does not allow
  Own statement 1 (Allow, line 1 column 38) does not apply
    Resource (line 1) does not cover the resource: `arn:aws:s3:::b/${aws:username}/*`; no value for `aws:username`
  1 statement does not cover the action
nearest miss, 1 change:
  - identity Own statement 1 would need: Resource to cover `arn:aws:s3:::b/k` (line 1; it lists `arn:aws:s3:::b/${aws:username}/*`; no value for `aws:username`)
keys asked for and not given: `aws:username`
)");
}

TEST(ExplanationTextTest, TextOfACrossAccountDenial) {
  // E-70
  Scenario scenario = with_identity(kAllowAll);
  scenario.resource_account = kOther;
  scenario.docs.push_back(
      {PolicyType::ResourceBased, resource_allow("{\"AWS\":\"444455556666\"}"), 0, "Bucket"});
  EXPECT_EQ(
      scenario.explain().to_string(),
      R"(implicitDeny: the resource belongs to another account, and its policy has no Allow that applies (E-70)
  principal  arn:aws:iam::111122223333:user/Alice
  action     s3:GetObject
  resource   arn:aws:s3:::b/k
resource does not allow
  Bucket statement 1 (Allow, line 1 column 38) does not apply
    Principal (line 1) does not name the caller
identity allows
  Own statement 1 (Allow, line 1 column 38) applies
nearest miss, 1 change:
  - resource Bucket statement 1 would need: Principal to name the caller (line 1)
)");
}

TEST(ExplanationTextTest, TextOfADenialThatNoPolicyCanLift) {
  // E-52
  Scenario scenario;
  scenario.caller = kRoot;
  scenario.action = "sts:AssumeRole";
  scenario.resource = "arn:aws:iam::111122223333:role/Target";
  EXPECT_EQ(scenario.explain().to_string(),
            R"(implicitDeny: the root user cannot assume roles (E-52)
  principal  arn:aws:iam::111122223333:root
  action     sts:AssumeRole
  resource   arn:aws:iam::111122223333:role/Target
identity does not bind this request
nearest miss: no policy can allow this request
)");
}

// --- Lines.

[[nodiscard]] Scenario at_bucket(const std::string& caller, const std::string& statement) {
  Scenario scenario;
  scenario.caller = caller;
  scenario.docs = {{PolicyType::ResourceBased, doc(statement), 0, "Bucket"}};
  return scenario;
}

TEST(ExplanationTextTest, NotResourceExceptsTheResource) {
  // M-29
  const std::string text =
      with_identity(R"({"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::b/*"})")
          .explain()
          .to_string();
  EXPECT_THAT(text, HasSubstr("NotResource (line 1) excepts the resource: `arn:aws:s3:::b/*`\n"));
  // V-22: whether it excepts the resource cannot be told, so the Allow does not apply.
  const std::string open = with_identity(R"({"Effect":"Allow","Action":"s3:*",
      "NotResource":"arn:aws:s3:::b/${aws:username}"})")
                               .explain()
                               .to_string();
  EXPECT_THAT(open, HasSubstr("NotResource (line 2) may except the resource: "
                              "`arn:aws:s3:::b/${aws:username}`; no value for `aws:username`\n"));
}

TEST(ExplanationTextTest, VariablesThatAreTextSayWhy) {
  // G-13, G-14
  constexpr std::string_view kWhy =
      "    `${...}` is plain text in a policy without Version `2012-10-17` (G-14)\n";
  Scenario scenario;
  scenario.context = {{"aws:username", "Alice"}, {"k:s", "Alice"}};
  for (const std::string version :
       {"", R"("Version":"2008-10-17",)", R"("Version":"2012-10-17",)"}) {
    const bool active = version.find("2012") != std::string::npos;
    for (const std::string rest :
         {R"("Resource":"arn:aws:s3:::other/${aws:username}")",
          R"("Resource":"*","Condition":{"StringEquals":{"k:s":"no ${aws:username}"}})"}) {
      scenario.docs = {
          {PolicyType::IdentityBased,
           "{" + version + R"("Statement":{"Effect":"Allow","Action":"*",)" + rest + "}}", 0,
           "Own"}};
      const Explanation explanation = scenario.explain();
      EXPECT_EQ(explanation.layers().at(0).statements.at(0).literal_variables, !active);
      EXPECT_THAT(
          explanation.to_string(),
          active ? Not(HasSubstr(kWhy)) : testing::Matcher<const std::string&>(HasSubstr(kWhy)));
    }
  }
  // `${*}` is no variable: a star as written.
  scenario.docs = {
      {PolicyType::IdentityBased,
       R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${*}"}})", 0,
       "Own"}};
  EXPECT_FALSE(scenario.explain().layers().at(0).statements.at(0).literal_variables);
}

TEST(ExplanationTextTest, ADenyWhoseConditionCannotBeToldAppliesAndSaysSo) {
  // C-70
  Scenario scenario = with_identity(R"({"Effect":"Deny","Action":"*","Resource":"*","Condition":{
      "NumericLessThan":{"k:n":"5"}}})");
  scenario.context = {{"k:n", "many"}};
  EXPECT_THAT(scenario.explain().to_string(),
              HasSubstr("    Condition is undecidable: NumericLessThan `k:n` (line 2): asked `5`, "
                        "given `many`; cannot be told, so it counts against (C-70)\n"));
}

TEST(ExplanationTextTest, AnEmptyListOfValuesIsNotAskedFor) {
  // C-45
  Scenario scenario = with_identity(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{
      "StringEquals":{"k:s":[]}}})");
  scenario.context = {{"k:s", "a"}};
  const std::string text = scenario.explain().to_string();
  EXPECT_THAT(text, HasSubstr("no value to compare with, so it counts against (C-45)"));
  EXPECT_THAT(text, HasSubstr("would need: StringEquals `k:s` to go or to list values (line 2; "
                              "without any it never lets an Allow apply, C-45)"));
}

TEST(ExplanationTextTest, KeysThatAreGivenAreNotMissing) {
  // V-10, C-12: two values, or two keys that differ in letter case, are no value, but are given.
  Scenario scenario = with_identity(R"({"Effect":"Allow","Action":"*",
      "Resource":"arn:aws:s3:::b/${aws:username}/${k:absent}","Condition":{
      "StringEquals":{"k:s":"${aws:username}"}}})");
  scenario.context = {{"aws:username", "Alice"}, {"AWS:UserName", "Bob"}, {"k:s", "Alice"}};
  EXPECT_THAT(scenario.explain().missing_keys(), ElementsAre("k:absent"));
}

TEST(ExplanationTextTest, PrincipalsThatComeOutOtherThanTheyReadSayWhy) {
  const std::string rest = R"("Action":"s3:*","Resource":"*"})";
  const std::string allow = R"({"Effect":"Allow",)";
  const std::string deny = R"({"Effect":"Deny",)";
  // P-28
  EXPECT_THAT(at_bucket("service:logs.amazonaws.com", allow + R"("Principal":{"AWS":"*"},)" + rest)
                  .explain()
                  .to_string(),
              HasSubstr("Principal (line 1) does not name the caller: `*` of `AWS` allows no "
                        "service and no federated caller (P-28)\n"));
  // P-61: the account is the link that is missing.
  const std::string but_alice = deny + R"("NotPrincipal":{"AWS":)";
  EXPECT_THAT(at_bucket(kUser, but_alice + "\"" + kUser + "\"}," + rest).explain().to_string(),
              HasSubstr("NotPrincipal (line 1) does not except the caller: it would have to list "
                        "every link of the caller's chain (P-61)\n"));
  // P-63
  Scenario bounded =
      at_bucket(kUser, but_alice + "[\"" + kUser + "\",\"" + kAccount + "\"]}," + rest);
  EXPECT_THAT(bounded.explain().to_string(), HasSubstr("NotPrincipal (line 1) excepts the caller"));
  bounded.docs.push_back({PolicyType::PermissionsBoundary, doc(kAllowAll), 0, "Edge"});
  EXPECT_THAT(bounded.explain().to_string(),
              HasSubstr("NotPrincipal (line 1) does not except the caller: a permissions boundary "
                        "voids its exceptions (P-63)\n"));
  // Who is not listed at all is told no more than that.
  const Explanation other = at_bucket(kUser, but_alice + "\"" + kRole + "\"}," + rest).explain();
  EXPECT_THAT(other.layers().at(0).statements.at(0).principal_note, IsEmpty());
  EXPECT_THAT(other.to_string(), Not(HasSubstr("NotPrincipal (line 1)")));
}

TEST(ExplanationTextTest, TrustPoliciesSayWhyAProviderIsNotLetIn) {
  const auto text_of = [](const std::string& action, const std::string& principal) {
    Scenario scenario;
    scenario.caller = "federated:accounts.google.com";
    scenario.action = action;
    scenario.resource = "arn:aws:iam::111122223333:role/Target";
    scenario.docs = {
        {PolicyType::RoleTrust,
         doc(R"({"Effect":"Allow","Action":"sts:AssumeRole*","Principal":)" + principal + "}"), 0,
         "Trust"}};
    return scenario.explain().to_string();
  };
  EXPECT_THAT(text_of("sts:AssumeRoleWithWebIdentity", "\"*\""),
              HasSubstr("does not name the caller: `*` lets no federated caller assume a role "
                        "(P-29)\n"));
  EXPECT_THAT(text_of("sts:AssumeRole", R"({"Federated":"accounts.google.com"})"),
              HasSubstr("does not name the caller: a provider is not asked for `sts:AssumeRole` "
                        "itself (E-82)\n"));
}

}  // namespace
}  // namespace writ::test
