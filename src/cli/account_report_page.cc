#include "cli/account_report_page.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "writ/impl/html_style.h"
#include "writ/impl/html_writer.h"
#include "writ/parse.h"

namespace writ::cli {
namespace {

using detail::HtmlWriter;
using detail::Markup;

/// Without it the page is plain tables. Its hash stands in the policy below; tests/html holds the
/// two together.
constexpr Markup kSearchScript = R"(
const box = document.getElementById("search");
const told = document.getElementById("told");
const rows = [...document.querySelectorAll("tr.row")].map(row => [row, row.textContent.toLowerCase()]);
document.getElementById("tool").hidden = false;
box.addEventListener("input", () => {
  const words = box.value.toLowerCase().split(/\s+/);
  let shown = 0;
  for (const [row, text] of rows) {
    row.hidden = !words.every(word => text.includes(word));
    if (!row.hidden) ++shown;
  }
  told.textContent = `${shown} of ${rows.length} rows`;
});
)";
constexpr Markup kOnlyThatScript =
    "default-src 'none'; style-src 'unsafe-inline'; script-src "
    "'sha256-zM+8Jb4MicadQ/oAeyugHUbhliiNyseuHI0UXbZ5hXk='; base-uri 'none'; form-action 'none'";

constexpr Markup kReportStyle = R"(
#tool{margin:1rem 0}#tool label{font-weight:600;display:block}
#search{font:inherit;width:100%;max-width:40rem;padding:.4rem .6rem;background:var(--bg);
color:var(--fg);border:1px solid var(--line);border-radius:.4rem}
[hidden]{display:none!important}td p{margin:0}
@media (min-width:64rem){thead th{min-width:7rem}thead th:first-child{min-width:15rem}
thead th:nth-child(2){min-width:8rem}}
@media print{#tool{display:none}}
)";

class ReportPage {
 public:
  ReportPage(const Account& account, const ReportOptions& options)
      : account_(account), options_(options) {}

  [[nodiscard]] Result<Report> run() {
    detail::begin_page(html_, "Who can do what", kOnlyThatScript, kReportStyle);
    add_head();
    html_.raw("<main id=\"main\">\n<div id=\"tool\" hidden><label for=\"search\">Search</label>");
    html_.raw("<input id=\"search\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\">");
    html_.raw("<p><output id=\"told\" for=\"search\"></output></p></div>\n");
    if (!options_.actions.empty()) {
      if (std::optional<PolicyError> error = add_decisions()) return *std::move(error);
    }
    add_statements();
    add_limits();
    html_.raw("</main>\n<footer><p>Made by writ report.</p></footer>\n<script>");
    html_.raw(kSearchScript);
    html_.raw("</script>\n</body>\n</html>\n");
    report_.html = html_.take();
    return std::move(report_);
  }

 private:
  void add_head() {
    const AccountStats& stats = account_.stats();
    html_.raw("<header>\n<h1>Who can do what</h1>\n<p>Account");
    html_.raw(account_.account_ids().size() == 1 ? Markup(" ") : Markup("s "));
    std::string_view comma;
    for (const std::string& id : account_.account_ids()) {
      html_.add("{}<code>{}</code>", comma, id);
      comma = ", ";
    }
    html_.add(": {} users, {} roles, {} managed and {} inline policies.</p>\n</header>\n",
              stats.users, stats.roles, stats.managed_policies, stats.inline_policies);
  }

  void begin_section(Markup id, std::string_view title, std::string_view words) {
    html_.raw("<section aria-labelledby=\"");
    html_.raw(id);
    html_.raw("\">\n<h2 id=\"");
    html_.raw(id);
    html_.add("\">{}</h2>\n<p>{}</p>\n<table class=\"stack\">\n<thead><tr>", title, words);
  }
  void columns(std::span<const std::string_view> names) {
    for (const std::string_view name : names) html_.add("<th scope=\"col\">{}</th>", name);
    html_.raw("</tr></thead>\n<tbody>\n");
  }
  void end_section(std::size_t left_out) {
    html_.raw("</tbody>\n</table>\n");
    if (left_out != 0) html_.add("<p>{} more rows are left out.</p>\n", left_out);
    report_.left_out += left_out;
    html_.raw("</section>\n");
  }
  void cell(std::string_view name) { html_.add("</td><td data-name=\"{}\">", name); }

  /// A list of codes, one below the other.
  template <class Values, class Projection>
  void add_list(const Values& values, Projection projection) {
    constexpr std::size_t kMost = 50;
    html_.raw("<ul class=\"values\">");
    std::size_t shown = 0;
    for (const auto& value : values) {
      if (shown++ == kMost) break;
      html_.add("<li><code>{}</code></li>", std::string_view(projection(value)));
    }
    if (values.size() > kMost) html_.add("<li>and {} more</li>", values.size() - kMost);
    html_.raw("</ul>");
  }

  // Decisions.

  std::optional<PolicyError> add_decisions() {
    begin_section("decisions", "Decided",
                  "Each user and role asked for each action and resource, with the condition keys "
                  "that the account knows.");
    columns(std::array<std::string_view, 5>{"Principal", "Action", "Resource", "Decision", "Why"});
    const std::string_view star[] = {"*"};
    const std::span<const std::string_view> resources =
        options_.resources.empty() ? std::span<const std::string_view>(star) : options_.resources;
    std::size_t left_out = 0;
    for (const AccountPrincipal& principal : account_.principals()) {
      for (const std::string_view action : options_.actions) {
        for (const std::string_view resource : resources) {
          if (report_.decisions == options_.max_rows) {
            ++left_out;
            continue;
          }
          if (std::optional<PolicyError> error = add_decision(principal, action, resource)) {
            return error;
          }
        }
      }
    }
    end_section(left_out);
    return std::nullopt;
  }

  std::optional<PolicyError> add_decision(const AccountPrincipal& principal,
                                          std::string_view action, std::string_view resource) {
    const Result<Caller> caller = account_.caller(principal.arn);
    if (!caller) return caller.error();
    RequestBuilder builder(*caller, ActionName(action), resource);
    // Holds the values that the request borrows.
    const std::vector<AccountKey> keys = account_.set_keys(builder, *caller, &principal, resource);
    const Result<Request> request = builder.build();
    if (!request) return request.error();
    const AccountPolicies policies = account_.policies(&principal, *request);
    const Decision decision = evaluate(*request, policies.applied);
    ++report_.decisions;
    html_.add("<tr class=\"row\"><th scope=\"row\"><code>{}</code></th><td data-name=\"Action\">",
              principal.arn);
    html_.add("<code>{}</code>", action);
    cell("Resource");
    html_.add("<code>{}</code>", resource);
    cell("Decision");
    html_.add("<span class=\"{}\">{} {}</span>", decision.is_allowed() ? "good" : "bad",
              decision.is_allowed() ? "\xe2\x9c\x93" : "\xe2\x9c\x97", to_string(decision.outcome));
    cell("Why");
    html_.add("{} ({})", to_string(decision.reason), rule_of(decision.reason));
    if (const AccountPolicy* policy = policies.find(decision.statement)) {
      html_.add(": <code>{}</code> statement {}", policy->name, decision.statement.statement + 1);
    }
    html_.raw("</td></tr>\n");
    return std::nullopt;
  }

  // Statements.

  void add_statements() {
    begin_section(
        "statements", "What policies say",
        "Each statement that reaches a user or role, and those of trust and resource "
        "policies. A row alone decides nothing: a Deny or a limit below can take it away.");
    columns(std::array<std::string_view, 6>{"Principal", "Effect", "Actions", "Resources",
                                            "Conditions", "Policy"});
    left_out_ = 0;
    for (const AccountPrincipal& principal : account_.principals()) {
      for (const std::uint32_t policy : principal.policies) {
        add_policy(policy, principal.arn, group_of(principal, policy));
      }
      if (principal.trust_policy != AccountPrincipal::kNone) {
        add_policy(principal.trust_policy, "", "");
      }
    }
    for (const AccountResource& resource : account_.resources()) {
      if (resource.policy != AccountResource::kNone) add_policy(resource.policy, "", "");
    }
    end_section(left_out_);
  }

  /// The group that a principal has a policy by, or nothing when it has it itself.
  [[nodiscard]] std::string_view group_of(const AccountPrincipal& principal,
                                          std::uint32_t policy) const {
    for (const std::uint32_t group : principal.groups) {
      const std::vector<std::uint32_t>& own = account_.groups()[group].policies;
      if (std::find(own.begin(), own.end(), policy) != own.end()) {
        return account_.groups()[group].name;
      }
    }
    return {};
  }

  [[nodiscard]] const PolicyDocument* document(std::uint32_t policy) {
    const auto found = documents_.find(policy);
    if (found != documents_.end()) return &found->second;
    const AccountPolicy& text = account_.all_policies()[policy];
    Result<PolicyDocument> parsed = parse_policy(text.text, text.type);
    // It was read when the account was loaded.
    if (!parsed) return nullptr;
    return &documents_.emplace(policy, std::move(parsed).value()).first->second;
  }

  /// `who` is empty for policies that name their principals themselves.
  void add_policy(std::uint32_t index, std::string_view who, std::string_view group) {
    const PolicyDocument* parsed = document(index);
    if (parsed == nullptr) return;
    const AccountPolicy& policy = account_.all_policies()[index];
    std::size_t number = 0;
    for (const Statement& statement : parsed->statements()) {
      ++number;
      if (report_.statements == options_.max_rows) {
        ++left_out_;
        continue;
      }
      ++report_.statements;
      html_.raw("<tr class=\"row\"><th scope=\"row\">");
      if (who.empty()) {
        add_principal(statement.principal);
      } else {
        html_.add("<code>{}</code>", who);
      }
      html_.raw("</th><td data-name=\"Effect\">");
      const bool allows = statement.effect == Effect::Allow;
      html_.add("<span class=\"{}\">{} {}</span>", allows ? "good" : "bad",
                allows ? "\xe2\x9c\x93" : "\xe2\x9c\x97", to_string(statement.effect));
      cell("Actions");
      add_patterns(statement.action);
      cell("Resources");
      add_patterns(statement.resource);
      if (!statement.resource.present) html_.add("<code>{}</code>", policy.owner);
      cell("Conditions");
      add_conditions(statement.conditions);
      cell("Policy");
      html_.add("<code>{}</code> statement {}", policy.name, number);
      if (statement.has_sid) html_.add(" <code>{}</code>", statement.sid.value);
      if (!group.empty()) html_.add(" by group <code>{}</code>", group);
      html_.raw("</td></tr>\n");
    }
  }

  void add_principal(const PrincipalElement& principal) {
    if (principal.negated) html_.raw("<p>all but</p>");
    if (principal.everyone) html_.raw("<code>*</code>");
    for (const PrincipalMember& member : principal.members) {
      html_.add("<p>{}</p>", to_string(member.kind));
      add_list(member.values, [](const Text& text) { return text.value; });
    }
  }
  void add_patterns(const PatternList& list) {
    if (!list.present) return;
    if (list.negated) html_.raw("<p>all but</p>");
    add_list(list.values, [](const Text& text) { return text.value; });
  }
  void add_conditions(std::span<const ConditionTest> tests) {
    for (const ConditionTest& test : tests) {
      html_.add("<p><code>{}</code> <code>{}</code></p>", test.operator_text.value, test.key.value);
      add_list(test.values, [](const ConditionValue& value) { return value.text; });
    }
  }

  // Limits.

  void add_limits() {
    begin_section("limits", "What limits them",
                  "The permissions boundary of each user and role, and the organization's policies "
                  "of its account, root first.");
    columns(std::array<std::string_view, 4>{"Principal", "Boundary", "Service control policies",
                                            "Resource control policies"});
    std::size_t rows = 0;
    std::size_t left_out = 0;
    for (const AccountPrincipal& principal : account_.principals()) {
      if (rows++ >= options_.max_rows) {
        ++left_out;
        continue;
      }
      html_.add("<tr class=\"row\"><th scope=\"row\"><code>{}</code></th>", principal.arn);
      html_.raw("<td data-name=\"Boundary\">");
      if (principal.boundary_policy == AccountPrincipal::kNone) {
        html_.raw("none");
      } else {
        html_.add("<code>{}</code>", account_.all_policies()[principal.boundary_policy].name);
      }
      const AccountPlace* place = account_.find_place(principal.account);
      cell("Service control policies");
      add_levels(place, place != nullptr ? &place->service_control : nullptr);
      cell("Resource control policies");
      add_levels(place, place != nullptr ? &place->resource_control : nullptr);
      html_.raw("</td></tr>\n");
    }
    end_section(left_out);
  }

  void add_levels(const AccountPlace* place,
                  const std::vector<std::vector<std::uint32_t>>* levels) {
    if (place == nullptr || levels->empty()) return html_.raw("none");
    html_.raw("<ul class=\"values\">");
    for (std::size_t level = 0; level < levels->size(); ++level) {
      html_.add("<li>level {}:", level);
      for (const std::uint32_t policy : (*levels)[level]) {
        html_.add(" <code>{}</code>", account_.all_policies()[policy].name);
      }
      if ((*levels)[level].empty()) html_.raw(" none");
      html_.raw("</li>");
    }
    html_.raw("</ul>");
  }

  const Account& account_;
  const ReportOptions& options_;
  HtmlWriter html_;
  Report report_;
  std::map<std::uint32_t, PolicyDocument> documents_;
  std::size_t left_out_ = 0;
};

}  // namespace

Result<Report> make_report(const Account& account, const ReportOptions& options) {
  return ReportPage(account, options).run();
}

}  // namespace writ::cli
