// Questions to the portal's policies: the tables below tests/portal/policies/tables, read and
// spelled out cell by cell.
#pragma once

#include <rapidjson/document.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reference/case.h"
#include "writ/writ.h"

namespace writ::test {

inline const std::vector<std::string> kStages = {"registered", "enrolled", "confirmed",
                                                 "validated"};
inline const std::vector<std::string> kPaths = {"software", "services", "distribution"};

/// A request of the portal as R-ARCH-2 and R-ARCH-5 lay it out. Caller is user 1 of partner
/// 2345678, which is linked, validated and on path software; the target is user 2, who holds no
/// role.
class PortalQuestion {
 public:
  /// `action` with or without prefix; `on` is what follows the partner's ARN: `partner` for itself,
  /// `user/self`, `user/other`, `task/T9`, ...
  PortalQuestion(std::string_view action, std::string_view on,
                 std::string_view account = "2345678");

  /// Single-valued, or multi-valued for portal:PartnerPath and portal:TargetRoles; `${self}` and
  /// `${other}` stand for the two users.
  PortalQuestion& with(const std::string& key, std::vector<std::string> values);
  PortalQuestion& without(const std::string& key);
  /// The member `with` of a row: key to string, list, or null for a key that is left out.
  PortalQuestion& with(const rapidjson::Value& keys);

  /// Borrows from the question, which must stay where it is.
  [[nodiscard]] Request request() const;
  /// The same for the second evaluator.
  [[nodiscard]] reference::Question for_reference() const;
  [[nodiscard]] std::string to_string() const;

 private:
  struct Values {
    std::vector<std::string> texts;
    std::vector<std::string_view> views;
  };
  std::string action_;
  std::string resource_;
  mutable std::map<std::string, Values> context_;
};

/// A question for one role, with its answer.
struct Cell {
  std::string row;   ///< what the table calls it, for failures
  std::string role;  ///< held alone
  bool guarded = true;
  std::shared_ptr<const PortalQuestion> question;
  Outcome expected = Outcome::ImplicitDeny;
  std::string sid;  ///< of the statement that must be among those that deny, if any
};

using Cells = std::vector<Cell>;

[[nodiscard]] rapidjson::Document read_table(const std::string& name);

/// 16 x 7, a cell with several requests being several entries (R-MAT-1).
[[nodiscard]] Cells role_matrix_cells();
/// 39 items x 9 roles x 4 stages x 3 paths (R-MENU-2).
[[nodiscard]] Cells menu_cells();
/// Beyond the printed table: items named elsewhere (R-MENU-4), stages and paths that are unknown,
/// absent or several (R-MENU-3).
[[nodiscard]] Cells menu_margin_cells();
/// Every action for every role (section 3 of the rules).
[[nodiscard]] Cells action_cells();
/// Every action on every kind of resource that is not its own, and what is no action of the portal
/// on all of them: nobody may.
[[nodiscard]] Cells wrong_resource_cells();

/// What each guardrail statement denies in one situation.
struct Situation {
  std::string name;
  /// All of the portal and some that are none of it, each on a resource of its own kind and on one
  /// that is nobody's; in the order of `questions`.
  std::vector<std::string> actions;
  std::vector<std::unique_ptr<PortalQuestion>> questions;
  std::map<std::string, std::vector<std::string>> denies;  ///< Sid -> actions, sorted
};
[[nodiscard]] std::vector<Situation> guardrail_situations();

}  // namespace writ::test
