// Policies under assumptions: what a log does not tell is assumed to hold or not, test by test.
//
// An *atom* is one place where a policy asks about something that a log may not tell: a condition
// test, or a resource pattern. Atoms that are written alike, in statements of the same effect, are
// one atom, so that an assumption means the same under the old policies and the new ones. Under an
// assumption a document becomes another one that asks no more: a test that holds is left out, the
// statement of one that does not is made to match no action. The engine then decides as ever.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cli/console.h"
#include "writ/impl/json_tree.h"
#include "writ/model/policy_document.h"
#include "writ/policy_set.h"
#include "writ/result.h"

namespace writ::cli {

/// The condition keys and atoms of all policies of a replay, each once.
class AtomTable {
 public:
  struct Atom {
    std::vector<std::uint32_t> keys;  ///< whose values it depends on
    bool needs_resource = false;
    std::string text;
  };

  /// Letter case aside (C-10).
  [[nodiscard]] std::uint32_t key(std::string_view name);
  [[nodiscard]] std::uint32_t atom(Atom atom);
  [[nodiscard]] const std::vector<std::string>& keys() const noexcept { return keys_; }
  [[nodiscard]] const std::vector<Atom>& atoms() const noexcept { return atoms_; }

 private:
  std::vector<std::string> keys_;  // as first spelled
  std::unordered_map<std::string, std::uint32_t> keys_by_name_;
  std::vector<Atom> atoms_;
  std::unordered_map<std::string, std::uint32_t> atoms_by_text_;
};

/// What is assumed of an atom: nothing, where the event tells it.
enum class Assumed : char { Nothing = '-', True = '1', False = '0' };

/// One document with its atoms. Movable, not copyable.
class AssumableDocument {
 public:
  struct Place {
    std::uint32_t atom = 0;
    std::uint32_t statement = 0;
    bool is_resource = false;
    std::uint32_t index = 0;  ///< of the test, or of the pattern, in its statement
  };

  /// Errors: as parse_policy.
  [[nodiscard]] static Result<AssumableDocument> read(std::string_view text, PolicyType type,
                                                      AtomTable& table);

  [[nodiscard]] const std::vector<Place>& places() const noexcept { return places_; }
  /// The keys that its atoms depend on, each once.
  [[nodiscard]] const std::vector<std::uint32_t>& keys() const noexcept { return keys_; }
  /// Whether one of them depends on the resource.
  [[nodiscard]] bool needs_resource() const noexcept { return needs_resource_; }
  [[nodiscard]] const PolicyDocument& document() const noexcept { return document_; }

  /// The document under assumptions, one for each of `places()`, compiled. Statements keep their
  /// indices. Nothing when it cannot be compiled. Kept; the map is emptied when it grows large.
  [[nodiscard]] std::optional<PolicySet> assume(const std::vector<Assumed>& assumed);

 private:
  [[nodiscard]] std::string rewrite(const std::vector<Assumed>& assumed) const;

  PolicyType type_ = PolicyType::IdentityBased;
  PolicyDocument document_;
  detail::JsonTree tree_;
  std::vector<Place> places_;
  std::vector<std::uint32_t> keys_;
  bool needs_resource_ = false;
  std::map<std::string, PolicySet, std::less<>> compiled_;
};

}  // namespace writ::cli
