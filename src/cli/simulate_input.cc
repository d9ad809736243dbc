#include "cli/simulate_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string>

#include "cli/arguments.h"

namespace writ::cli {
namespace {

using detail::JsonKind;
using detail::JsonNode;
using detail::JsonTree;

enum Member : std::size_t {
  kPolicyInputList,
  kActionNames,
  kResourceArns,
  kPermissionsBoundary,
  kOrganization,
  kResourcePolicy,
  kResourceOwner,
  kCallerArn,
  kContextEntries,
  kResourceHandlingOption,
  kMaxItems,
  kMarker,
  kPolicySourceArn,  // of SimulatePrincipalPolicy only, so the last one
  kMemberCount,
};

constexpr std::array<std::string_view, kMemberCount> kMemberNames = {
    "PolicyInputList",
    "ActionNames",
    "ResourceArns",
    "PermissionsBoundaryPolicyInputList",
    "OrderedOrganizationPolicyInputList",
    "ResourcePolicy",
    "ResourceOwner",
    "CallerArn",
    "ContextEntries",
    "ResourceHandlingOption",
    "MaxItems",
    "Marker",
    "PolicySourceArn"};

constexpr std::string_view kLevelMember = "ServiceControlPolicyInputList";
constexpr std::array<std::string_view, 3> kContextMembers = {"ContextKeyName", "ContextKeyValues",
                                                             "ContextKeyType"};

// S-1. Even places: single-valued; odd places: the list type of the one before.
constexpr std::array<std::string_view, 12> kContextTypes = {
    "string", "stringList", "numeric", "numericList", "boolean", "booleanList",
    "ip",     "ipList",     "binary",  "binaryList",  "date",    "dateList"};

struct Lengths {
  std::size_t min;
  std::size_t max;
};
constexpr Lengths kPolicyLengths = {1, 131'072};
constexpr Lengths kActionLengths = {3, 128};
constexpr Lengths kArnLengths = {1, 2048};
constexpr Lengths kSourceLengths = {20, 2048};
constexpr Lengths kContextNameLengths = {5, 256};
constexpr Lengths kHandlingLengths = {1, 64};
constexpr Lengths kMarkerLengths = {1, 320};
constexpr std::size_t kMaxLevels = 7;

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool is_account(std::string_view text) {
  return text.size() == 12 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// `user`, `group` or `role`, if it is the ARN of one; else empty.
std::string_view entity_type(std::string_view arn) {
  const std::size_t iam = arn.find(":iam::");
  if (iam == std::string_view::npos || arn.size() < iam + 19) return {};
  const std::string_view name = arn.substr(iam + 19);
  for (const std::string_view type : {"user/", "group/", "role/"}) {
    if (name.starts_with(type)) return type.substr(0, type.size() - 1);
  }
  return {};
}

// The resource kinds that an EC2 launch of each sort involves.
struct Handling {
  std::string_view name;
  bool subnet;
  bool volume;
};
constexpr Handling kHandlings[] = {{"EC2-VPC-InstanceStore", false, false},
                                   {"EC2-VPC-InstanceStore-Subnet", true, false},
                                   {"EC2-VPC-EBS", false, true},
                                   {"EC2-VPC-EBS-Subnet", true, true}};

constexpr std::string_view kMarkerPrefix = "EvaluationResults:";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string encode_base64(std::string_view text) {
  std::string encoded;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    std::uint32_t word = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      word = (word << 8U) | (i + j < text.size() ? static_cast<unsigned char>(text[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      const bool used = i + j <= text.size();
      encoded += used ? kBase64[(word >> (18U - 6U * j)) & 63U] : '=';
    }
  }
  return encoded;
}

std::string decode_base64(std::string_view text) {
  std::string decoded;
  std::uint32_t word = 0;
  int bits = 0;
  for (const char c : text) {
    const std::size_t value = kBase64.find(c);
    if (value == std::string_view::npos) break;
    word = (word << 6U) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    decoded += static_cast<char>((word >> static_cast<unsigned>(bits)) & 255U);
  }
  return decoded;
}

class InputReader {
 public:
  explicit InputReader(SimulateOperation operation) : operation_(operation) {}

  Result<SimulateInput> read(std::string_view text) {
    Result<JsonTree> tree = JsonTree::parse(text);
    if (!tree) {
      PolicyError error = std::move(tree).error();
      error.message = fmt::format("the input is not JSON at line {}, column {}: {}",
                                  error.position.line, error.position.column, error.message);
      error.code = ErrorCode::InvalidInput;
      return error;
    }
    input_.tree = std::move(tree).value();
    if (!read_members() || !read_all()) return std::move(error_);
    return std::move(input_);
  }

 private:
  bool fail(const JsonNode* node, std::string_view path, std::string_view message) {
    error_.code = ErrorCode::InvalidInput;
    if (node != nullptr) {
      error_.position = node->begin;
      error_.json_pointer = input_.tree.pointer(*node);
    }
    error_.rule = "S-4";
    error_.message = path.empty() ? std::string(message) : fmt::format("{}: {}", path, message);
    return false;
  }
  [[nodiscard]] const JsonTree& tree() const { return input_.tree; }
  [[nodiscard]] bool has(Member member) const { return nodes_[member] != nullptr; }

  // Finds the members of an object by name; an unknown or repeated one is an error.
  bool read_object(const JsonNode& object, std::string_view path,
                   std::span<const std::string_view> names, std::span<const JsonNode*> nodes);
  bool read_members();
  bool read_all();
  bool read_string(const JsonNode& node, std::string_view path, Lengths lengths,
                   std::string_view& value);
  bool read_string(Member member, Lengths lengths, std::optional<std::string_view>& value) {
    return !has(member) ||
           read_string(*nodes_[member], kMemberNames[member], lengths, value.emplace());
  }
  bool read_strings(const JsonNode& node, std::string_view path, Lengths lengths,
                    std::vector<std::string_view>& values);
  bool read_strings(Member member, Lengths lengths, std::vector<std::string_view>& values) {
    return !has(member) || read_strings(*nodes_[member], kMemberNames[member], lengths, values);
  }
  bool read_actions();
  bool read_boundary();
  bool read_organization();
  bool read_owner();
  bool read_source();
  bool read_caller();
  bool read_context();
  bool read_context_entry(const JsonNode& entry, std::string_view path);
  bool read_handling();
  bool read_paging();

  const SimulateOperation operation_;
  SimulateInput input_;
  PolicyError error_;
  std::array<const JsonNode*, kMemberCount> nodes_ = {};
};

bool InputReader::read_object(const JsonNode& object, std::string_view path,
                              std::span<const std::string_view> names,
                              std::span<const JsonNode*> nodes) {
  if (object.kind != JsonKind::Object) return fail(&object, path, "this has to be an object");
  for (const auto* member = tree().first_child(object); member != nullptr;
       member = tree().next(*member)) {
    const auto known = std::ranges::find(names, member->name);
    const std::string member_path =
        path.empty() ? std::string(member->name) : fmt::format("{}.{}", path, member->name);
    if (known == names.end()) {
      const std::optional<std::string_view> nearest = nearest_word(member->name, names);
      return fail(member, member_path,
                  nearest ? fmt::format("unknown member; did you mean `{}`?", *nearest)
                          : std::string("unknown member"));
    }
    const JsonNode*& place = nodes[static_cast<std::size_t>(known - names.begin())];
    if (place != nullptr) return fail(member, member_path, "this member is given twice");
    place = member;
  }
  return true;
}

bool InputReader::read_members() {
  const bool is_principal = operation_ == SimulateOperation::PrincipalPolicy;
  const std::size_t count = is_principal ? kMemberCount : kPolicySourceArn;
  if (!read_object(tree().root(), "", std::span(kMemberNames).first(count), nodes_)) {
    if (tree().root().kind != JsonKind::Object) error_.message = "the input has to be an object";
    return false;
  }
  for (const Member required : {is_principal ? kPolicySourceArn : kPolicyInputList, kActionNames}) {
    if (!has(required)) return fail(nullptr, kMemberNames[required], "this member is required");
  }
  return true;
}

bool InputReader::read_string(const JsonNode& node, std::string_view path, Lengths lengths,
                              std::string_view& value) {
  if (node.kind != JsonKind::String) return fail(&node, path, "this has to be a string");
  const std::size_t length = count_characters(node.text);
  if (length < lengths.min || length > lengths.max) {
    return fail(&node, path,
                fmt::format("this has {} characters; {} to {} are allowed", length, lengths.min,
                            lengths.max));
  }
  value = node.text;
  return true;
}

bool InputReader::read_strings(const JsonNode& node, std::string_view path, Lengths lengths,
                               std::vector<std::string_view>& values) {
  if (node.kind != JsonKind::Array) return fail(&node, path, "this has to be an array of strings");
  for (const auto* item = tree().first_child(node); item != nullptr; item = tree().next(*item)) {
    const std::string item_path = fmt::format("{}[{}]", path, values.size());
    if (!read_string(*item, item_path, lengths, values.emplace_back())) return false;
  }
  return true;
}

bool InputReader::read_actions() {
  if (!read_strings(kActionNames, kActionLengths, input_.actions)) return false;
  for (std::size_t i = 0; i < input_.actions.size(); ++i) {
    if (input_.actions[i].find_first_of("*?") == std::string_view::npos) continue;
    return fail(nodes_[kActionNames], fmt::format("ActionNames[{}]", i),
                "wildcards are not allowed");
  }
  return true;
}

bool InputReader::read_boundary() {
  std::vector<std::string_view> documents;
  if (!read_strings(kPermissionsBoundary, kPolicyLengths, documents)) return false;
  if (documents.size() > 1) {
    return fail(nodes_[kPermissionsBoundary], kMemberNames[kPermissionsBoundary],
                "at most one document is allowed");
  }
  if (!documents.empty()) input_.boundary = documents.front();
  return true;
}

bool InputReader::read_organization() {
  if (!has(kOrganization)) return true;
  input_.has_organization = true;
  const JsonNode& levels = *nodes_[kOrganization];
  const std::string_view path = kMemberNames[kOrganization];
  if (levels.kind != JsonKind::Array)
    return fail(&levels, path, "this has to be an array of objects");
  if (levels.child_count > kMaxLevels) {
    return fail(
        &levels, path,
        fmt::format("this has {} levels; at most {} are allowed", levels.child_count, kMaxLevels));
  }
  for (const auto* level = tree().first_child(levels); level != nullptr;
       level = tree().next(*level)) {
    const std::string level_path = fmt::format("{}[{}]", path, level->index);
    std::array<const JsonNode*, 1> documents = {};
    if (!read_object(*level, level_path, std::span(&kLevelMember, 1), documents)) return false;
    const std::string list_path = fmt::format("{}.{}", level_path, kLevelMember);
    if (documents[0] == nullptr) return fail(level, list_path, "this member is required");
    if (!read_strings(*documents[0], list_path, kPolicyLengths,
                      input_.organization.emplace_back())) {
      return false;
    }
  }
  return true;
}

bool InputReader::read_owner() {
  std::optional<std::string_view> owner;
  if (!read_string(kResourceOwner, kArnLengths, owner)) return false;
  if (!owner) return true;
  std::string_view account = *owner;
  if (account.starts_with("arn:aws") && account.ends_with(":root")) {
    const std::size_t iam = account.find(":iam::");
    if (iam != std::string_view::npos &&
        account.substr(4, iam - 4).find(':') == std::string::npos) {
      account = account.substr(iam + 6, account.size() - iam - 6 - 5);
    }
  }
  if (!is_account(account)) {
    return fail(nodes_[kResourceOwner], "ResourceOwner",
                "this has to be `arn:aws:iam::ACCOUNT:root` or an account id");
  }
  input_.resource_owner = account;
  return true;
}

bool InputReader::read_source() {
  if (!has(kPolicySourceArn)) return true;
  const JsonNode& node = *nodes_[kPolicySourceArn];
  if (!read_string(node, "PolicySourceArn", kSourceLengths, input_.source_arn)) return false;
  if (!entity_type(input_.source_arn).empty()) return true;
  return fail(&node, "PolicySourceArn", "this has to be the ARN of an IAM user, group or role");
}

bool InputReader::read_caller() {
  if (!read_string(kCallerArn, kArnLengths, input_.caller_arn)) return false;
  if (!input_.caller_arn) {
    const std::string_view source_type = entity_type(input_.source_arn);
    if (input_.resource_policy && source_type != "user") {
      return fail(nullptr, "CallerArn",
                  source_type.empty() ? "this member is required with ResourcePolicy"
                                      : "this member is required with ResourcePolicy unless "
                                        "PolicySourceArn is a user");
    }
    if (!source_type.empty()) input_.caller_arn = input_.source_arn;
    return true;
  }
  if (entity_type(*input_.caller_arn).empty()) {
    return fail(nodes_[kCallerArn], "CallerArn",
                "this has to be the ARN of an IAM user, group or role");
  }
  return true;
}

bool InputReader::read_context_entry(const JsonNode& entry, std::string_view path) {
  std::array<const JsonNode*, kContextMembers.size()> members = {};
  if (!read_object(entry, path, kContextMembers, members)) return false;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members[i] == nullptr) {
      return fail(&entry, fmt::format("{}.{}", path, kContextMembers[i]),
                  "this member is required");
    }
  }
  QuestionKey& key = input_.context.emplace_back();
  std::string_view type;
  constexpr Lengths kAnyLength = {0, static_cast<std::size_t>(-1)};
  if (!read_string(*members[0], fmt::format("{}.ContextKeyName", path), kContextNameLengths,
                   key.name) ||
      !read_strings(*members[1], fmt::format("{}.ContextKeyValues", path), kAnyLength,
                    key.values) ||
      !read_string(*members[2], fmt::format("{}.ContextKeyType", path), kAnyLength, type)) {
    return false;
  }
  const auto* known = std::ranges::find(kContextTypes, type);
  if (known == kContextTypes.end()) {
    return fail(members[2], fmt::format("{}.ContextKeyType", path),
                fmt::format("`{}` is none of {}", type, fmt::join(kContextTypes, ", ")));
  }
  key.multivalued = (known - kContextTypes.begin()) % 2 == 1;
  if (key.multivalued) return true;
  if (key.values.size() != 1) {
    return fail(members[1], fmt::format("{}.ContextKeyValues", path),
                fmt::format("type `{}` takes one value, not {}", type, key.values.size()));
  }
  key.single = key.values.front();
  return true;
}

bool InputReader::read_context() {
  if (!has(kContextEntries)) return true;
  const JsonNode& entries = *nodes_[kContextEntries];
  if (entries.kind != JsonKind::Array) {
    return fail(&entries, "ContextEntries", "this has to be an array of objects");
  }
  for (const auto* entry = tree().first_child(entries); entry != nullptr;
       entry = tree().next(*entry)) {
    if (!read_context_entry(*entry, fmt::format("ContextEntries[{}]", entry->index))) return false;
  }
  return true;
}

bool InputReader::read_handling() {
  std::optional<std::string_view> option;
  if (!read_string(kResourceHandlingOption, kHandlingLengths, option)) return false;
  if (!option) return true;
  const auto* known = std::ranges::find(kHandlings, *option, &Handling::name);
  if (known == std::end(kHandlings)) {
    return fail(nodes_[kResourceHandlingOption], "ResourceHandlingOption",
                fmt::format("unknown option `{}`", *option));
  }
  std::vector<std::string_view> needed = {"instance", "image", "security-group",
                                          "network-interface"};
  if (known->subnet) needed.emplace_back("subnet");
  if (known->volume) needed.emplace_back("volume");
  for (const std::string_view kind : needed) {
    const std::string part = fmt::format(":{}/", kind);
    const bool listed = std::ranges::any_of(input_.resources, [&part](std::string_view arn) {
      return arn.find(":ec2:") != std::string_view::npos &&
             arn.find(part) != std::string_view::npos;
    });
    if (!listed) {
      return fail(
          nodes_[kResourceHandlingOption], "ResourceHandlingOption",
          fmt::format("`{}` needs an EC2 resource of type `{}` in ResourceArns", *option, kind));
    }
  }
  return true;
}

bool InputReader::read_paging() {
  if (has(kMaxItems)) {
    const JsonNode& node = *nodes_[kMaxItems];
    const bool whole = node.kind == JsonKind::Number &&
                       std::ranges::all_of(node.text, [](char c) { return c >= '0' && c <= '9'; });
    if (!whole) return fail(&node, "MaxItems", "this has to be an integer");
    const auto parsed =
        std::from_chars(node.text.data(), node.text.data() + node.text.size(), input_.max_items);
    if (parsed.ec != std::errc() || input_.max_items < 1 || input_.max_items > 1000) {
      return fail(&node, "MaxItems", "this has to be 1 to 1000");
    }
  }
  std::optional<std::string_view> marker;
  if (!read_string(kMarker, kMarkerLengths, marker)) return false;
  if (!marker) return true;
  const std::string decoded = decode_base64(*marker);
  bool valid = decoded.starts_with(kMarkerPrefix);
  if (valid) {
    const char* begin = decoded.data() + kMarkerPrefix.size();
    const char* end = decoded.data() + decoded.size();
    const auto parsed = std::from_chars(begin, end, input_.first_item);
    valid = parsed.ec == std::errc() && parsed.ptr == end && input_.first_item > 0 &&
            input_.first_item < input_.actions.size() && make_marker(input_.first_item) == *marker;
  }
  if (!valid) {
    return fail(nodes_[kMarker], "Marker", "this is not the Marker of an earlier answer");
  }
  return true;
}

bool InputReader::read_all() {
  const bool read = read_strings(kPolicyInputList, kPolicyLengths, input_.policies) &&
                    read_actions() && read_strings(kResourceArns, kArnLengths, input_.resources) &&
                    read_boundary() && read_organization() &&
                    read_string(kResourcePolicy, kPolicyLengths, input_.resource_policy) &&
                    read_owner() && read_source() && read_caller() && read_context() &&
                    read_handling() && read_paging();
  if (read && input_.resources.empty()) input_.resources.emplace_back("*");
  return read;
}

}  // namespace

std::string make_marker(std::size_t first_item) {
  return encode_base64(fmt::format("{}{}", kMarkerPrefix, first_item));
}

Result<SimulateInput> read_simulate_input(std::string_view text, SimulateOperation operation) {
  return InputReader(operation).read(text);
}

}  // namespace writ::cli
