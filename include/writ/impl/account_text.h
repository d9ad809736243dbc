// Not API, may change in any release. One JSON file of an account: its members with complaints that
// say where, and the policy documents inside it.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/account.h"
#include "writ/hash.h"
#include "writ/impl/edit_distance.h"
#include "writ/impl/json_tree.h"

namespace writ::inline v0 {
namespace detail {

/// Collects what is wrong (`fail`) and what is merely odd (`note`), up to a number.
class AccountComplaints {
 public:
  explicit AccountComplaints(std::size_t max) noexcept : max_(std::max<std::size_t>(max, 1)) {}

  void fail(std::string_view file, PolicyError error) { add(errors, unlisted_, file, error); }
  void note(std::string_view file, PolicyError error) {
    add(findings, unlisted_notes_, file, error);
  }
  [[nodiscard]] bool failed() const noexcept { return !errors.empty(); }

  /// Says how many there are that the lists have no place for.
  void close() {
    close(errors, unlisted_, "errors");
    close(findings, unlisted_notes_, "findings");
  }

  AccountErrors errors;
  std::vector<DocumentError> findings;

 private:
  void add(AccountErrors& list, std::size_t& unlisted, std::string_view file, PolicyError& error) {
    if (list.size() >= max_) {
      ++unlisted;
    } else {
      list.push_back({std::string(file), std::move(error)});
    }
  }
  static void close(AccountErrors& list, std::size_t& unlisted, std::string_view what) {
    if (unlisted == 0) return;
    PolicyError error;
    error.code = ErrorCode::LimitExceeded;
    error.message = "and " + std::to_string(unlisted) + " more " + std::string(what);
    list.push_back({list.back().document, std::move(error)});
    unlisted = 0;
  }

  std::size_t max_;
  std::size_t unlisted_ = 0;
  std::size_t unlisted_notes_ = 0;
};

/// Where a document stands: in its file, or as the text of a string there.
struct AccountPlaceInFile {
  std::string file;
  Position position;
  std::string pointer;
  bool is_string = false;

  /// An error of the document as one of the file.
  [[nodiscard]] PolicyError move_to_file(PolicyError error) const {
    error.json_pointer = pointer + error.json_pointer;
    if (is_string) {
      if (error.position.line != 0) {
        error.message += " (line " + std::to_string(error.position.line) + ", column " +
                         std::to_string(error.position.column) + " of the decoded document)";
      }
      error.position = position;
    } else if (error.position.line == 0) {
      error.position = position;
    } else {
      if (error.position.line == 1) error.position.column += position.column - 1;
      error.position.line += position.line - 1;
      error.position.offset += position.offset;
    }
    return error;
  }
};

/// A document's text and where it was found.
struct AccountDocument {
  std::string text;
  AccountPlaceInFile place;
};

/// Whether a name is another one misspelt: the letter case, or a letter or two.
[[nodiscard]] inline bool is_misspelt(std::string_view name, std::string_view known) {
  const std::size_t most = known.size() < 8 ? 1 : 2;
  return name.size() <= known.size() + most && known.size() <= name.size() + most &&
         edit_distance(name, known) <= most;
}

/// Whether the name of an unknown member sounds as if permissions hung on it.
[[nodiscard]] inline bool speaks_of_permissions(std::string_view name) noexcept {
  for (const std::string_view word : {"polic", "permission", "boundar"}) {
    for (std::size_t i = 0; i + word.size() <= name.size(); ++i) {
      if (equals_folded(name.substr(i, word.size()), word)) return true;
    }
  }
  return false;
}

/// Whose format a file has: of our own all members are known; the API may get new ones.
enum class AccountFormat : std::uint8_t { Api, Own };

/// One file. Borrows the text.
class AccountText {
 public:
  AccountText(const AccountFile& file, AccountComplaints& complaints, AccountFormat format) noexcept
      : file_(file), complaints_(complaints), format_(format) {}

  /// Whether the text is JSON.
  bool parse(const AccountOptions& options) {
    if (count_json_values(file_.text) > options.max_values) {
      PolicyError error;
      error.code = ErrorCode::LimitExceeded;
      error.message = "there are more than " + std::to_string(options.max_values) +
                      " JSON values; split the file into pages";
      complaints_.fail(file_.name, std::move(error));
      return false;
    }
    // Documents may nest as deep as they like (G-11); around them are a handful of lists.
    Result<JsonTree> tree =
        JsonTree::parse(file_.text, {.max_bytes = options.max_file_bytes, .max_depth = 64});
    if (!tree) {
      complaints_.fail(file_.name, std::move(tree).error());
      return false;
    }
    tree_ = std::move(tree).value();
    return true;
  }

  [[nodiscard]] const JsonTree& tree() const noexcept { return tree_; }
  [[nodiscard]] std::string_view name() const noexcept { return file_.name; }

  void fail(const JsonNode& node, std::string message,
            ErrorCode code = ErrorCode::InvalidInput) const {
    complaints_.fail(file_.name, error_at(node, std::move(message), code));
  }
  void note(const JsonNode& node, std::string message) const {
    complaints_.note(file_.name, error_at(node, std::move(message), ErrorCode::InvalidInput));
  }

  /// Finds the members of an object by name. A repeated one is an error. So is an unknown one, but
  /// for those of the API that resemble nothing that counts: they are findings.
  template <std::size_t N>
  bool members(const JsonNode& object, const std::array<std::string_view, N>& names,
               std::array<const JsonNode*, N>& nodes) const {
    nodes.fill(nullptr);
    if (!is(object, JsonKind::Object, "an object")) return false;
    for (const JsonNode* member = tree_.first_child(object); member != nullptr;
         member = tree_.next(*member)) {
      const auto known = std::find(names.begin(), names.end(), member->name);
      if (known == names.end()) {
        refuse_or_note(*member, names);
        continue;
      }
      const JsonNode*& place = nodes[static_cast<std::size_t>(known - names.begin())];
      if (place != nullptr) {
        fail(*member, "this member is given twice; remove one", ErrorCode::DuplicateMember);
      } else {
        place = member;
      }
    }
    return true;
  }

  [[nodiscard]] bool is(const JsonNode& node, JsonKind kind, std::string_view what) const {
    if (node.kind == kind) return true;
    fail(node, "this has to be " + std::string(what), ErrorCode::DataTypeMismatch);
    return false;
  }

  /// The string of a member; complains when it is missing or empty.
  [[nodiscard]] std::optional<std::string_view> required(const JsonNode& object,
                                                         const JsonNode* member,
                                                         std::string_view name) const {
    if (member == nullptr) {
      fail(object, "the member `" + std::string(name) + "` is missing");
      return std::nullopt;
    }
    if (!is(*member, JsonKind::String, "a string")) return std::nullopt;
    if (member->text.empty()) {
      fail(*member, "this must not be empty");
      return std::nullopt;
    }
    return member->text;
  }
  /// The string of a member that may be left out; empty then.
  [[nodiscard]] std::string_view optional_string(const JsonNode* member) const {
    if (member == nullptr || !is(*member, JsonKind::String, "a string")) return {};
    return member->text;
  }
  /// Calls `use` with each element of a list that may be left out.
  template <class Use>
  void each(const JsonNode* list, const Use& use) const {
    if (list == nullptr || !is(*list, JsonKind::Array, "an array")) return;
    for (const JsonNode* item = tree_.first_child(*list); item != nullptr;
         item = tree_.next(*item)) {
      use(*item);
    }
  }

  [[nodiscard]] AccountPlaceInFile place(const JsonNode& node) const {
    return {std::string(file_.name), node.begin, tree_.pointer(node),
            node.kind == JsonKind::String};
  }

  /// A policy document: an object, or a string that holds one, URL-encoded or not.
  [[nodiscard]] std::optional<AccountDocument> document(const JsonNode& node) const {
    AccountDocument document;
    document.place = place(node);
    if (node.kind == JsonKind::Object) {
      const std::size_t begin = node.begin.offset;
      document.text = file_.text.substr(begin, node.end.offset - begin);
      return document;
    }
    if (node.kind != JsonKind::String) {
      fail(node, "this has to be a policy document: an object, or a string that holds one",
           ErrorCode::DataTypeMismatch);
      return std::nullopt;
    }
    const std::size_t first = node.text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || node.text[first] != '%') {
      document.text = node.text;
      return document;
    }
    if (!decode_url(node, document.text)) return std::nullopt;
    return document;
  }

 private:
  void refuse_or_note(const JsonNode& member, std::span<const std::string_view> names) const {
    const auto meant = std::find_if(names.begin(), names.end(), [&member](std::string_view name) {
      return is_misspelt(member.name, name);
    });
    if (meant != names.end()) {
      fail(member, "this member is not known; did you mean `" + std::string(*meant) + "`?");
    } else if (format_ == AccountFormat::Own) {
      fail(member, "this member is not known; remove it");
    } else if (speaks_of_permissions(member.name)) {
      fail(member, "this member is not known, and permissions may hang on it; remove it if not");
    } else {
      note(member, "this member is not known and says nothing here");
    }
  }

  [[nodiscard]] PolicyError error_at(const JsonNode& node, std::string message,
                                     ErrorCode code) const {
    PolicyError error;
    error.code = code;
    error.position = node.begin;
    error.json_pointer = tree_.pointer(node);
    error.message = std::move(message);
    return error;
  }

  bool decode_url(const JsonNode& node, std::string& decoded) const {
    const auto digit = [](char c) {
      if (c >= '0' && c <= '9') return c - '0';
      if (c >= 'a' && c <= 'f') return c - 'a' + 10;
      if (c >= 'A' && c <= 'F') return c - 'A' + 10;
      return -1;
    };
    const std::string_view text = node.text;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '%') {
        decoded += text[i];
        continue;
      }
      const int high = i + 2 < text.size() ? digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        fail(node, "the URL encoding is broken at character " + std::to_string(i + 1) +
                       ": `%` needs two hexadecimal digits");
        return false;
      }
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    }
    return true;
  }

  AccountFile file_;
  AccountComplaints& complaints_;
  AccountFormat format_;
  JsonTree tree_;
};

}  // namespace detail
}  // namespace writ::inline v0
