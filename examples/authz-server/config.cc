#include "config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

// The library's own reader of JSON, because it tells positions. It is no API: a service that lives
// elsewhere brings a reader of its own.
#include "writ/impl/json_tree.h"

namespace authz {
namespace {

using writ::detail::JsonKind;
using writ::detail::JsonNode;
using writ::detail::JsonTree;

/// Keys that `Mapping::request` sets; a second value would make every test of them indeterminate.
constexpr std::string_view kOwnKeys[] = {
    "aws:PrincipalArn",  "aws:PrincipalAccount",
    "aws:PrincipalType", "aws:username",
    "aws:userid",        "aws:PrincipalIsAWSService",
    "aws:CurrentTime",   "aws:PrincipalServiceName",
    "aws:EpochTime",
};

/// The pieces, one behind the other. (`"literal" + string` makes g++ 12 warn of overlaps: bug
/// 105651.)
std::string joined(std::initializer_list<std::string_view> pieces) {
  std::string text;
  for (const std::string_view piece : pieces) text += piece;
  return text;
}

/// Reads one member after the other and keeps the first error.
class ConfigReader {
 public:
  ConfigReader(std::string_view file, const JsonTree& tree) : file_(file), tree_(tree) {}

  Config read() {
    Config config;
    const JsonNode& root = tree_.root();
    if (!tree_.duplicates().empty()) {
      fail(tree_.node(tree_.duplicates().front().node), "this member is there twice");
    }
    allow(root, {"listen", "policies", "log", "mapping", "limits", "stop", "rescanSeconds"});
    config.listen = listen(root);
    config.policies = path(root, "policies", true);
    if (const JsonNode* log = object(root, "log", false)) {
      allow(*log, {"file", "required"});
      config.log = path(*log, "file", true);
      config.log_required = flag(*log, "required");
    }
    if (const JsonNode* mapping = object(root, "mapping", true)) {
      read_mapping(*mapping, config.mapping);
    }
    if (const JsonNode* limits = object(root, "limits", false)) {
      allow(*limits, {"threads", "connections", "requestBytes", "idleSeconds"});
      number(*limits, "threads", 1, 1024, config.threads);
      number(*limits, "connections", 1, 1'000'000, config.connections);
      number(*limits, "requestBytes", 1024, 1U << 20U, config.request_bytes);
      number(*limits, "idleSeconds", 1, 86400, config.idle_seconds);
    }
    if (const JsonNode* stop = object(root, "stop", false)) {
      allow(*stop, {"drainSeconds", "closeSeconds"});
      number(*stop, "drainSeconds", 0, 3600, config.drain_seconds);
      number(*stop, "closeSeconds", 0, 3600, config.stop_seconds);
    }
    number(root, "rescanSeconds", 1, 86400, config.rescan_seconds);
    return config;
  }

  [[nodiscard]] const std::optional<writ::DocumentError>& error() const noexcept { return error_; }

 private:
  void fail(const JsonNode& node, std::string message) {
    if (error_) return;
    writ::PolicyError error;
    error.code = writ::ErrorCode::InvalidInput;
    error.position = node.begin;
    error.json_pointer = tree_.pointer(node);
    error.message = std::move(message);
    error_ = writ::DocumentError{std::string(file_), std::move(error)};
  }

  void allow(const JsonNode& node, std::initializer_list<std::string_view> names) {
    if (node.kind != JsonKind::Object) return fail(node, "an object is needed here");
    for (const JsonNode* at = tree_.first_child(node); at != nullptr; at = tree_.next(*at)) {
      if (std::find(names.begin(), names.end(), at->name) != names.end()) continue;
      std::string known;
      for (const std::string_view name : names) {
        known += joined({known.empty() ? "`" : ", `", name, "`"});
      }
      fail(*at, joined({"unknown member `", at->name, "`; there are ", known}));
    }
  }

  const JsonNode* member(const JsonNode& parent, std::string_view name, bool required) {
    const JsonNode* node = parent.kind == JsonKind::Object ? tree_.member(parent, name) : nullptr;
    if (node == nullptr && required) fail(parent, joined({"`", name, "` is missing"}));
    return node;
  }
  const JsonNode* object(const JsonNode& parent, std::string_view name, bool required) {
    const JsonNode* node = member(parent, name, required);
    if (node != nullptr && node->kind != JsonKind::Object) {
      fail(*node, joined({"`", name, "` is an object"}));
      return nullptr;
    }
    return node;
  }
  std::string text(const JsonNode& parent, std::string_view name, bool required) {
    const JsonNode* node = member(parent, name, required);
    if (node == nullptr) return {};
    if (node->kind != JsonKind::String || node->text.empty()) {
      fail(*node, joined({"`", name, "` is a string that is not empty"}));
    }
    return std::string(node->text);
  }
  std::string path(const JsonNode& parent, std::string_view name, bool required) {
    return beside_file(text(parent, name, required));
  }
  std::string listen(const JsonNode& root) {
    constexpr std::string_view kUnix = "unix:";
    const std::string where = text(root, "listen", true);
    if (!where.starts_with(kUnix)) return where;
    return joined({kUnix, beside_file(std::string_view(where).substr(kUnix.size()))});
  }
  std::string beside_file(std::string_view path) {
    const std::size_t slash = file_.rfind('/');
    if (path.empty() || path.front() == '/' || slash == std::string_view::npos) {
      return std::string(path);
    }
    return joined({file_.substr(0, slash + 1), path});
  }
  bool flag(const JsonNode& parent, std::string_view name) {
    const JsonNode* node = member(parent, name, false);
    if (node == nullptr) return false;
    if (node->kind != JsonKind::True && node->kind != JsonKind::False) {
      fail(*node, joined({"`", name, "` is true or false"}));
    }
    return node->kind == JsonKind::True;
  }
  void number(const JsonNode& parent, std::string_view name, std::uint32_t least,
              std::uint32_t most, std::uint32_t& value) {
    const JsonNode* node = member(parent, name, false);
    if (node == nullptr) return;
    const char* end = node->text.data() + node->text.size();
    std::uint32_t read = 0;
    const auto [stop, problem] = std::from_chars(node->text.data(), end, read);
    if (node->kind != JsonKind::Number || problem != std::errc() || stop != end || read < least ||
        read > most) {
      return fail(*node, joined({"`", name, "` is a whole number from ", std::to_string(least),
                                 " to ", std::to_string(most)}));
    }
    value = read;
  }
  Template filled(const JsonNode& parent, std::string_view name) {
    const std::string written = text(parent, name, true);
    auto result = Template::parse(written);
    if (result) return *std::move(result);
    if (const JsonNode* node = member(parent, name, false)) fail(*node, result.error());
    return {};
  }

  void read_mapping(const JsonNode& node, Mapping& mapping) {
    allow(node, {"methodHeader", "uriHeader", "principal", "anonymous", "routes", "context"});
    if (member(node, "methodHeader", false) != nullptr) {
      mapping.method_header = text(node, "methodHeader", true);
    }
    if (member(node, "uriHeader", false) != nullptr) {
      mapping.uri_header = text(node, "uriHeader", true);
    }
    mapping.principal = filled(node, "principal");
    mapping.anonymous = flag(node, "anonymous");
    if (const JsonNode* routes = member(node, "routes", true)) {
      if (routes->kind != JsonKind::Array || routes->child_count == 0) {
        fail(*routes, "`routes` is an array that is not empty");
      }
      for (const JsonNode* at = tree_.first_child(*routes); at != nullptr; at = tree_.next(*at)) {
        mapping.routes.push_back(read_route(*at));
      }
    }
    if (const JsonNode* context = object(node, "context", false)) {
      for (const JsonNode* at = tree_.first_child(*context); at != nullptr; at = tree_.next(*at)) {
        mapping.context.push_back(read_key(*at, *context));
      }
    }
  }

  Route read_route(const JsonNode& node) {
    Route route;
    allow(node, {"prefix", "actions", "resource", "resourceAccount"});
    if (node.kind != JsonKind::Object) return route;
    route.prefix = text(node, "prefix", true);
    if (const JsonNode* prefix = member(node, "prefix", false);
        prefix != nullptr && (!route.prefix.starts_with('/') || !route.prefix.ends_with('/'))) {
      fail(*prefix, "a prefix begins and ends with `/`, so that it ends where a segment does");
    }
    if (const JsonNode* actions = object(node, "actions", true)) {
      for (const JsonNode* at = tree_.first_child(*actions); at != nullptr; at = tree_.next(*at)) {
        route.actions.emplace_back(at->name, text(*actions, at->name, true));
        if (!writ::RequestBuilder({}, at->text).build()) {
          fail(*at, "an action is `service:Name`");
        }
      }
    }
    route.resource = filled(node, "resource");
    if (const JsonNode* owner = member(node, "resourceAccount", false)) {
      route.resource_account = text(node, "resourceAccount", true);
      if (!writ::RequestBuilder({}, "a:b").resource_account(owner->text).build()) {
        fail(*owner, "an account is twelve digits");
      }
    }
    return route;
  }

  ContextRule read_key(const JsonNode& node, const JsonNode& parent) {
    ContextRule rule;
    rule.key = std::string(node.name);
    for (const std::string_view own : kOwnKeys) {
      if (writ::equals_folded(own, rule.key)) fail(node, "the service sets this key itself");
    }
    if (node.kind == JsonKind::Object) {
      allow(node, {"list"});
      rule.list = true;
      rule.value = filled(node, "list");
    } else {
      rule.value = filled(parent, node.name);
    }
    return rule;
  }

  std::string_view file_;
  const JsonTree& tree_;
  std::optional<writ::DocumentError> error_;
};

}  // namespace

writ::Result<Config, writ::DocumentError> parse_config(std::string_view file,
                                                       std::string_view text) {
  const auto tree = JsonTree::parse(text);
  if (!tree) return writ::DocumentError{std::string(file), tree.error()};
  ConfigReader reader(file, *tree);
  Config config = reader.read();
  if (reader.error()) return *reader.error();
  return config;
}

}  // namespace authz
