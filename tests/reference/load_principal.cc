// Principal and NotPrincipal: G-46 to G-52, P-10, P-64.
#include "reference/document.h"
#include "reference/json.h"

namespace writ::reference {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kDigits = "0123456789";

bool consists_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

std::string letters_digits_and(std::string_view more) {
  return std::string(kLetters) + std::string(kDigits) + std::string(more);
}

// The fields between the first colons; the last keeps the rest.
std::vector<std::string> split(std::string_view text, char separator, std::size_t most) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator && parts.size() < most) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

PrincipalEntry aws_entry(const std::string& text) {
  using Kind = PrincipalEntry::Kind;
  if (text == "*") return {Kind::AwsStar, text, ""};
  if (text.find_first_of("*?") != std::string::npos) {
    throw Refused("G-49: wildcard inside a principal");
  }
  if (is_account(text)) return {Kind::Account, text, ""};
  if ((text.starts_with("AIDA") || text.starts_with("AROA")) && text.size() > 4 &&
      consists_of(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")) {
    return {text[1] == 'I' ? Kind::UserId : Kind::RoleId, text, ""};
  }
  if (const auto arn = parse_identity_arn(text)) {
    if (arn->path == "/") throw Refused("P-10: a path of nothing");
    if (text.find("${") != std::string::npos) throw Refused("P-10: a variable in a principal");
    if (arn->kind == Kind::Account) return {Kind::Account, arn->account, arn->partition};
    return {arn->kind, text, arn->partition};
  }
  // P-10: the documented exception.
  const auto fields = split(text, ':', 6);
  constexpr std::string_view kOriginAccess = "user/CloudFront Origin Access Identity ";
  if (fields.size() == 6 && fields[0] == "arn" && is_partition(fields[1]) && fields[2] == "iam" &&
      fields[3].empty() && fields[4] == "cloudfront" && fields[5].starts_with(kOriginAccess) &&
      fields[5].size() > kOriginAccess.size() &&
      consists_of(fields[5].substr(kOriginAccess.size()), letters_digits_and(""))) {
    return {Kind::OriginAccess, text, fields[1]};
  }
  throw Refused("P-10: not a principal");
}

// G-51.
bool is_federated(const std::string& text) {
  if (text.find("${") != std::string::npos) return false;  // V-2: it would stand for itself
  const auto fields = split(text, ':', 6);
  if (fields[0] == "arn") {
    if (fields.size() != 6 || !is_partition(fields[1]) || fields[2] != "iam" ||
        !fields[3].empty() || !is_account(fields[4])) {
      return false;
    }
    for (const std::string_view kind : {"oidc-provider/", "saml-provider/"}) {
      if (fields[5].starts_with(kind) && fields[5].size() > kind.size() &&
          fields[5].find_first_of("*? ") == std::string::npos) {
        return true;
      }
    }
    return false;
  }
  const std::string domain = text.substr(0, text.find('/'));
  if (domain.find('.') == std::string::npos || !consists_of(domain, letters_digits_and(".-_"))) {
    return false;
  }
  for (const std::string& label : split(domain, '.', domain.size())) {
    if (label.empty()) return false;
  }
  return text.find_first_of("*? ") == std::string::npos;
}

}  // namespace

bool is_partition(std::string_view text) {
  if (text == "aws") return true;
  return text.starts_with("aws-") && text.size() > 4 && consists_of(text, letters_digits_and("-"));
}

bool is_account(std::string_view text) { return text.size() == 12 && all_digits(text); }

bool is_name(std::string_view text) {
  return !text.empty() && consists_of(text, letters_digits_and("+=,.@_-"));
}

bool is_service_name(std::string_view text) {
  return !text.empty() && consists_of(text, letters_digits_and(".-_"));
}

bool is_canonical_id(std::string_view text) {
  return text.size() == 64 && consists_of(text, "0123456789abcdefABCDEF");
}

std::optional<IdentityArn> parse_identity_arn(std::string_view text) {
  using Kind = PrincipalEntry::Kind;
  const auto fields = split(text, ':', 6);
  if (fields.size() != 6 || fields[0] != "arn" || !is_partition(fields[1]) || !fields[3].empty() ||
      !is_account(fields[4])) {
    return std::nullopt;
  }
  IdentityArn arn;
  arn.partition = fields[1];
  arn.account = fields[4];
  const std::string& rest = fields[5];
  const auto take = [&](std::string_view service, std::string_view prefix) {
    if (fields[2] != service || !rest.starts_with(prefix)) return false;
    arn.name = rest.substr(prefix.size());
    return true;
  };
  if (fields[2] == "iam" && rest == "root") {
    arn.kind = Kind::Account;
    return arn;
  }
  if (take("iam", "user/") || take("iam", "role/")) {
    arn.kind = rest.starts_with("user/") ? Kind::User : Kind::Role;
    const std::size_t slash = arn.name.rfind('/');
    if (slash != std::string::npos) {
      arn.path = arn.name.substr(0, slash + 1);
      arn.name = arn.name.substr(slash + 1);
    }
    for (const char c : arn.path) {  // U+0021 to U+007E
      if (c < '!' || c > '~') return std::nullopt;
    }
  } else if (take("sts", "assumed-role/")) {
    arn.kind = Kind::Session;
    const auto names = split(arn.name, '/', 3);
    if (names.size() != 2 || !is_name(names[1])) return std::nullopt;
    arn.name = names[0];
  } else if (take("sts", "federated-user/")) {
    arn.kind = Kind::FederatedUser;
  } else {
    return std::nullopt;
  }
  if (!is_name(arn.name)) return std::nullopt;
  return arn;
}

std::vector<PrincipalEntry> load_principals(const Json& value, bool negated) {
  using Kind = PrincipalEntry::Kind;
  std::vector<PrincipalEntry> entries;
  if (value.is(Json::Kind::String)) {
    if (value.text != "*") throw Refused("G-46: a principal's string is `*` or nothing");
    if (negated) throw Refused("P-64: NotPrincipal `*`");
    return {{Kind::Everyone, "*", ""}};
  }
  if (!value.is(Json::Kind::Object)) throw Refused("G-46: Principal is a string or an object");
  for (const auto& [name, member] : value.members) {
    const auto texts = list_of_strings(member, "G-47");
    for (const std::string& text : texts) {
      if (name == "AWS") {
        entries.push_back(aws_entry(text));
        if (negated && text == "*") throw Refused("P-64: NotPrincipal `*`");
      } else if (name == "Service") {
        if (!is_service_name(text)) throw Refused("G-50: not a service principal");
        entries.push_back({Kind::Service, text, ""});
      } else if (name == "Federated") {
        if (!is_federated(text)) throw Refused("G-51: not a provider");
        entries.push_back({Kind::Federated, text, ""});
      } else if (name == "CanonicalUser") {
        if (!is_canonical_id(text)) throw Refused("G-52: not a canonical id");
        entries.push_back({Kind::CanonicalUser, fold(text), ""});
      }
    }
    if (name != "AWS" && name != "Service" && name != "Federated" && name != "CanonicalUser") {
      throw Refused("G-46: unknown kind of principal");
    }
  }
  if (negated && entries.empty()) throw Refused("G-48: NotPrincipal lists nobody");
  return entries;
}

}  // namespace writ::reference
