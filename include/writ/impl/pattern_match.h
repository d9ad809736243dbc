// Not API, may change in any release. Matching compiled patterns: actions, ARNs, condition values.
//
// A pattern is a run of pieces between stars. The first piece is anchored at the beginning of the
// text, the last at its end, and each piece between them is taken at its leftmost place: whatever
// follows a star may start anywhere, so the leftmost place leaves the most room and no other need
// be tried. Nothing backtracks; the cost is at most O(text × pattern), and O(text + pattern) when
// pieces are plain literals.
#pragma once

#include <cstring>

#include "writ/impl/program.h"
#include "writ/request.h"

namespace writ::inline v0 {
namespace detail {

enum class Match : std::uint8_t { No, Yes, Unresolved };

/// What variables are replaced from. Values are data, never patterns (V-20).
struct Bindings {
  const Program& program;
  const RequestFacts& request;
  bool empty_is_value = false;  ///< V-11: whether the empty text is substituted in this test
  bool fold = false;            ///< ASCII case does not matter (StringEqualsIgnoreCase)
  const char* texts = nullptr;  ///< of the literals of the pattern being matched
};

/// The text that stands for a variable, or false when it has no value (V-10, V-11, V-6).
[[nodiscard]] inline bool resolve(const Bindings& bindings, const Atom& atom,
                                  std::string_view& value) noexcept {
  const VariableNode variable{bindings.program.node(atom.at)};
  const bool no_colon = atom.value() != 0;
  if (!variable.never_resolves()) {
    const ContextEntry* entry = bindings.request.find(variable.key_hash(), variable.key());
    if (entry != nullptr && !entry->multivalued && !entry->collided) {
      const bool usable =
          !entry->single.empty() || (bindings.empty_is_value && !variable.has_default());
      if (usable) {
        value = entry->single;
        return !no_colon || value.find(':') == std::string_view::npos;
      }
    }
  }
  if (!variable.has_default()) return false;
  value = variable.default_text();
  return !no_colon || value.find(':') == std::string_view::npos;
}

/// Whether every variable of the atoms has a value.
[[nodiscard]] inline bool all_resolve(const Bindings& bindings,
                                      std::span<const Atom> atoms) noexcept {
  std::string_view ignored;
  for (const Atom& atom : atoms) {
    if (atom.kind() == Atom::Kind::Variable && !resolve(bindings, atom, ignored)) return false;
  }
  return true;
}

/// The byte after the character that begins at `at` (M-34: `?` is a code point).
[[nodiscard]] inline std::size_t next_character(std::string_view text, std::size_t at) noexcept {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U) ++at;
  return at;
}

[[nodiscard]] inline std::size_t previous_character(std::string_view text,
                                                    std::size_t at) noexcept {
  --at;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U) --at;
  return at;
}

/// Whether `size` bytes are equal, for texts that the index has found and that mostly are: from 8
/// to 64 bytes there is no loop, whose end a processor cannot guess when sizes vary, and the last
/// word, which tells beginnings of one service apart, is compared first.
[[nodiscard]] WRIT_ALWAYS_INLINE bool equal_found(const char* a, const char* b,
                                                  std::size_t size) noexcept {
  if (size < 8 || size > 64) return equal_bytes(a, b, size);
  const auto differ = [a, b](std::size_t at) {
    return load_word(a + at, 8) ^ load_word(b + at, 8);
  };
  const std::size_t last = size - 8;
  if (differ(last) != 0) return false;
  if (size <= 32) {
    const std::size_t second = last < 8 ? last : 8;
    const std::size_t third = last < 8 ? 0 : last - 8;
    return (differ(0) | differ(second) | differ(third)) == 0;
  }
  return (differ(0) | differ(8) | differ(16) | differ(24) | differ(last - 24) | differ(last - 16) |
          differ(last - 8)) == 0;
}

[[nodiscard]] inline bool same_text(std::string_view a, std::string_view b, bool fold) noexcept {
  if (a.size() != b.size()) return false;
  if (a.empty()) return true;
  return fold ? equals_folded(a, b) : std::memcmp(a.data(), b.data(), a.size()) == 0;
}

inline constexpr std::size_t kNoMatch = static_cast<std::size_t>(-1);

/// The fixed text of a Literal or Variable atom. Variables are known to resolve.
[[nodiscard]] inline std::string_view atom_text(const Bindings& bindings,
                                                const Atom& atom) noexcept {
  if (atom.kind() == Atom::Kind::Literal) return {bindings.texts + atom.at, atom.value()};
  std::string_view value;
  static_cast<void>(resolve(bindings, atom, value));
  return value;
}

/// Matches a piece (no stars) at `at`; the end of the match, or kNoMatch.
[[nodiscard]] inline std::size_t match_piece(const Bindings& bindings, std::span<const Atom> piece,
                                             std::string_view text, std::size_t at) noexcept {
  for (const Atom& atom : piece) {
    if (atom.kind() == Atom::Kind::AnyOne) {
      for (std::uint32_t i = 0; i < atom.value(); ++i) {
        if (at >= text.size()) return kNoMatch;
        at = next_character(text, at);
      }
    } else {
      const std::string_view want = atom_text(bindings, atom);
      if (text.size() - at < want.size()) return kNoMatch;
      if (!same_text(text.substr(at, want.size()), want, bindings.fold)) return kNoMatch;
      at += want.size();
    }
  }
  return at;
}

/// Matches a piece so that it ends at the end of the text; its beginning, or kNoMatch.
[[nodiscard]] inline std::size_t match_piece_at_end(const Bindings& bindings,
                                                    std::span<const Atom> piece,
                                                    std::string_view text) noexcept {
  std::size_t at = text.size();
  for (std::size_t i = piece.size(); i-- > 0;) {
    const Atom& atom = piece[i];
    if (atom.kind() == Atom::Kind::AnyOne) {
      for (std::uint32_t n = 0; n < atom.value(); ++n) {
        if (at == 0) return kNoMatch;
        at = previous_character(text, at);
      }
    } else {
      const std::string_view want = atom_text(bindings, atom);
      if (at < want.size()) return kNoMatch;
      at -= want.size();
      if (!same_text(text.substr(at, want.size()), want, bindings.fold)) return kNoMatch;
    }
  }
  return at;
}

/// The end of the leftmost place of 1 to 8 bytes at or after `at`, where the text has as many left:
/// a loop over first bytes, without a call.
[[nodiscard]] inline std::size_t find_short(std::string_view text, std::size_t at,
                                            std::string_view want) noexcept {
  const std::size_t last = text.size() - want.size();
  const char first = want[0];
  for (; at <= last; ++at) {
    if (text[at] != first) continue;
    if (equal_bytes(text.data() + at, want.data(), want.size())) return at + want.size();
  }
  return kNoMatch;
}

/// The end of the leftmost match of a piece at or after `at`, or kNoMatch.
[[nodiscard]] inline std::size_t find_piece(const Bindings& bindings, std::span<const Atom> piece,
                                            std::string_view text, std::size_t at) noexcept {
  if (piece.size() == 1 && piece[0].kind() != Atom::Kind::AnyOne && !bindings.fold) {
    const std::string_view want = atom_text(bindings, piece[0]);
    if (want.empty()) return at;
    if (text.size() - at < want.size()) return kNoMatch;
    if (want.size() <= 8) return find_short(text, at, want);
    const void* found = memmem(text.data() + at, text.size() - at, want.data(), want.size());
    if (found == nullptr) return kNoMatch;
    return static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + want.size();
  }
  for (; at <= text.size(); ++at) {
    const std::size_t end = match_piece(bindings, piece, text, at);
    if (end != kNoMatch) return end;
  }
  return kNoMatch;
}

[[nodiscard]] inline std::size_t piece_size(std::span<const Atom> atoms) noexcept {
  std::size_t size = 0;
  while (size < atoms.size() && atoms[size].kind() != Atom::Kind::Star) ++size;
  return size;
}

/// Matches what follows a star that ended at `at`: pieces that float, the last one anchored.
[[nodiscard]] inline bool match_after_star(const Bindings& bindings, std::span<const Atom> atoms,
                                           std::string_view text, std::size_t at) noexcept {
  // The anchored end first: it is looked at once and refuses most.
  std::size_t last = atoms.size();
  while (last > 0 && atoms[last - 1].kind() != Atom::Kind::Star) --last;
  std::size_t limit = text.size();
  if (last != atoms.size()) {
    limit = match_piece_at_end(bindings, atoms.subspan(last), text);
    if (limit == kNoMatch || limit < at) return false;
  }
  text = text.substr(0, limit);
  atoms = atoms.first(last);
  while (true) {
    if (atoms.empty()) return true;
    const std::size_t size = piece_size(atoms);
    const std::span<const Atom> piece = atoms.first(size);
    at = find_piece(bindings, piece, text, at);
    if (at == kNoMatch) return false;
    atoms = atoms.subspan(size + 1);
  }
}

/// Matches atoms (literals, `?`, variables, stars) against the whole text. Variables must resolve.
[[nodiscard]] inline bool match_glob(const Bindings& bindings, std::span<const Atom> atoms,
                                     std::string_view text) noexcept {
  const std::size_t size = piece_size(atoms);
  const std::size_t end = match_piece(bindings, atoms.first(size), text, 0);
  if (end == kNoMatch) return false;
  if (size == atoms.size()) return end == text.size();
  return match_after_star(bindings, atoms.subspan(size + 1), text, end);
}

/// The atoms up to the next Separator.
[[nodiscard]] inline std::span<const Atom> first_field(std::span<const Atom> atoms) noexcept {
  std::size_t size = 0;
  while (size < atoms.size() && atoms[size].kind() != Atom::Kind::Separator) ++size;
  return atoms.first(size);
}

/// C-69: six fields, each matched on its own, in a text that is an ARN of six fields.
[[nodiscard]] inline bool match_arn_fields(const Bindings& bindings, std::span<const Atom> atoms,
                                           std::string_view arn) noexcept {
  for (int field = 0; field < 6; ++field) {
    const std::span<const Atom> pattern = first_field(atoms);
    const std::size_t colon = field == 5 ? arn.size() : arn.find(':');
    if (!match_glob(bindings, pattern, arn.substr(0, colon))) return false;
    if (field == 5) return true;
    atoms = atoms.subspan(pattern.size() + 1);
    arn.remove_prefix(colon + 1);
  }
  return false;
}

/// M-25 for patterns with wildcards inside the first five fields, which stay inside their segment
/// of the text, while a star at a field's end (CrossStar) may take more segments. Fields between
/// two such stars take as many segments as there are fields, so again the leftmost place is the
/// best.
[[nodiscard]] inline bool match_segmented(const Bindings& bindings, std::span<const Atom> atoms,
                                          std::string_view text) noexcept {
  std::size_t at = 0;     // where the next field may begin
  bool floating = false;  // after a CrossStar it may begin at any later segment
  std::span<const Atom> rest = atoms;
  int fields_left = 5;
  while (true) {
    // One block: fields up to the next CrossStar, or up to the last field.
    std::size_t end = kNoMatch;
    std::span<const Atom> after;
    int used = 0;
    bool crossed = false;
    for (std::size_t start = at; start <= text.size();) {
      std::size_t here = start;
      after = rest;
      used = 0;
      crossed = false;
      bool matched = true;
      while (used < fields_left && !crossed) {
        std::span<const Atom> field = first_field(after);
        after = after.subspan(field.size() + 1);
        const std::size_t colon = text.find(':', here);
        if (colon == std::string_view::npos) {
          // Later starts have still fewer segments.
          return false;
        }
        const std::string_view segment = text.substr(here, colon - here);
        if (!field.empty() && field.back().kind() == Atom::Kind::CrossStar) {
          crossed = true;
          field = field.first(field.size() - 1);
          const std::size_t size = piece_size(field);
          const std::size_t piece_end = match_piece(bindings, field.first(size), segment, 0);
          matched = piece_end != kNoMatch;
          if (matched && size < field.size()) {
            // Stars inside the field and one at its end: every piece floats.
            std::span<const Atom> pieces = field.subspan(size + 1);
            std::size_t from = piece_end;
            while (matched) {
              const std::size_t next = piece_size(pieces);
              from = find_piece(bindings, pieces.first(next), segment, from);
              matched = from != kNoMatch;
              if (next == pieces.size()) break;
              pieces = pieces.subspan(next + 1);
            }
          }
        } else {
          matched = match_glob(bindings, field, segment);
        }
        if (!matched) break;
        here = colon + 1;
        ++used;
      }
      if (matched && !crossed) {
        // The last field: anchored here up to its first star, then anywhere up to the end.
        const std::size_t size = piece_size(after);
        const std::size_t piece_end = match_piece(bindings, after.first(size), text, here);
        if (piece_end != kNoMatch) {
          if (size < after.size()) {
            return match_after_star(bindings, after.subspan(size + 1), text, piece_end);
          }
          if (piece_end == text.size()) return true;
        }
        matched = false;
      }
      if (matched) {
        end = here;
        break;
      }
      if (!floating) return false;
      const std::size_t colon = text.find(':', start);
      if (colon == std::string_view::npos) return false;
      start = colon + 1;
    }
    if (end == kNoMatch) return false;
    rest = after;
    fields_left -= used;
    at = end;
    floating = true;
  }
}

/// The kinds that need no atoms.
[[nodiscard]] inline bool match_literal(PatternKind kind, std::string_view literal,
                                        std::string_view text, bool fold) noexcept {
  if (kind == PatternKind::Any) return true;
  if (kind == PatternKind::Exact) return same_text(text, literal, fold);
  return text.size() >= literal.size() && same_text(text.substr(0, literal.size()), literal, fold);
}

/// Patterns of many pieces are told apart by a literal of some length: a text without it is refused
/// at once (forty stars at N = 1,000: p99 from 178 to 76 us).
[[nodiscard]] inline bool may_contain(const Bindings& bindings, std::span<const Atom> atoms,
                                      std::string_view text) noexcept {
  constexpr std::size_t kManyAtoms = 8;
  constexpr std::size_t kTelling = 4;
  if (atoms.size() <= kManyAtoms || bindings.fold) return true;
  const Atom* longest = nullptr;
  // The beginning is looked at first anyway.
  for (const Atom& atom : atoms.subspan(1)) {
    if (atom.kind() != Atom::Kind::Literal) continue;
    if (longest == nullptr || atom.value() > longest->value()) longest = &atom;
    if (longest->value() >= kTelling) break;
  }
  if (longest == nullptr) return true;
  const std::string_view want = atom_text(bindings, *longest);
  return memmem(text.data(), text.size(), want.data(), want.size()) != nullptr;
}

/// Matches a compiled pattern against a whole text.
[[nodiscard]] inline Match match_pattern(Bindings bindings, const PatternNode& pattern,
                                         std::string_view text) noexcept {
  const PatternKind kind = pattern.kind();
  if (kind <= PatternKind::Prefix) {
    return match_literal(kind, pattern.text(), text, bindings.fold) ? Match::Yes : Match::No;
  }
  const std::span<const Atom> atoms(pattern.atoms(), pattern.atom_count());
  bindings.texts = pattern.text().data();
  if (pattern.has_variables()) {
    if (pattern.never_resolves() || !all_resolve(bindings, atoms)) return Match::Unresolved;
  }
  bool matched = false;
  if (kind == PatternKind::General) {
    // A beginning and an end, which is what most have.
    if (atoms.size() == 3 && !bindings.fold && atoms[0].kind() == Atom::Kind::Literal &&
        atoms[1].kind() == Atom::Kind::Star && atoms[2].kind() == Atom::Kind::Literal) {
      const std::size_t begin = atoms[0].value();
      const std::size_t end = atoms[2].value();
      matched = begin + end <= text.size() &&
                equal_bytes(text.data(), bindings.texts + atoms[0].at, begin) &&
                equal_bytes(text.data() + text.size() - end, bindings.texts + atoms[2].at, end);
      return matched ? Match::Yes : Match::No;
    }
    // All literals must find room, variables may be empty.
    matched = pattern.text().size() <= text.size() && may_contain(bindings, atoms, text) &&
              match_glob(bindings, atoms, text);
  } else if (kind == PatternKind::Segmented) {
    matched = match_segmented(bindings, atoms, text);
  } else {
    matched = match_arn_fields(bindings, atoms, text);
  }
  return matched ? Match::Yes : Match::No;
}

/// Whether a folded action pattern covers an action (M-10).
[[nodiscard]] inline bool match_action_node(const Program& program, const RequestFacts& request,
                                            const ActionName& action, Ref pattern) noexcept {
  const std::string_view folded = action.folded();
  const bool is_folded = !folded.empty();
  const Bindings bindings{program, request, false, !is_folded};
  return match_pattern(bindings, program.pattern(pattern), is_folded ? folded : action.text()) ==
         Match::Yes;
}

/// A pattern that may have no node (kWrittenPattern), with its text as written.
struct WrittenPattern {
  const Program& program;
  Ref ref;
  std::string_view written;

  [[nodiscard]] bool has_node() const noexcept { return (ref & kWrittenPattern) == 0; }
  [[nodiscard]] PatternKind kind() const noexcept { return program.pattern_kind(ref); }
  [[nodiscard]] bool has_variables() const noexcept {
    return has_node() && program.pattern(ref).has_variables();
  }
  [[nodiscard]] Match match(const Bindings& bindings, std::string_view text) const noexcept {
    if (has_node()) return match_pattern(bindings, program.pattern(ref), text);
    const std::size_t star = kind() == PatternKind::Exact ? 0 : 1;
    const std::string_view literal = written.substr(0, written.size() - star);
    return match_literal(kind(), literal, text, bindings.fold) ? Match::Yes : Match::No;
  }
};

}  // namespace detail
}  // namespace writ::inline v0
