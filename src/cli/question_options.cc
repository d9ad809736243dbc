#include "cli/question_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/files.h"
#include "cli/policy_folder.h"
#include "writ/impl/fold.h"
#include "writ/impl/variables.h"

namespace writ::cli {
namespace {

class QuestionReader {
 public:
  QuestionReader(const Arguments& arguments, Console& console)
      : arguments_(arguments), console_(console) {}

  Result<OwnedQuestion, Problem> read() {
    const bool done = arguments_.has("--case") ? read_case_file() : read_flags();
    if (!done) return Problem{std::move(problem_)};
    return std::move(owned_);
  }
  Result<OwnedQuestion, Problem> read_context_only() {
    if (!read_context_options()) return Problem{std::move(problem_)};
    return std::move(owned_);
  }

 private:
  bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }
  const std::string* load(std::string_view path);

  bool read_case_file();
  bool read_flags();
  void read_principal(std::string_view principal);
  void note_anonymous();
  bool read_context_options();
  bool read_context_flags();
  bool check_context();
  bool check_resource_account();
  bool read_context_file(std::string_view path);
  bool read_files(std::string_view option, PolicyType type);
  bool read_folder(std::string_view path);
  bool read_levels(std::string_view option, PolicyType type);
  bool add_document(QuestionLayer& layer, std::string_view path);
  void add_list(std::string_view key, std::string_view values);

  const Arguments& arguments_;
  Console& console_;
  OwnedQuestion owned_;
  std::string problem_;
};

const std::string* QuestionReader::load(std::string_view path) {
  Result<std::string, Problem> text = read_file(console_, path);
  if (!text) {
    problem_ = text.error().text;
    return nullptr;
  }
  return &owned_.texts.emplace_back(std::move(text).value());
}

bool QuestionReader::read_case_file() {
  for (const Option& option : kQuestionOptions) {
    if (option.name != "--case" && arguments_.has(option.name)) {
      return fail(fmt::format("`--case` holds the whole question; leave `{}` out", option.name));
    }
  }
  const std::string_view path = *arguments_.value("--case");
  const std::string* text = load(path);
  if (text == nullptr) return false;
  Result<Case> asked = read_case(*text);
  if (!asked) {
    const PolicyError& error = asked.error();
    return fail(fmt::format("{}:{}", display_name(path), error.to_string()));
  }
  owned_.asked = std::move(asked).value();
  return true;
}

void QuestionReader::read_principal(std::string_view principal) {
  Question& question = owned_.flags;
  constexpr std::pair<std::string_view, CallerForm> kForms[] = {
      {"Service=", CallerForm::Service},
      {"Federated=", CallerForm::Federated},
      {"CanonicalUser=", CallerForm::CanonicalUser}};
  for (const auto& [prefix, form] : kForms) {
    if (!principal.starts_with(prefix)) continue;
    question.caller_form = form;
    question.caller = principal.substr(prefix.size());
    return;
  }
  question.caller_form = CallerForm::Arn;
  question.caller = principal;
}

void QuestionReader::add_list(std::string_view key, std::string_view values) {
  QuestionKey& entry = owned_.flags.context.emplace_back();
  entry.name = key;
  entry.multivalued = true;
  while (!values.empty()) {
    const std::size_t comma = values.find(',');
    entry.values.push_back(values.substr(0, comma));
    if (comma == std::string_view::npos) break;
    values.remove_prefix(comma + 1);
    if (values.empty()) entry.values.emplace_back();
  }
}

bool QuestionReader::read_context_options() {
  return read_context_flags() &&
         (!arguments_.has("--context-file") ||
          read_context_file(*arguments_.value("--context-file"))) &&
         check_context();
}

// A request has each key once (C-10, C-13).
bool QuestionReader::check_context() {
  std::set<std::string> names;
  for (const QuestionKey& key : owned_.flags.context) {
    if (names.insert(detail::folded(key.name)).second) continue;
    return fail(
        fmt::format("the key `{}` is given twice; `--context-list {}=A,B` gives it several values",
                    key.name, key.name));
  }
  return true;
}

// `--resource-account` tells what the ARN does not.
bool QuestionReader::check_resource_account() {
  const Question& question = owned_.flags;
  if (!question.resource_account) return true;
  const std::string_view account = detail::split_arn(question.resource, false).field[4];
  if (account.empty() || account == *question.resource_account) return true;
  return fail(
      fmt::format("the resource's ARN names its owner, `{}`, and `--resource-account` "
                  "another, `{}`; leave it out",
                  account, *question.resource_account));
}

bool QuestionReader::read_context_flags() {
  for (const std::string_view entry : arguments_.values("--context")) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return fail(fmt::format("`--context {}`: write KEY=VALUE", entry));
    }
    const std::string_view key = entry.substr(0, equals);
    const std::string_view value = entry.substr(equals + 1);
    if (value.starts_with("@[") && value.ends_with(']')) {
      add_list(key, value.substr(2, value.size() - 3));
    } else {
      QuestionKey& single = owned_.flags.context.emplace_back();
      single.name = key;
      single.single = value;
    }
  }
  for (const std::string_view entry : arguments_.values("--context-list")) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return fail(fmt::format("`--context-list {}`: write KEY=A,B", entry));
    }
    add_list(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return true;
}

bool QuestionReader::read_context_file(std::string_view path) {
  const std::string* text = load(path);
  if (text == nullptr) return false;
  Result<detail::JsonTree> tree = detail::JsonTree::parse(*text);
  if (!tree) return fail(fmt::format("{}:{}", display_name(path), tree.error().to_string()));
  const detail::JsonTree& kept = owned_.trees.emplace_back(std::move(tree).value());
  const std::optional<PolicyError> error =
      read_context(kept, kept.root(), ErrorCode::InvalidInput, owned_.flags.context);
  if (error) return fail(fmt::format("{}:{}", display_name(path), error->to_string()));
  return true;
}

bool QuestionReader::add_document(QuestionLayer& layer, std::string_view path) {
  const std::string* text = load(path);
  if (text == nullptr) return false;
  layer.documents.push_back({std::string(display_name(path)), *text, 0});
  return true;
}

bool QuestionReader::read_files(std::string_view option, PolicyType type) {
  if (!arguments_.has(option)) return true;
  QuestionLayer& layer = owned_.flags.layers.emplace_back();
  layer.type = type;
  return std::ranges::all_of(arguments_.values(option),
                             [&](std::string_view path) { return add_document(layer, path); });
}

// A folder as PolicyDirectory reads it (docs/reload.md).
bool QuestionReader::read_folder(std::string_view path) {
  for (const std::string_view option : {"--identity", "--resource-policy", "--boundary",
                                        "--session", "--scp", "--rcp", "--endpoint"}) {
    if (arguments_.has(option)) {
      return fail(fmt::format("`--policies` holds all policies; leave `{}` out", option));
    }
  }
  Result<PolicyFolder, Problem> folder = PolicyFolder::read(std::string(path), console_);
  if (!folder) return fail(folder.error().text);
  // A request has one policy of its resource: of a role that STS is asked for its trust policy.
  const PolicyType left_out = asks_for_role(owned_.flags.action, owned_.flags.resource)
                                  ? PolicyType::ResourceBased
                                  : PolicyType::RoleTrust;
  std::vector<QuestionLayer>& layers = owned_.flags.layers;
  const auto layer_of = [&layers](const detail::FolderLayer& wanted) -> QuestionLayer& {
    for (QuestionLayer& layer : layers) {
      if (layer.type == wanted.type && layer.level == wanted.level) return layer;
    }
    return layers.emplace_back(QuestionLayer{wanted.type, wanted.level, {}});
  };
  std::ranges::sort(folder->layers);
  for (const detail::FolderLayer& layer : folder->layers) {
    if (layer.type != left_out) layer_of(layer);
  }
  for (PolicyFile& file : folder->files) {
    if (file.layer.type == left_out) continue;
    const std::string& text = owned_.texts.emplace_back(std::move(file.text));
    layer_of(file.layer).documents.push_back({std::move(file.path), text, 0});
  }
  return true;
}

bool QuestionReader::read_levels(std::string_view option, PolicyType type) {
  std::uint32_t level = 0;
  for (const std::string_view paths : arguments_.values(option)) {
    QuestionLayer& layer = owned_.flags.layers.emplace_back();
    layer.type = type;
    layer.level = level++;
    // An empty value is a level without policies.
    for (const std::string_view path : split_list(paths)) {
      if (!add_document(layer, path)) return false;
    }
  }
  return true;
}

// Anonymous callers have no policies of their own (E-91), and --principal is easily left out.
void QuestionReader::note_anonymous() {
  for (const std::string_view option : {"--identity", "--boundary", "--session"}) {
    if (!arguments_.has(option)) continue;
    console_.print_error(
        "note: without --principal the caller is anonymous, and `{}` does not bind it\n", option);
    return;
  }
}

bool QuestionReader::read_flags() {
  Question& question = owned_.flags;
  const std::optional<std::string_view> action = arguments_.value("--action");
  if (!action) return fail("`--action` is missing");
  question.action = *action;
  if (arguments_.has("--principal")) read_principal(*arguments_.value("--principal"));
  question.resource = arguments_.value("--resource").value_or("*");
  question.resource_account = arguments_.value("--resource-account");
  question.role_arn = arguments_.value("--role-arn");
  question.issuer = arguments_.value("--issuer");
  if (!check_resource_account()) return false;
  if (question.caller_form == CallerForm::Anonymous) note_anonymous();
  if (!read_context_options()) return false;
  if (arguments_.has("--policies")) return read_folder(*arguments_.value("--policies"));
  const PolicyType resource_type = asks_for_role(question.action, question.resource)
                                       ? PolicyType::RoleTrust
                                       : PolicyType::ResourceBased;
  return read_files("--identity", PolicyType::IdentityBased) &&
         read_files("--resource-policy", resource_type) &&
         read_files("--boundary", PolicyType::PermissionsBoundary) &&
         read_files("--session", PolicyType::Session) &&
         read_levels("--scp", PolicyType::ServiceControl) &&
         read_levels("--rcp", PolicyType::ResourceControl) &&
         read_files("--endpoint", PolicyType::VpcEndpoint);
}

}  // namespace

Result<OwnedQuestion, Problem> read_question(const Arguments& arguments, Console& console) {
  return QuestionReader(arguments, console).read();
}

Result<OwnedQuestion, Problem> read_context_options(const Arguments& arguments, Console& console) {
  return QuestionReader(arguments, console).read_context_only();
}

std::string describe_error(const OwnedQuestion& owned, const Arguments& arguments,
                           const QuestionError& error) {
  if (error.document == nullptr) return error.error.to_string();
  if (!owned.asked) return fmt::format("{}:{}", error.document->name, error.error.to_string());
  PolicyError placed = error.error;
  placed.position = position_in(owned.asked->text, *error.document, error.error.position);
  return fmt::format("{}:{} ({})", display_name(*arguments.value("--case")), placed.to_string(),
                     error.document->name);
}

}  // namespace writ::cli
