#include "writ/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "explanation/scenario.h"
#include "support/html_check.h"
#include "writ/impl/explain_words.h"
#include "writ/impl/html_source.h"
#include "writ/impl/html_writer.h"

namespace writ {
namespace {

using test::doc;
using test::Scenario;
using ::testing::HasSubstr;
using testing::HtmlPage;
using ::testing::Not;
using testing::read_html;

std::string page_of(const Scenario& scenario, const HtmlOptions& options = {},
                    const ExplainOptions& explain_options = {}) {
  std::vector<PolicyText> texts;
  std::map<std::pair<PolicyType, std::uint32_t>, std::uint32_t> counts;
  for (const Scenario::Doc& one : scenario.docs) {
    texts.push_back({one.type, one.level, counts[{one.type, one.level}]++, one.name, one.text});
  }
  return to_html(scenario.request(), scenario.explain(explain_options), texts, options);
}

HtmlPage read(const std::string& page) {
  HtmlPage read = read_html(page);
  EXPECT_EQ(read.problem, "");
  return read;
}

// What the path says about the layer of this title, up to the next one.
std::string station(const HtmlPage& page, std::string_view title) {
  const std::size_t begin = page.text.find(title, page.text.find("The path"));
  const std::size_t end = page.text.find('\n', begin);
  return begin == std::string::npos ? "" : page.text.substr(begin, end - begin);
}

const std::string kAllow = R"({"Effect":"Allow","Action":"*","Resource":"*"})";
const std::string kDeny = R"({"Sid":"No","Effect":"Deny","Action":"s3:*","Resource":"*"})";

TEST(HtmlWriterTest, EscapesWhateverIsNoLiteral) {
  detail::HtmlWriter html;
  html.add("<a title=\"{}\">{}</a>", "\"'<>&", std::string("</script><img src=x onerror=1>"));
  html.add("{}", 42U);
  EXPECT_EQ(html.take(),
            "<a title=\"&quot;&#39;&lt;&gt;&amp;\">&lt;/script&gt;&lt;img src=x "
            "onerror=1&gt;</a>42");
}

TEST(HtmlWriterTest, ShowsByNumberWhatHasNoShapeOrTurnsWriting) {
  detail::HtmlWriter html;
  html.text(
      "a\x01"
      "b\xe2\x80\xae"
      "c\xe2\x80\x8b"
      "d\x7f"
      "e\xc2\x85\n\t\r");
  EXPECT_EQ(html.take(), "a[U+0001]b[U+202E]c[U+200B]d[U+007F]e[U+0085]\n\t[U+000D]");
}

TEST(HtmlWriterTest, ReplacesBytesThatAreNoUtf8) {
  const std::string bad = "\xef\xbf\xbd";
  detail::HtmlWriter html;
  // A lone continuation, an overlong form, a surrogate, beyond the last plane, an early end.
  html.text("\x80|\xc0\xaf|\xed\xa0\x80|\xf5\x80\x80\x80|\xe2\x82");
  EXPECT_EQ(html.take(), bad + "|" + bad + bad + "|" + bad + bad + bad + "|" + bad + bad + bad +
                             bad + "|" + bad + bad);
  detail::HtmlWriter good;
  good.text("\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\x91");
  EXPECT_EQ(good.take(), "\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\x91");
}

std::string shown(std::string_view text, const detail::SourceLines& source) {
  std::string all;
  for (const detail::SourceLine& line : source.lines) {
    all += std::string(line.indent, ' ');
    all += text.substr(line.begin, line.end - line.begin);
    all += '\n';
  }
  return all;
}

TEST(HtmlSourceTest, KeepsLinesAsWritten) {
  const std::string text = "{\r\n  \"a\": 1\n}";
  const detail::SourceLines source = detail::source_lines(text, {});
  EXPECT_FALSE(source.laid_out_anew);
  ASSERT_EQ(source.lines.size(), 3U);
  EXPECT_EQ(source.lines[1].number, 2U);
  EXPECT_EQ(shown(text, source), "{\n  \"a\": 1\n}\n");
}

TEST(HtmlSourceTest, LaysOutTwoStatementsOfOneLine) {
  const std::string text = R"({"Statement":[{"a":"x,{"},{"b":{"c":["\"]","d"]}}],"z":1})";
  const detail::SourceLines source =
      detail::source_lines(text, {text.find("{\"a"), text.find("{\"b")});
  EXPECT_TRUE(source.laid_out_anew);
  EXPECT_EQ(shown(text, source),
            "{\n"
            "  \"Statement\":[\n"
            "    {\"a\":\"x,{\"},\n"
            "    {\n"
            "      \"b\":{\n"
            "        \"c\":[\"\\\"]\",\"d\"]\n"
            "      }\n"
            "    }\n"
            "  ],\n"
            "  \"z\":1\n"
            "}\n");
}

TEST(HtmlSourceTest, LosesNothingWhateverTheBytes) {
  std::mt19937 random(7);
  const std::string alphabet = "{}[],:\"\\ab \n\t\xe2";
  for (int i = 0; i < 3000; ++i) {
    std::string text(random() % 400, ' ');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    const auto without_space = [](std::string from) {
      std::erase_if(from, detail::is_json_space);
      return from;
    };
    const detail::SourceLines source = detail::source_lines(text, {0, 1});
    EXPECT_EQ(without_space(shown(text, source)), without_space(text));
  }
}

TEST(HtmlTest, ShowsAllowWithTheStatementThatDecides) {
  Scenario scenario;
  scenario.docs = {{PolicyType::IdentityBased, doc(kAllow), 0, "reports.json"}};
  const std::string text = page_of(scenario);
  const HtmlPage page = read(text);
  EXPECT_THAT(page.text, HasSubstr("Allowed: s3:GetObject"));
  EXPECT_THAT(page.text, HasSubstr("Decided by reports.json, statement 1"));
  EXPECT_THAT(page.text, HasSubstr("Allow applies, and decides"));
  EXPECT_THAT(station(page, "Identity policies"), HasSubstr("lets it through"));
  EXPECT_THAT(page.text, Not(HasSubstr("Nearest miss")));
  EXPECT_THAT(text, HasSubstr("<details class=\"box good\" id=\"deciding\" open>"));
}

TEST(HtmlTest, MarksTheDenyThatDecidesAndWhatMustGo) {
  Scenario scenario;
  scenario.docs = {{PolicyType::ServiceControl, doc(kAllow + ",\n" + kDeny), 0, "org.json"},
                   {PolicyType::IdentityBased, doc(kAllow)}};
  const HtmlPage page = read(page_of(scenario));
  EXPECT_THAT(page.text, HasSubstr("Denied: s3:GetObject"));
  EXPECT_THAT(page.text, HasSubstr("Deny applies, and decides: nearest miss"));
  EXPECT_THAT(station(page, "Service control policies"), HasSubstr("stops here"));
  EXPECT_THAT(station(page, "Identity policies"), Not(HasSubstr("here")));
}

TEST(HtmlTest, NamesTheElementOfTheNearestMissAtItsLine) {
  Scenario scenario;
  scenario.context = {{"aws:PrincipalTag/team", "Finance"}};
  scenario.docs = {
      {PolicyType::IdentityBased,
       doc("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\n\"Condition\":{\n"
           "\"StringEquals\":{\"aws:PrincipalTag/team\":\"finance\"}}}")}};
  const HtmlPage page = read(page_of(scenario));
  EXPECT_THAT(page.text, HasSubstr("\"finance\"}}}]}\xe2\x9c\x97 does not hold: nearest miss\n"));
  EXPECT_THAT(page.text, HasSubstr("they differ in letter case only"));
  EXPECT_THAT(page.text, HasSubstr("finance"
                                   "Finance"));  // asked and given, side by side
}

struct Stop {
  std::string name;
  Scenario scenario;
  Reason reason;
  std::string title;  ///< of the station where it ends; empty for none
};

std::vector<Stop> stops() {
  const auto with = [](PolicyType type, const std::string& other) {
    Scenario scenario;
    scenario.docs = {{PolicyType::IdentityBased, doc(kAllow)}, {type, doc(other)}};
    return scenario;
  };
  const std::string elsewhere = R"({"Effect":"Allow","Action":"sns:*","Resource":"*"})";
  const std::string for_nobody =
      R"({"Effect":"Allow","Principal":"*","Action":"sns:*","Resource":"*"})";
  Scenario nothing;
  Scenario other_account = with(PolicyType::IdentityBased, kAllow);
  other_account.resource_account = test::kOther;
  Scenario service;
  service.caller = "service:sns.amazonaws.com";
  Scenario root_assumes;
  root_assumes.caller = test::kRoot;
  root_assumes.action = "sts:AssumeRole";
  root_assumes.resource = test::kRole;
  return {
      {"Scp", with(PolicyType::ServiceControl, elsewhere), Reason::NoServiceControlAllow,
       "Service control policies"},
      {"Endpoint", with(PolicyType::VpcEndpoint, for_nobody), Reason::NoEndpointAllow,
       "VPC endpoint policy"},
      {"Identity", nothing, Reason::NoIdentityAllow, "Identity policies"},
      {"Boundary", with(PolicyType::PermissionsBoundary, elsewhere), Reason::NoBoundaryAllow,
       "Permissions boundary"},
      {"Session", with(PolicyType::Session, elsewhere), Reason::NoSessionAllow, "Session policies"},
      {"NoResourcePolicy", other_account, Reason::NoResourcePolicy, "Resource policy"},
      {"Service", service, Reason::NoAllowForService, "Resource policy"},
      {"Root", root_assumes, Reason::RootCannotAssumeRole, ""},
  };
}

TEST(HtmlTest, TellsWhereTheRequestStops) {
  for (const Stop& stop : stops()) {
    SCOPED_TRACE(stop.name);
    EXPECT_EQ(stop.scenario.decide().reason, stop.reason);
    const HtmlPage page = read(page_of(stop.scenario));
    std::size_t here = 0;
    for (std::size_t at = 0; (at = page.text.find("stops here", at)) != std::string::npos; ++at) {
      ++here;
    }
    EXPECT_EQ(here, stop.title.empty() ? 0U : 1U);
    if (!stop.title.empty()) {
      EXPECT_THAT(station(page, stop.title), HasSubstr("stops here"));
    }
  }
}

// E-44: without session policies nothing of the identity path is left.
TEST(HtmlTest, TellsThatAFederatedUserNeedsASessionPolicy) {
  Scenario scenario;
  scenario.caller = test::kFederatedUser;
  scenario.issuer = test::kUser;
  scenario.docs = {{PolicyType::IdentityBased, doc(kAllow)}};
  EXPECT_EQ(scenario.decide().reason, Reason::NoSessionPolicy);
  const HtmlPage page = read(page_of(scenario));
  EXPECT_THAT(station(page, "Session policies"),
              HasSubstr("none: a federated user needs onestops here"));
  EXPECT_THAT(station(page, "Identity policies"), HasSubstr("allows"));

  scenario.docs.push_back({PolicyType::ResourceBased,
                           doc(R"({"Effect":"Allow","Action":"*","Resource":"*","Principal":)" +
                               test::principal_of(scenario.who()) + "}")});
  EXPECT_EQ(scenario.decide().reason, Reason::AllowedByResource);
  EXPECT_THAT(station(read(page_of(scenario)), "Session policies"),
              HasSubstr("none: only resource policies can allow"));
}

// E-50, E-82, E-90, E-91; E-44 for whom root issued.
TEST(HtmlTest, TellsThatCallersWithoutIdentityPoliciesAreNotBoundByThem) {
  const std::string unbound = "does not bind this request";
  for (const char* caller : {"*", "service:sns.amazonaws.com", "federated:cognito.example"}) {
    SCOPED_TRACE(caller);
    Scenario scenario;
    scenario.caller = caller;
    scenario.docs = {{PolicyType::PermissionsBoundary, doc(kAllow)},
                     {PolicyType::Session, doc(kAllow)}};
    const HtmlPage page = read(page_of(scenario));
    for (const char* title : {"Identity policies", "Permissions boundary", "Session policies"}) {
      EXPECT_THAT(station(page, title), HasSubstr(unbound));
    }
    EXPECT_THAT(station(page, "Resource policy"), HasSubstr("stops here"));
    scenario.docs = {{PolicyType::IdentityBased, doc(kDeny)}};
    EXPECT_THAT(station(read(page_of(scenario)), "Identity policies"), HasSubstr("denies"));
  }

  Scenario root;
  root.caller = test::kRoot;
  EXPECT_EQ(root.decide().reason, Reason::AllowedAsRoot);
  const HtmlPage page = read(page_of(root));
  EXPECT_THAT(station(page, "Identity policies"),
              HasSubstr("allows root by default (E-50)lets it through"));
  root.docs = {{PolicyType::ServiceControl, doc(kDeny)}};
  EXPECT_THAT(station(read(page_of(root)), "Identity policies"), HasSubstr(unbound));

  Scenario issued;
  issued.caller = test::kFederatedUser;
  issued.issuer = test::kRoot;
  issued.docs = {{PolicyType::Session, doc(kAllow)}};
  EXPECT_EQ(issued.decide().reason, Reason::AllowedBySession);
  const HtmlPage by_root = read(page_of(issued));
  EXPECT_THAT(station(by_root, "Identity policies"), HasSubstr(unbound));
  EXPECT_THAT(station(by_root, "Session policies"), HasSubstr("lets it through"));

  EXPECT_THAT(station(read(page_of(Scenario())), "Identity policies"), HasSubstr("does not allow"));
}

// E-21: each level must allow, so their order says nothing.
TEST(HtmlTest, GivesAStationTheLooksOfAllItsLevels) {
  const std::string other = R"({"Effect":"Allow","Action":"sns:*","Resource":"*"})";
  const auto looks = [](std::vector<std::string> levels) {
    Scenario scenario;
    for (std::uint32_t i = 0; i < levels.size(); ++i) {
      scenario.docs.push_back({PolicyType::ServiceControl, doc(levels[i]), i});
    }
    // By which the request stops, so that it does not stop at the organization's.
    scenario.docs.push_back({PolicyType::IdentityBased, doc(kDeny)});
    const std::string text = page_of(scenario);
    const std::size_t link =
        text.find("href=\"#layer-" + std::string(to_string(PolicyType::ServiceControl)));
    const std::size_t begin = text.rfind("<div class=\"", link) + 12;
    return text.substr(begin, text.find('"', begin) - begin);
  };
  EXPECT_EQ(looks({other, kAllow}), "station ");
  EXPECT_EQ(looks({kAllow, other}), "station ");
  EXPECT_EQ(looks({kAllow, kAllow}), "station good");
  EXPECT_EQ(looks({kDeny, kAllow, other}), "station bad key");
  EXPECT_EQ(looks({other, kAllow, kDeny}), "station bad key");
}

TEST(HtmlTest, NamesNotPrincipal) {
  Scenario scenario;
  const auto deny = [&scenario](const std::string& but) {
    scenario.docs = {
        {PolicyType::IdentityBased, doc(kAllow)},
        {PolicyType::ResourceBased,
         doc(R"({"Effect":"Deny","Action":"*","Resource":"*","NotPrincipal":{"AWS":")" + but +
             "\"}}")}};
  };
  deny("arn:aws:iam::111122223333:user/Bob");
  const HtmlPage denied = read(page_of(scenario));
  EXPECT_THAT(denied.text,
              HasSubstr("NotPrincipalsee line 1" + test::kUser + "\xe2\x9c\x93 matches"));
  deny(test::kUser + "\",\"" + test::kRoot);
  scenario.docs[1].text.replace(scenario.docs[1].text.find("{\"AWS\":"), 7, "{\"AWS\":[");
  scenario.docs[1].text.replace(scenario.docs[1].text.rfind("\"}}"), 3, "\"]}}");
  const HtmlPage allowed = read(page_of(scenario));
  EXPECT_THAT(allowed.text, HasSubstr("\xe2\x9c\x97 NotPrincipal does not match"));
  EXPECT_THAT(scenario.explain().to_string(),
              HasSubstr("NotPrincipal (line 1) excepts the caller"));
}

TEST(CodeSpanTest, QuotesWhateverTheText) {
  for (const std::string text : {"plain", "a`b", "`", "``x`", " spaces ", "`` ` ```", " `"}) {
    const std::string span = detail::code_span(text);
    std::string rest_of = span + " and `more`";
    std::string_view rest = rest_of;
    EXPECT_EQ(detail::take_code_span(rest), text) << span;
    EXPECT_EQ(rest, " and `more`") << span;
  }
  EXPECT_EQ(detail::code_span(""), "an empty value");
  std::string_view cut = "``never ended ` and";
  EXPECT_EQ(detail::take_code_span(cut), "never ended ` and");
  EXPECT_EQ(cut, "");
}

TEST(HtmlTest, KeepsCodeAndProseOfTheNearestMissApart) {
  Scenario scenario;
  scenario.context = {{"aws:username", "b``c"}};
  scenario.docs = {{PolicyType::IdentityBased,
                    doc(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":)"
                        R"({"StringEquals":{"aws:username":["a`","x"]}}})"),
                    0, "with`tick"}};
  const std::string text = page_of(scenario);
  const HtmlPage page = read(text);
  EXPECT_THAT(text,
              HasSubstr("identity <code>with`tick</code> statement 1 would need: StringEquals "
                        "<code>aws:username</code> to hold (line 1; it asks for "
                        "<code>a`</code>, <code>x</code>, the request has "
                        "<code>b``c</code>)</li>"));
}

TEST(HtmlTest, ListsEveryLayerInTheOrderOfTheWalk) {
  Scenario scenario;
  const HtmlPage page = read(page_of(scenario));
  std::size_t last = 0;
  for (const char* title : {"Service control policies", "Resource control policies",
                            "Resource policy", "Identity policies", "Permissions boundary",
                            "Session policies", "VPC endpoint policy", "Decision"}) {
    const std::size_t at = page.text.find(title);
    ASSERT_NE(at, std::string::npos) << title;
    EXPECT_GT(at, last) << title;
    last = at;
  }
  scenario.action = "sts:AssumeRole";
  scenario.resource = test::kRole;
  scenario.docs = {{PolicyType::RoleTrust,
                    doc(R"({"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"})")}};
  const HtmlPage trust = read(page_of(scenario));
  EXPECT_THAT(trust.text, HasSubstr("Trust policy"));
  EXPECT_THAT(trust.text, Not(HasSubstr("Resource policy")));
}

const std::string kHostile = "</script><img src=x onerror=alert(1)>\"'&amp;<!--\xe2\x80\xae";

TEST(HtmlTest, KeepsHostileTextsTexts) {
  Scenario scenario;
  const std::string escaped = R"(</script><img src=x onerror=alert(1)>\"'&amp;<!--)";
  scenario.context = {{"aws:PrincipalTag/" + kHostile, kHostile}, {"aws:username", kHostile}};
  scenario.resource = "arn:aws:s3:::b/" + kHostile;
  scenario.docs = {{PolicyType::ServiceControl,
                    doc("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}"), 0, kHostile},
                   {PolicyType::IdentityBased,
                    doc("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{"
                        "\"StringEquals\":{\"aws:PrincipalTag/" +
                        escaped + "\":\"" + escaped + "\"}}}"),
                    0, kHostile + "\n\x01"}};
  for (const bool is_allowed : {true, false}) {
    if (!is_allowed) scenario.context.clear();
    const std::string text = page_of(scenario);
    const HtmlPage page = read(text);
    EXPECT_EQ(page.count("script"), 0U);
    EXPECT_EQ(page.count("img"), 0U);
    EXPECT_EQ(page.scripts, "");
    EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
    EXPECT_THAT(page.text, HasSubstr("onerror=alert(1)>"));
    EXPECT_THAT(page.text, HasSubstr("[U+202E]"));
  }
}

TEST(HtmlTest, ForbidsItselfEverythingButStyle) {
  const HtmlPage page = read(page_of(Scenario()));
  const auto is_policy = [](const testing::HtmlTag& tag) {
    return tag.name == "meta" && tag.attributes.contains("http-equiv");
  };
  const auto tag = std::find_if(page.tags.begin(), page.tags.end(), is_policy);
  ASSERT_NE(tag, page.tags.end());
  EXPECT_EQ(tag->attributes.at("content"),
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'");
  EXPECT_EQ(page.count("script") + page.count("link") + page.count("form"), 0U);
}

TEST(HtmlTest, SaysWhatItLeavesOut) {
  Scenario scenario;
  std::string actions = "\"s3:GetObject\"";
  for (int i = 0; i < 9; ++i) actions += ",\"sns:A" + std::to_string(i) + "\"";
  scenario.context = {{"aws:username", std::string(100, 'x')}};
  scenario.docs = {{PolicyType::IdentityBased,
                    doc("{\"Effect\":\"Allow\",\"Action\":[" + actions + "],\"Resource\":\"*\"}")}};
  HtmlOptions options;
  options.max_value_bytes = 40;
  options.max_values = 4;
  options.max_document_bytes = 50;
  const HtmlPage page = read(page_of(scenario, options));
  EXPECT_THAT(page.text, HasSubstr(std::string(40, 'x') + " and 60 more bytes"));
  EXPECT_THAT(page.text, HasSubstr("sns:A2and 6 more"));
  EXPECT_THAT(page.text, HasSubstr("is left out: more than 50."));

  Scenario many;
  std::string statements = kAllow;
  for (int i = 0; i < 9; ++i) {
    statements += R"(,{"Effect":"Allow","Action":"sns:Publish","Resource":"*"})";
  }
  many.docs = {{PolicyType::IdentityBased, doc(statements)}};
  const HtmlPage listed = read(page_of(many, {}, {.max_unrelated_statements = 2}));
  EXPECT_THAT(listed.text, HasSubstr("9 statements do not cover the action"));
  EXPECT_THAT(listed.text, HasSubstr("7 of them are not listed."));
}

TEST(HtmlTest, TakesTextsThatAreNotWhatWasParsed) {
  Scenario scenario;
  scenario.docs = {{PolicyType::IdentityBased, doc(kAllow + "," + kDeny)}};
  const Explanation explanation = scenario.explain();
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    std::string text(random() % 300, ' ');
    for (char& c : text) c = static_cast<char>(random());
    const PolicyText wrong[] = {{PolicyType::IdentityBased, 0, 0, text, text},
                                {PolicyType::Session, 9, 9, text, text}};
    // A statement may have no line to stand at, so links may lead nowhere; nothing else is amiss.
    const HtmlPage page = read_html(to_html(scenario.request(), explanation, wrong));
    if (!page.problem.empty()) {
      EXPECT_THAT(page.problem, HasSubstr("a link to nowhere"));
    }
  }
  EXPECT_EQ(read_html(to_html(scenario.request(), explanation)).problem, "");
}

}  // namespace
}  // namespace writ
