#include "mapping.h"

#include <algorithm>

#include "path.h"

namespace authz {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  const std::size_t end = text.find_last_not_of(" \t");
  return end == std::string_view::npos ? std::string_view() : text.substr(begin, end + 1 - begin);
}

/// `a, b` as two values. Empty ones are left out, as RFC 9110 (5.6.1) has it.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> values;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view value = trimmed(text.substr(begin, end - begin));
    if (!value.empty()) values.push_back(value);
    begin = end + 1;
  }
  return values;
}

}  // namespace

Mapping::Target Mapping::target(std::string_view method, std::string_view path) const noexcept {
  for (const Route& route : routes) {
    if (!path.starts_with(route.prefix)) continue;
    for (const auto& [its_method, action] : route.actions) {
      if (its_method == method) return {&route, action};
    }
    return {};  // a later, wider route is not meant
  }
  return {};
}

writ::Result<writ::Caller, Refusal> Mapping::caller(const HttpQuestion& question,
                                                    const RequestParts& parts,
                                                    RequestTexts& texts) const {
  switch (principal.fill(question, parts, true, texts.principal)) {
    case Template::Filled::Unusable:
      return Refusal::UnusableValue;
    case Template::Filled::Absent:
      if (!anonymous) return Refusal::NoPrincipal;
      return writ::Caller::anonymous();
    case Template::Filled::Done:
      break;
  }
  // `*` would be the anonymous caller, which only the configuration can let in.
  if (texts.principal == "*") return Refusal::UnusableValue;
  auto named = writ::Caller::from_arn(texts.principal);
  if (!named) return Refusal::InvalidRequest;
  return *named;
}

bool Mapping::add_context(const HttpQuestion& question, const RequestParts& parts,
                          RequestTexts& texts, writ::RequestBuilder& builder) const {
  for (const ContextRule& rule : context) {
    std::string& value = texts.values.emplace_back();
    const Template::Filled filled = rule.value.fill(question, parts, false, value);
    if (filled == Template::Filled::Unusable) return false;
    if (filled == Template::Filled::Absent) continue;
    if (rule.list) {
      builder.set_list(rule.key, texts.lists.emplace_back(split(value)));
    } else {
      builder.set(rule.key, value);
    }
  }
  return true;
}

writ::Result<writ::Request, Refusal> Mapping::request(const HttpQuestion& question,
                                                      RequestTexts& texts) const {
  if (!question.complete) return Refusal::UnusableValue;
  const HttpQuestion::Found length = question.header("Content-Length");
  if (question.header("Transfer-Encoding").count != 0 ||
      (length.count != 0 && length.value != "0")) {
    return Refusal::Body;
  }
  const HttpQuestion::Found method = question.header(method_header);
  const HttpQuestion::Found uri = question.header(uri_header);
  if (method.count > 1 || uri.count > 1) return Refusal::UnusableValue;
  std::optional<std::string> path = usable_path(uri.value);
  if (!path) return Refusal::UnusableUri;
  texts.path = *std::move(path);
  const auto [route, action] = target(method.value, texts.path);
  if (route == nullptr) return Refusal::NoRoute;

  const RequestParts parts{method.value, texts.path,
                           std::string_view(texts.path).substr(route->prefix.size())};
  const writ::Result<writ::Caller, Refusal> who = caller(question, parts, texts);
  if (!who) return who.error();
  if (route->resource.fill(question, parts, true, texts.resource) != Template::Filled::Done) {
    return Refusal::UnusableValue;
  }
  writ::RequestBuilder builder(*who, action, texts.resource);
  if (!route->resource_account.empty()) builder.resource_account(route->resource_account);
  writ::set_principal_keys(builder, *who);
  writ::set_time(builder, texts.time);
  if (!add_context(question, parts, texts, builder)) return Refusal::UnusableValue;
  auto request = builder.build();
  if (!request) return Refusal::InvalidRequest;
  return *std::move(request);
}

}  // namespace authz
