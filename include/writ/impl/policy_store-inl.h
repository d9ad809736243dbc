// Not API, may change in any release. Changing segments, and the store around them.
//
// A change walks the segments beside the sorted changes, like two sorted files that are merged.
// What it does not touch is taken over; what it touches becomes a draft: the list of documents that
// the segment will have. Drafts are cut and joined until their sizes are right, and then compiled.
// Until the last one is, nothing has changed, so a failure needs no way back.
//
// What changed once is likely to change again. A large segment that is touched in one place has to
// be compiled anew in any case, so it is cut around that place at no cost: the next change there
// compiles a small segment. What is left alone grows together again when segments become too many.
#pragma once

#include <algorithm>
#include <utility>

#include "writ/impl/segments.h"
#include "writ/policy_store.h"

namespace writ::inline v0 {
namespace detail {

/// A segment to be: taken over as it is, or documents to compile.
struct SegmentDraft {
  std::shared_ptr<const Segment> unchanged;
  StoredDocuments documents;  // empty when unchanged
  std::uint64_t statements = 0;
  std::string_view first_change;  // names, of the changes in its range
  std::string_view last_change;
};

[[nodiscard]] inline std::uint64_t count_statements(const StoredDocuments& documents) noexcept {
  std::uint64_t sum = 0;
  for (const auto& document : documents) sum += document->statements;
  return sum;
}

/// The documents of a segment with the changes in its range; both in the order of names.
[[nodiscard]] inline StoredDocuments merge_changes(const StoredDocuments& documents,
                                                   std::span<const SegmentChange> changes) {
  StoredDocuments result;
  result.reserve(documents.size() + changes.size());
  auto old = documents.begin();
  for (const SegmentChange& change : changes) {
    while (old != documents.end() && (*old)->name < change.name) result.push_back(*old++);
    const bool known = old != documents.end() && (*old)->name == change.name;
    if (change.document != nullptr) {
      // The same text again: what is compiled stays.
      const bool same = known && (*old)->text == change.document->text;
      result.push_back(same ? *old : change.document);
    }
    if (known) ++old;
  }
  result.insert(result.end(), old, documents.end());
  return result;
}

/// Cuts a draft into pieces of about `target` statements, at borders of documents.
inline void cut_draft(SegmentDraft draft, std::uint64_t target, std::vector<SegmentDraft>& result) {
  const std::uint64_t pieces = std::max<std::uint64_t>(1, draft.statements / target);
  const std::uint64_t size = (draft.statements + pieces - 1) / pieces;
  SegmentDraft piece;
  for (auto& document : draft.documents) {
    piece.statements += document->statements;
    piece.documents.push_back(std::move(document));
    if (piece.statements >= size) result.push_back(std::exchange(piece, {}));
  }
  if (!piece.documents.empty()) result.push_back(std::move(piece));
}

/// Cuts a draft around what changed in it, if that is a small part: into what is before, at least
/// `least` statements around the changes, and what is behind.
[[nodiscard]] inline std::vector<SegmentDraft> cut_around_changes(SegmentDraft draft,
                                                                  std::uint64_t least) {
  const StoredDocuments& documents = draft.documents;
  const auto position = [&](std::string_view name) {
    const auto found = std::lower_bound(
        documents.begin(), documents.end(), name,
        [](const auto& document, std::string_view wanted) { return document->name < wanted; });
    return static_cast<std::size_t>(found - documents.begin());
  };
  const auto count = [&](std::size_t begin, std::size_t end) {
    std::uint64_t sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += documents[i]->statements;
    return sum;
  };
  std::size_t begin = position(draft.first_change);
  std::size_t end = std::min(position(draft.last_change) + 1, documents.size());
  begin = std::min(begin, end - 1);  // behind the last when that was removed
  std::uint64_t around = count(begin, end);
  while (around < least && (begin > 0 || end < documents.size())) {
    if (begin > 0) around += documents[--begin]->statements;
    if (end < documents.size()) around += documents[end++]->statements;
  }
  // Remainders that are small themselves stay with it.
  if (count(0, begin) < least) begin = 0;
  if (count(end, documents.size()) < least) end = documents.size();
  std::vector<SegmentDraft> result;
  if (2 * count(begin, end) > draft.statements) {
    result.push_back(std::move(draft));
    return result;
  }
  const std::size_t borders[] = {0, begin, end, documents.size()};
  for (std::size_t i = 0; i < 3; ++i) {
    if (borders[i] == borders[i + 1]) continue;
    SegmentDraft piece;
    piece.documents.assign(documents.begin() + static_cast<std::ptrdiff_t>(borders[i]),
                           documents.begin() + static_cast<std::ptrdiff_t>(borders[i + 1]));
    piece.statements = count_statements(piece.documents);
    result.push_back(std::move(piece));
  }
  return result;
}

/// Joins the draft at `at` and the one after it.
inline void join_drafts(std::vector<SegmentDraft>& drafts, std::size_t at) {
  const auto own = [](SegmentDraft& draft) {
    if (draft.unchanged != nullptr) draft.documents = draft.unchanged->documents;
    draft.unchanged = nullptr;
  };
  SegmentDraft& left = drafts[at];
  SegmentDraft& right = drafts[at + 1];
  own(left);
  own(right);
  left.documents.insert(left.documents.end(), right.documents.begin(), right.documents.end());
  left.statements += right.statements;
  drafts.erase(drafts.begin() + static_cast<std::ptrdiff_t>(at) + 1);
}

/// Joins a changed draft and its neighbour where both together are below `least`; then, should
/// there be more than `most`, those neighbours that are smallest together.
inline void join_small_drafts(std::vector<SegmentDraft>& drafts, std::uint64_t least,
                              std::size_t most) {
  const auto both = [&](std::size_t at) {
    return drafts[at].statements + drafts[at + 1].statements;
  };
  for (std::size_t at = 0; at + 1 < drafts.size();) {
    const bool touched = drafts[at].unchanged == nullptr || drafts[at + 1].unchanged == nullptr;
    if (touched && both(at) < least) {
      join_drafts(drafts, at);
    } else {
      ++at;
    }
  }
  while (drafts.size() > most) {
    std::size_t smallest = 0;
    for (std::size_t at = 1; at + 1 < drafts.size(); ++at) {
      if (both(at) < both(smallest)) smallest = at;
    }
    join_drafts(drafts, smallest);
  }
}

WRIT_FUNC Result<std::shared_ptr<const StoredDocument>> check_document(
    std::string_view name, std::string text, PolicyType type, const ParseOptions& options) {
  Result<PolicyDocument> document = parse_policy(text, type, options);
  if (!document) return std::move(document).error();
  auto stored = std::make_shared<StoredDocument>();
  stored->name = name;
  stored->text = std::move(text);
  stored->statements = static_cast<std::uint32_t>(document->statements().size());
  return std::shared_ptr<const StoredDocument>(std::move(stored));
}

[[nodiscard]] inline Result<PolicySet> compile_documents(const StoredDocuments& documents,
                                                         PolicyType type,
                                                         const ParseOptions& options) {
  std::vector<PolicyDocument> parsed;
  parsed.reserve(documents.size());
  PolicySetBuilder builder(type);
  for (const auto& stored : documents) {
    Result<PolicyDocument> document = parse_policy(stored->text, type, options);
    if (!document) return std::move(document).error();
    parsed.push_back(*std::move(document));
    builder.attach(stored->name, parsed.back());
  }
  return builder.build();
}

/// Says which documents of a set that cannot be compiled: the first that cannot be compiled alone,
/// or all of them.
[[nodiscard]] inline PolicyError naming_documents(PolicyError error,
                                                  const StoredDocuments& documents, PolicyType type,
                                                  const ParseOptions& options) {
  for (const auto& stored : documents) {
    if (documents.size() > 1 && compile_documents({stored}, type, options)) continue;
    error.message += " (the document `" + stored->name + "`)";
    return error;
  }
  error.message +=
      " (the documents `" + documents.front()->name + "` to `" + documents.back()->name + "`)";
  return error;
}

}  // namespace detail

WRIT_FUNC Result<PolicySegments> PolicySegments::with(
    std::span<const detail::SegmentChange> changes, PolicyType type, const SegmentOptions& options,
    const ParseOptions& parse) const {
  // Which segments are touched, and what they will hold.
  std::vector<detail::SegmentDraft> touched;
  std::uint64_t total = 0;
  auto change = changes.begin();
  const std::size_t ranges = std::max<std::size_t>(1, segments_.size());
  for (std::size_t i = 0; i < ranges; ++i) {
    const auto first = change;
    const auto in_range = [&](const detail::SegmentChange& one) {
      return i + 1 >= segments_.size() || one.name < segments_[i + 1]->documents.front()->name;
    };
    while (change != changes.end() && in_range(*change)) ++change;
    const detail::StoredDocuments none;
    const detail::StoredDocuments& before = segments_.empty() ? none : segments_[i]->documents;
    detail::SegmentDraft draft;
    if (first != change) draft.documents = detail::merge_changes(before, {first, change});
    if (first == change || draft.documents == before) {
      if (segments_.empty()) break;
      draft.unchanged = segments_[i];
      draft.documents.clear();
      draft.statements = segments_[i]->statements;
    } else {
      draft.statements = detail::count_statements(draft.documents);
      if (draft.documents.empty()) continue;
      draft.first_change = first->name;
      draft.last_change = (change - 1)->name;
    }
    total += draft.statements;
    touched.push_back(std::move(draft));
  }

  const std::uint64_t wanted = std::max<std::uint64_t>(1, options.target_segments);
  const std::uint64_t least = std::max<std::uint64_t>(1, options.min_segment_statements);
  const std::uint64_t target = std::max(least, (total + wanted - 1) / wanted);
  std::vector<detail::SegmentDraft> drafts;
  for (detail::SegmentDraft& draft : touched) {
    if (draft.unchanged != nullptr || draft.statements <= 2 * least) {
      drafts.push_back(std::move(draft));
      continue;
    }
    for (detail::SegmentDraft& piece : detail::cut_around_changes(std::move(draft), least)) {
      if (piece.statements > 2 * target) {
        detail::cut_draft(std::move(piece), target, drafts);
      } else {
        drafts.push_back(std::move(piece));
      }
    }
  }
  detail::join_small_drafts(drafts, least, 2 * static_cast<std::size_t>(wanted));

  PolicySegments result;
  for (detail::SegmentDraft& draft : drafts) {
    std::shared_ptr<const detail::Segment> segment = std::move(draft.unchanged);
    if (segment == nullptr) {
      Result<PolicySet> set = detail::compile_documents(draft.documents, type, parse);
      if (!set) {
        return detail::naming_documents(std::move(set).error(), draft.documents, type, parse);
      }
      segment = std::make_shared<const detail::Segment>(
          detail::Segment{std::move(draft.documents), draft.statements, *std::move(set)});
    }
    result.documents_ += static_cast<std::uint32_t>(segment->documents.size());
    result.statements_ += segment->statements;
    result.sets_.push_back(segment->set);
    result.segments_.push_back(std::move(segment));
  }
  return result;
}

WRIT_FUNC bool PolicySegments::shares_all_with(const PolicySegments& other) const noexcept {
  return segments_ == other.segments_;
}

WRIT_FUNC std::string_view PolicySegments::name_of(std::uint32_t document) const noexcept {
  std::size_t rank = document;
  for (const auto& segment : segments_) {
    if (rank < segment->documents.size()) return segment->documents[rank]->name;
    rank -= segment->documents.size();
  }
  return {};
}

WRIT_FUNC std::optional<std::string_view> PolicySegments::text_of(
    std::string_view name) const noexcept {
  const auto after = std::upper_bound(segments_.begin(), segments_.end(), name,
                                      [](std::string_view wanted, const auto& segment) {
                                        return wanted < segment->documents.front()->name;
                                      });
  if (after == segments_.begin()) return std::nullopt;
  const detail::StoredDocuments& documents = (*(after - 1))->documents;
  const auto found = std::lower_bound(
      documents.begin(), documents.end(), name,
      [](const auto& document, std::string_view wanted) { return document->name < wanted; });
  if (found == documents.end() || (*found)->name != name) return std::nullopt;
  return std::string_view((*found)->text);
}

WRIT_FUNC PolicyStore::PolicyStore(PolicyType type, PolicyStoreOptions options)
    : type_(type), options_(options), published_(PolicySegments()) {}

WRIT_FUNC Result<bool> PolicyStore::put(std::string_view name, std::string_view text) {
  auto document = check(name, std::string(text));
  if (!document) return std::move(document).error();
  const detail::SegmentChange change{name, *std::move(document)};
  const Result<Committed> committed = commit({&change, 1});
  if (!committed) return committed.error();
  return committed->existed;
}

WRIT_FUNC Result<bool> PolicyStore::remove(std::string_view name) {
  const detail::SegmentChange change{name, nullptr};
  const Result<Committed> committed = commit({&change, 1});
  if (!committed) return committed.error();
  return committed->existed;
}

WRIT_FUNC Result<std::uint32_t, DocumentError> PolicyStore::apply(
    std::vector<PolicyChange> changes) {
  std::stable_sort(
      changes.begin(), changes.end(),
      [](const PolicyChange& left, const PolicyChange& right) { return left.name < right.name; });
  std::vector<detail::SegmentChange> checked;
  checked.reserve(changes.size());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    PolicyChange& change = changes[i];
    if (i + 1 < changes.size() && changes[i + 1].name == change.name) continue;
    detail::SegmentChange one{change.name, nullptr};
    if (change.text.has_value()) {
      auto document = check(change.name, *std::move(change.text));
      if (!document) return DocumentError{change.name, std::move(document).error()};
      one.document = *std::move(document);
    }
    checked.push_back(std::move(one));
  }
  Result<Committed> committed = commit(checked);
  if (!committed) {
    return DocumentError{checked.empty() ? std::string() : std::string(checked.front().name),
                         std::move(committed).error()};
  }
  return committed->documents;
}

WRIT_FUNC Result<std::shared_ptr<const detail::StoredDocument>> PolicyStore::check(
    std::string_view name, std::string text) const {
  if (type_ == PolicyType::ResourceBased || type_ == PolicyType::RoleTrust) {
    PolicyError error;
    error.code = ErrorCode::DataTypeMismatch;
    error.rule = "D-5";
    error.message =
        "a resource has one policy, which is one set; keep a PolicySet for each resource instead "
        "of a store";
    return error;
  }
  return detail::check_document(name, std::move(text), type_, options_.parse);
}

WRIT_FUNC Result<PolicyStore::Committed> PolicyStore::commit(
    std::span<const detail::SegmentChange> changes) {
  const std::lock_guard lock(mutex_);
  const bool existed = changes.size() == 1 && current_.text_of(changes[0].name).has_value();
  Result<PolicySegments> next = current_.with(changes, type_, options_.segments, options_.parse);
  if (!next) return std::move(next).error();
  if (!next->shares_all_with(current_)) {
    current_ = *next;
    published_.publish(*std::move(next));
  }
  return Committed{existed, current_.document_count()};
}

WRIT_FUNC PolicySegments PolicyStore::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

}  // namespace writ::inline v0
