// Not API, may change in any release. PatternDraft: a pattern's atoms while it is compiled.
#pragma once

#include <boost/container/small_vector.hpp>
#include <string>
#include <string_view>

#include "writ/impl/code.h"

namespace writ::inline v0 {
namespace detail {

/// The first `*` or `?`. Texts are short: a loop beats find_first_of, which calls memchr for each
/// character.
[[nodiscard]] constexpr std::size_t find_wildcard(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*' || text[i] == '?') return i;
  }
  return std::string_view::npos;
}

/// Atoms in text order; neighbours of one kind are one: literals joined, `?` counted, stars merged.
/// The texts of the literals stand in one string, in order.
class PatternDraft {
 public:
  using Atoms = boost::container::small_vector<Atom, 16>;

  void add_literal(std::string_view text) {
    if (text.empty()) return;
    const auto at = static_cast<Word>(texts_.size());
    if (!atoms_.empty() && atoms_.back().kind() == Atom::Kind::Literal) {
      atoms_.back() =
          Atom::make(Atom::Kind::Literal, atoms_.back().value() + static_cast<Word>(text.size()),
                     atoms_.back().at);
    } else {
      atoms_.push_back(Atom::make(Atom::Kind::Literal, static_cast<Word>(text.size()), at));
    }
    texts_.append(text);
  }
  void add_star() {
    if (atoms_.empty() || atoms_.back().kind() != Atom::Kind::Star) {
      atoms_.push_back(Atom::make(Atom::Kind::Star));
    }
  }
  void add_any_one() {
    if (!atoms_.empty() && atoms_.back().kind() == Atom::Kind::AnyOne) {
      atoms_.back() = Atom::make(Atom::Kind::AnyOne, atoms_.back().value() + 1);
    } else {
      atoms_.push_back(Atom::make(Atom::Kind::AnyOne, 1));
    }
  }
  void add_variable(Ref variable, bool no_colon) {
    atoms_.push_back(Atom::make(Atom::Kind::Variable, no_colon ? 1 : 0, variable));
    has_variables_ = true;
  }
  /// Separator or CrossStar.
  void add_mark(Atom::Kind kind) { atoms_.push_back(Atom::make(kind)); }
  /// Text with `*` and `?`.
  void add_wildcards(std::string_view text) {
    while (!text.empty()) {
      const std::size_t size = find_wildcard(text);
      add_literal(text.substr(0, size));
      if (size == std::string_view::npos) return;
      text[size] == '*' ? add_star() : add_any_one();
      text.remove_prefix(size + 1);
    }
  }
  /// The atoms of another draft behind these.
  void append(const PatternDraft& other) {
    for (const Atom& atom : other.atoms_) {
      switch (atom.kind()) {
        case Atom::Kind::Literal:
          add_literal(other.text(atom));
          break;
        case Atom::Kind::Star:
          add_star();
          break;
        case Atom::Kind::AnyOne:
          for (Word i = 0; i < atom.value(); ++i) add_any_one();
          break;
        case Atom::Kind::Variable:
          add_variable(atom.at, atom.value() != 0);
          break;
        case Atom::Kind::Separator:
        case Atom::Kind::CrossStar:
          add_mark(atom.kind());
          break;
      }
    }
  }
  void remove_last() { atoms_.pop_back(); }
  void clear() {
    atoms_.clear();
    texts_.clear();
    has_variables_ = false;
  }

  [[nodiscard]] const Atoms& atoms() const noexcept { return atoms_; }
  [[nodiscard]] const std::string& texts() const noexcept { return texts_; }
  [[nodiscard]] std::string_view text(const Atom& atom) const noexcept {
    return std::string_view(texts_).substr(atom.at, atom.value());
  }
  [[nodiscard]] bool has_variables() const noexcept { return has_variables_; }
  /// Nothing but a literal, perhaps empty.
  [[nodiscard]] bool is_literal() const noexcept {
    return atoms_.empty() || (atoms_.size() == 1 && atoms_[0].kind() == Atom::Kind::Literal);
  }
  /// The simplest kind that a pattern of freely running stars has.
  [[nodiscard]] PatternKind simplest_kind() const noexcept {
    if (is_literal()) return PatternKind::Exact;
    if (atoms_.size() == 1 && atoms_[0].kind() == Atom::Kind::Star) return PatternKind::Any;
    const bool prefix = atoms_.size() == 2 && atoms_[0].kind() == Atom::Kind::Literal &&
                        atoms_[1].kind() == Atom::Kind::Star;
    return prefix ? PatternKind::Prefix : PatternKind::General;
  }

 private:
  Atoms atoms_;
  std::string texts_;
  bool has_variables_ = false;
};

}  // namespace detail
}  // namespace writ::inline v0
