// What a place in the folder means, and that it is all or nothing. policy_directory_events_test.cc
// has what is noticed.
#include "writ/policy_directory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "folder.h"

namespace writ {
namespace {

using test::allow;
using test::allow_to;
using test::ask;
using test::at_once;
using test::deny;
using test::document;
using test::Folder;
using test::may;
using test::refused;

/// An Allow as the kind of policy wants it: a VPC endpoint's policy names principals.
std::string allow_in(const std::string& name, const std::string& action) {
  return name.rfind("endpoint/", 0) == 0 ? allow_to("*", action) : allow(action);
}
std::string deny_to_all() { return test::deny_to("*", "s3:*"); }

TEST(PolicyDirectoryTest, EachFolderIsALayer) {
  Folder folder;
  folder.write("identity/a.json", document({allow("s3:*")}));
  folder.write("boundary/b.json", document({allow("s3:*")}));
  folder.write("session/c.json", document({allow("s3:*")}));
  folder.write("scp/0/d.json", document({allow("s3:*")}));
  folder.write("scp/1/e.json", document({allow("s3:*")}));
  folder.write("rcp/0/f.json", document({test::deny_to("*", "s3:PutObject")}));
  folder.write("resource/g.json", document({test::deny_to("*", "s3:GetObjectAcl")}));
  folder.write("endpoint/h.json", document({allow_to("*", "s3:*")}));
  auto directory = PolicyDirectory::open(folder.path(), at_once());
  ASSERT_TRUE(directory.has_value()) << directory.error().to_string();
  EXPECT_TRUE(may(*directory, "s3:GetObject"));
  EXPECT_EQ(ask(*directory, "s3:PutObject").statement.layer, PolicyType::ResourceControl);
  EXPECT_EQ(ask(*directory, "s3:GetObjectAcl").statement.layer, PolicyType::ResourceBased);
  const auto without = [&](const std::string& name, Reason reason) {
    folder.write(name, document({allow_in(name, "sqs:*")}));
    EXPECT_EQ(directory->process(), DirectoryChange::Published) << refused(*directory);
    EXPECT_EQ(ask(*directory, "s3:GetObject").reason, reason) << name;
    folder.write(name, document({allow_in(name, "s3:*")}));
    EXPECT_EQ(directory->process(), DirectoryChange::Published) << refused(*directory);
  };
  without("identity/a.json", Reason::NoIdentityAllow);
  without("boundary/b.json", Reason::NoBoundaryAllow);
  without("session/c.json", Reason::NoSessionAllow);
  without("scp/0/d.json", Reason::NoServiceControlAllow);
  without("scp/1/e.json", Reason::NoServiceControlAllow);
  without("endpoint/h.json", Reason::NoEndpointAllow);
}

TEST(PolicyDirectoryTest, TrustPolicyIsOfTheResource) {
  Folder folder;
  folder.write("trust/role.json",
               document({test::statement("Allow", "*", "sts:AssumeRole", "", "")}));
  auto directory = PolicyDirectory::open(folder.path(), at_once());
  ASSERT_TRUE(directory.has_value()) << directory.error().to_string();
  const Result<Caller> alice = Caller::from_arn(test::kAlice);
  const Result<Request> request = RequestBuilder(*alice, "sts:AssumeRole", test::kRole).build();
  auto reader = directory->reader();
  const Decision decision = reader.pin()->evaluate(*request);
  EXPECT_EQ(decision.reason, Reason::AllowedByTrustOrKey);
  EXPECT_EQ(decision.statement.layer, PolicyType::RoleTrust);
}

TEST(PolicyDirectoryTest, ExplanationsNameTheFile) {
  Folder folder;
  folder.write("identity/read.json", document({deny("s3:*")}));
  auto directory = PolicyDirectory::open(folder.path(), at_once());
  ASSERT_TRUE(directory.has_value());
  const Result<Caller> alice = Caller::from_arn(test::kAlice);
  const Result<Request> request = RequestBuilder(*alice, "s3:GetObject", test::kObject).build();
  auto reader = directory->reader();
  EXPECT_EQ(reader.pin()->explain(*request).deciding_statement()->policy, "identity/read.json");
}

// E-1: the folder makes the layer present, its files make it allow.
TEST(PolicyDirectoryTest, EmptyLayerAllowsNothing) {
  Folder folder;
  folder.write("identity/a.json", document({allow("s3:*")}));
  folder.write("boundary/b.json", document({allow("s3:*")}));
  auto directory = PolicyDirectory::open(folder.path(), at_once());
  ASSERT_TRUE(directory.has_value());
  EXPECT_TRUE(may(*directory, "s3:GetObject"));
  folder.remove("boundary/b.json");
  EXPECT_EQ(directory->process(), DirectoryChange::Published);
  EXPECT_EQ(ask(*directory, "s3:GetObject").reason, Reason::NoBoundaryAllow);
  folder.remove("boundary");
  EXPECT_EQ(directory->process(), DirectoryChange::Published);
  EXPECT_TRUE(may(*directory, "s3:GetObject"));
}

TEST(PolicyDirectoryTest, BadFileKeepsTheLastGoodStack) {
  Folder folder;
  folder.write("identity/a.json", document({allow("s3:Get*")}));
  folder.write("identity/b.json", document({allow("s3:Put*")}));
  auto directory = PolicyDirectory::open(folder.path(), at_once());
  ASSERT_TRUE(directory.has_value());
  folder.write("identity/a.json",
               "{\"Version\": \"2012-10-17\",\n \"Statement\": [{\"Effect\": \"No\"}]}");
  EXPECT_EQ(directory->process(), DirectoryChange::Refused);
  ASSERT_EQ(directory->errors().size(), 1U);
  const DocumentError& error = directory->errors().front();
  EXPECT_EQ(error.document, "identity/a.json");
  EXPECT_EQ(error.error.code, ErrorCode::InvalidEffect);
  EXPECT_EQ(error.error.position.line, 2U);
  EXPECT_EQ(error.error.json_pointer, "/Statement/0/Effect");
  EXPECT_EQ(error.to_string().rfind("identity/a.json:2:", 0), 0U) << error.to_string();
  EXPECT_TRUE(may(*directory, "s3:GetObject"));

  // A good change beside it waits: the two may belong together.
  folder.write("identity/b.json", document({deny("s3:*")}));
  EXPECT_EQ(directory->process(), DirectoryChange::None);
  EXPECT_TRUE(may(*directory, "s3:GetObject"));
  EXPECT_TRUE(may(*directory, "s3:PutObject"));

  folder.write("identity/a.json", document({allow("s3:*")}));
  EXPECT_EQ(directory->process(), DirectoryChange::Published);
  EXPECT_EQ(refused(*directory), "");
  EXPECT_EQ(ask(*directory, "s3:GetObject").outcome, Outcome::ExplicitDeny);
}

TEST(PolicyDirectoryTest, MendedWithoutAChangeIsTold) {
  Folder folder;
  const std::string good = document({allow("s3:*")});
  folder.write("identity/a.json", good);
  auto directory = PolicyDirectory::open(folder.path(), at_once());
  ASSERT_TRUE(directory.has_value());
  folder.write("identity/a.json", "{");
  EXPECT_EQ(directory->process(), DirectoryChange::Refused);
  folder.write("identity/a.json", good);
  EXPECT_EQ(directory->process(), DirectoryChange::Published);
  folder.write("identity/a.json", good);
  EXPECT_EQ(directory->process(), DirectoryChange::None);
}

TEST(PolicyDirectoryTest, AllErrorsAreListed) {
  Folder folder;
  folder.write("identity/good.json", document({allow("s3:*")}));
  auto directory = PolicyDirectory::open(folder.path(), at_once());
  ASSERT_TRUE(directory.has_value());
  folder.write("README.md", "about");
  folder.write("idenity/a.json", document({deny("*")}));
  folder.write("identity/a.txt", "text");
  folder.write("identity/b.json", "{");
  folder.write("identity/deep/c.json", document({deny("*")}));
  folder.write("scp/one/d.json", document({deny("*")}));
  folder.write("rcp/01/e.json", document({deny_to_all()}));
  folder.write("rcp/1/e.json", document({deny_to_all()}));
  folder.write("resource/f.json", document({deny_to_all()}));
  folder.write("resource/g.json", document({deny_to_all()}));
  EXPECT_EQ(directory->process(), DirectoryChange::Refused);
  EXPECT_EQ(refused(*directory),
            "README.md INVALID_FILE, idenity INVALID_FILE, identity/a.txt INVALID_FILE, "
            "identity/b.json JSON_SYNTAX_ERROR, identity/deep INVALID_FILE, rcp/0 INVALID_FILE, "
            "rcp/01 INVALID_FILE, resource/g.json INVALID_FILE, scp INVALID_FILE, "
            "scp/one INVALID_FILE");
  EXPECT_TRUE(may(*directory, "s3:GetObject"));
}

TEST(PolicyDirectoryTest, OpenFailsWithAnyBadFile) {
  Folder folder;
  folder.write("identity/a.json", document({allow("s3:*")}));
  folder.write("identity/b.json", "{");
  const auto directory = PolicyDirectory::open(folder.path(), at_once());
  ASSERT_FALSE(directory.has_value());
  EXPECT_EQ(directory.error().document, folder.path() + "/identity/b.json");
  EXPECT_EQ(directory.error().error.code, ErrorCode::JsonSyntaxError);
}

TEST(PolicyDirectoryTest, OpenFailsWithoutAFolderOrPolicies) {
  Folder folder;
  const auto empty = PolicyDirectory::open(folder.path(), at_once());
  ASSERT_FALSE(empty.has_value());
  EXPECT_EQ(empty.error().to_string(),
            folder.path() + ": INVALID_FILE: the folder holds no policies");
  const auto missing = PolicyDirectory::open(folder.path() + "/none", at_once());
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().error.code, ErrorCode::InvalidFile);
  folder.write("file", "");
  EXPECT_FALSE(PolicyDirectory::open(folder.path() + "/file", at_once()).has_value());
}

TEST(PolicyDirectoryTest, HiddenFilesAndBackupsAreIgnored) {
  Folder folder;
  folder.write("identity/a.json", document({allow("s3:*")}));
  folder.write("identity/.a.json.swp", "x");
  folder.write("identity/a.json~", "x");
  folder.write(".git/config", "x");
  const auto directory = PolicyDirectory::open(folder.path() + '/', at_once());
  EXPECT_TRUE(directory.has_value()) << directory.error().to_string();
}

TEST(PolicyDirectoryTest, WhatIsNoFileIsRefusedAndDoesNotBlock) {
  Folder folder;
  folder.write("identity/a.json", document({allow("s3:*")}));
  ASSERT_EQ(::mkfifo(folder.at("identity/pipe.json").c_str(), 0600), 0);
  const auto directory = PolicyDirectory::open(folder.path(), at_once());
  ASSERT_FALSE(directory.has_value());
  EXPECT_EQ(directory.error().document, folder.path() + "/identity/pipe.json");
}

TEST(PolicyDirectoryTest, LimitsOfTheParserHold) {
  Folder folder;
  folder.write("identity/a.json", document({allow("s3:*")}));
  PolicyDirectoryOptions options = at_once();
  options.parse.max_bytes = 10;
  const auto directory = PolicyDirectory::open(folder.path(), options);
  ASSERT_FALSE(directory.has_value());
  EXPECT_EQ(directory.error().error.code, ErrorCode::LimitExceeded);
}

// A document that loads and cannot be compiled is named.
TEST(PolicyDirectoryTest, ADocumentThatIsTooLargeForASetIsNamed) {
  std::string wildcards;
  for (int i = 0; i < 600'000; ++i) wildcards += "*a";
  Folder folder;
  folder.write("identity/a.json", document({allow("s3:*")}));
  folder.write("identity/long.json", document({allow("s3:*", "arn:aws:s3:::" + wildcards)}));
  folder.write("identity/z.json", document({allow("s3:*")}));
  const auto directory = PolicyDirectory::open(folder.path(), at_once());
  ASSERT_FALSE(directory.has_value());
  EXPECT_EQ(directory.error().error.code, ErrorCode::LimitExceeded);
  EXPECT_NE(directory.error().error.message.find("long.json"), std::string::npos)
      << directory.error().to_string();
}

TEST(PolicyDirectoryTest, PollingNoticesWithoutEvents) {
  Folder folder;
  folder.write("identity/a.json", document({allow("s3:Get*")}));
  PolicyDirectoryOptions options = at_once();
  options.watch = Watch::Poll;
  auto directory = PolicyDirectory::open(folder.path(), options);
  ASSERT_TRUE(directory.has_value());
  EXPECT_EQ(directory->fd(), -1);
  EXPECT_EQ(directory->process(), DirectoryChange::None);
  folder.write("identity/a.json", document({allow("s3:Put*")}));
  EXPECT_EQ(directory->process(), DirectoryChange::Published);
  EXPECT_TRUE(may(*directory, "s3:PutObject"));
  folder.remove("identity/a.json");
  EXPECT_EQ(directory->process(), DirectoryChange::Published);
  EXPECT_FALSE(may(*directory, "s3:PutObject"));
}

TEST(PolicyDirectoryTest, DirectoryCanBeMoved) {
  Folder folder;
  folder.write("identity/a.json", document({allow("s3:*")}));
  auto opened = PolicyDirectory::open(folder.path(), at_once());
  ASSERT_TRUE(opened.has_value());
  PolicyDirectory directory = *std::move(opened);
  folder.write("identity/a.json", document({deny("s3:*")}));
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
  EXPECT_FALSE(may(directory, "s3:GetObject"));
}

}  // namespace
}  // namespace writ
