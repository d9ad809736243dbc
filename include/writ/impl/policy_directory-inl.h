// Not API, may change in any release. Following a folder of policy files.
//
// Three steps, each of which may be repeated without harm. News: what the kernel tells is kept as a
// list of files to look at, or as the wish to look at everything. Look: files are listed, compared
// by their stamps, read and parsed; the tree of what is on disk is brought up to date. Conclude:
// when nothing on disk is refused, what is in force is compared with the tree, the segments that
// differ are compiled, and a new stack is published; otherwise what is in force stays.
//
// Folders are watched before they are listed. So whatever changes after the listing is told, and
// when something is told while looking, looking begins again before anything is concluded.
#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "writ/impl/folder_files.h"
#include "writ/impl/folder_layout.h"
#include "writ/impl/folder_watch.h"
#include "writ/impl/segments.h"
#include "writ/policy_directory.h"

namespace writ::inline v0 {
namespace detail {

/// A file as it was last looked at: a good document, or why it is refused.
struct FolderFile {
  FileStamp stamp;
  bool settled = false;  ///< the stamp tells a later change
  std::shared_ptr<const StoredDocument> document;
  std::optional<PolicyError> error;
};

class FolderFollower {
 public:
  FolderFollower(std::string path, const PolicyDirectoryOptions& options)
      : root_(std::move(path)), options_(options), published_(PolicyStack()) {
    while (root_.size() > 1 && root_.back() == '/') root_.pop_back();
    const std::size_t slash = root_.rfind('/');
    parent_ = slash == std::string::npos ? "." : slash == 0 ? "/" : root_.substr(0, slash);
    name_ = slash == std::string::npos ? root_ : root_.substr(slash + 1);
    if (options_.watch == Watch::Events) watch_.emplace();
  }

  [[nodiscard]] int fd() const noexcept { return watch_ ? watch_->fd() : -1; }
  [[nodiscard]] const std::vector<DocumentError>& errors() const noexcept { return errors_; }
  [[nodiscard]] PolicyDirectory::Reader reader() { return published_.reader(); }

  DirectoryChange process();
  DirectoryChange rescan();

 private:
  /// A file by its layer and its name in the layer's folder.
  using FileKey = std::pair<FolderLayer, std::string>;
  using LayerFiles = std::map<std::string, FolderFile>;
  using FolderTree = std::map<FolderLayer, LayerFiles>;

  void note(const FolderEvent& event);
  void note_file(const FolderEvent& event);
  void note_everything();
  void take_news();
  [[nodiscard]] bool has_news() const noexcept { return everything_ || !files_.empty(); }
  void arm();

  DirectoryChange look();
  void look_at_everything();
  void look_at_levels(PolicyType type, FolderTree& before);
  void look_at_layer(const FolderLayer& layer, FolderTree& before);
  void look_at_file(const FolderLayer& layer, const std::string& name, bool told);
  void watch(const std::string& path, const std::string& name, const WatchedFolder& folder);
  void refuse(const std::string& name, PolicyError error) { strays_[name] = std::move(error); }

  [[nodiscard]] std::vector<DocumentError> collect_errors() const;
  void check_layers(std::map<std::string, PolicyError>& errors) const;
  [[nodiscard]] static std::vector<SegmentChange> differences(const PolicySegments& segments,
                                                              const LayerFiles& files);
  DirectoryChange conclude();

  std::string root_;
  std::string parent_;
  std::string name_;
  PolicyDirectoryOptions options_;
  std::optional<FolderWatch> watch_;

  bool everything_ = false;
  std::set<FileKey> files_;
  std::int64_t first_ms_ = 0;  // of the news above
  std::int64_t last_ms_ = 0;
  std::map<FileKey, std::int64_t> open_;  // files that are being written, and when that was told
  std::int64_t retry_ms_ = -1;            // when a missing folder is looked for again

  FolderTree tree_;                            // what is on disk
  std::map<std::string, PolicyError> strays_;  // what is refused and is no file of the tree
  std::vector<DocumentError> errors_;

  std::map<FolderLayer, PolicySegments> in_force_;
  Published<PolicyStack> published_;
};

// News.

WRIT_FUNC void FolderFollower::note_everything() {
  last_ms_ = steady_ms();
  if (!has_news()) first_ms_ = last_ms_;
  everything_ = true;
}

WRIT_FUNC void FolderFollower::note(const FolderEvent& event) {
  using Role = WatchedFolder::Role;
  if (event.kind == FolderEvent::Kind::Lost) {
    open_.clear();
    return note_everything();
  }
  if (event.folder.role == Role::Parent) {
    if (event.name == name_) note_everything();
    return;
  }
  // Kubernetes swaps a whole folder by renaming `..data`.
  if (event.name.compare(0, 2, "..") == 0) return note_everything();
  if (is_ignored_name(event.name)) return;
  if (event.folder.role == Role::Above || event.is_folder) return note_everything();
  note_file(event);
}

WRIT_FUNC void FolderFollower::note_file(const FolderEvent& event) {
  using Kind = FolderEvent::Kind;
  FileKey key(event.folder.layer, event.name);
  const std::int64_t now = steady_ms();
  switch (event.kind) {
    case Kind::Written:
      open_[std::move(key)] = now;
      return;
    case Kind::Created: {
      // A file without bytes is one that somebody is about to write. A link comes with its bytes.
      struct stat status = {};
      const std::string path = root_ + '/' + event.folder.layer.path() + '/' + event.name;
      if (::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0) {
        open_[std::move(key)] = now;
        return;
      }
      break;
    }
    case Kind::Touched:
      if (open_.contains(key)) return;
      break;
    case Kind::Changed:
    case Kind::Lost:
      open_.erase(key);
      break;
  }
  last_ms_ = now;
  if (!has_news()) first_ms_ = now;
  files_.insert(std::move(key));
}

WRIT_FUNC void FolderFollower::take_news() {
  if (!watch_) return;
  watch_->read([this](const FolderEvent& event) { note(event); });
  const std::int64_t now = steady_ms();
  for (auto file = open_.begin(); file != open_.end();) {
    if (now - file->second < options_.settle_max_ms) {
      ++file;
      continue;
    }
    last_ms_ = now;
    if (!has_news()) first_ms_ = now;
    files_.insert(file->first);
    file = open_.erase(file);
  }
  if (retry_ms_ >= 0 && now >= retry_ms_) note_everything();
}

WRIT_FUNC void FolderFollower::arm() {
  if (!watch_) return;
  std::int64_t when = retry_ms_;
  const auto sooner = [&](std::int64_t time) { when = when < 0 ? time : std::min(when, time); };
  if (has_news()) {
    sooner(std::min(last_ms_ + options_.settle_ms, first_ms_ + options_.settle_max_ms));
  }
  for (const auto& [key, time] : open_) sooner(time + options_.settle_max_ms);
  watch_->wake_at(when);
}

WRIT_FUNC DirectoryChange FolderFollower::process() {
  if (fd() < 0) return rescan();
  take_news();
  const std::int64_t now = steady_ms();
  const bool settled =
      now - last_ms_ >= options_.settle_ms || now - first_ms_ >= options_.settle_max_ms;
  if (has_news() && settled) return look();
  arm();
  return DirectoryChange::None;
}

WRIT_FUNC DirectoryChange FolderFollower::rescan() {
  open_.clear();
  note_everything();
  return look();
}

// Look.

WRIT_FUNC DirectoryChange FolderFollower::look() {
  // Somebody who changes files without a pause must not keep everything from being taken over.
  constexpr int kMostRounds = 4;
  for (int round = 0; round < kMostRounds && has_news(); ++round) {
    const std::set<FileKey> files = std::exchange(files_, {});
    if (std::exchange(everything_, false)) {
      look_at_everything();
    } else {
      for (const auto& [layer, name] : files) look_at_file(layer, name, true);
    }
    take_news();
  }
  const DirectoryChange change = conclude();
  arm();
  return change;
}

WRIT_FUNC void FolderFollower::watch(const std::string& path, const std::string& name,
                                     const WatchedFolder& folder) {
  const int problem = watch_ ? watch_->watch(path, folder) : 0;
  // Gone meanwhile: the folder above tells.
  if (problem == 0 || problem == ENOENT || problem == ENOTDIR) return;
  refuse(name, file_error("the folder cannot be watched: " + std::string(std::strerror(problem))));
}

WRIT_FUNC void FolderFollower::look_at_everything() {
  FolderTree before = std::exchange(tree_, {});
  strays_.clear();
  retry_ms_ = -1;
  if (watch_ && watch_->problem() != 0) {
    refuse(".", file_error("folders cannot be watched: " +
                           std::string(std::strerror(watch_->problem()))));
  }
  if (watch_) watch_->begin_round();
  watch(parent_, ".", {WatchedFolder::Role::Parent, {}});
  watch(root_, ".", {WatchedFolder::Role::Above, {}});
  struct stat status = {};
  const EntryKind kind = kind_of(root_, status);
  if (kind != EntryKind::Folder) {
    refuse(".", file_error(kind == EntryKind::Missing ? "there is no such folder"
                                                      : "this is not a folder"));
    retry_ms_ = steady_ms() + std::max<std::int64_t>(options_.settle_max_ms, 1);
    tree_ = std::move(before);  // when it comes back its files need not be parsed again
  } else if (const auto names = list_folder(root_); !names) {
    refuse(".", names.error());
  } else {
    // Somebody makes the folder anew, or mounted nothing on it.
    if (std::all_of(names->begin(), names->end(),
                    [](const std::string& name) { return is_ignored_name(name); })) {
      refuse(".", file_error("the folder holds no policies"));
    }
    for (const std::string& name : *names) {
      if (is_ignored_name(name)) continue;
      const EntryKind entry = kind_of(root_ + '/' + name, status);
      if (entry == EntryKind::Missing) continue;
      const std::optional<PolicyType> type = type_of_folder(name);
      if (!type || entry != EntryKind::Folder) {
        refuse(name, file_error(std::string(kNoSuchLayer)));
      } else if (has_levels(*type)) {
        look_at_levels(*type, before);
      } else {
        look_at_layer({*type, 0}, before);
      }
    }
  }
  if (watch_) watch_->end_round();
}

WRIT_FUNC void FolderFollower::look_at_levels(PolicyType type, FolderTree& before) {
  const std::string folder(to_string(type));
  watch(root_ + '/' + folder, folder, {WatchedFolder::Role::Above, {}});
  const auto names = list_folder(root_ + '/' + folder);
  if (!names) return refuse(folder, names.error());
  bool any = false;
  for (const std::string& name : *names) {
    if (is_ignored_name(name)) continue;
    struct stat status = {};
    const EntryKind entry = kind_of(root_ + '/' + folder + '/' + name, status);
    if (entry == EntryKind::Missing) continue;
    const std::optional<std::uint32_t> level = level_of_folder(name);
    if (!level || entry != EntryKind::Folder) {
      refuse(folder + '/' + name, file_error(std::string(kNoSuchLevel)));
      continue;
    }
    any = true;
    look_at_layer({type, *level}, before);
  }
  if (!any) {
    refuse(folder, file_error(std::string(kNoLevel)));
  }
}

WRIT_FUNC void FolderFollower::look_at_layer(const FolderLayer& layer, FolderTree& before) {
  const std::string folder = layer.path();
  watch(root_ + '/' + folder, folder, {WatchedFolder::Role::Layer, layer});
  LayerFiles& files = tree_[layer];
  const auto names = list_folder(root_ + '/' + folder);
  if (!names) return refuse(folder, names.error());
  LayerFiles& known = before[layer];
  for (const std::string& name : *names) {
    if (is_ignored_name(name)) continue;
    if (auto file = known.extract(name); !file.empty()) files.insert(std::move(file));
    look_at_file(layer, name, false);
  }
}

/// `told`: an event named the file, so it is read whatever its stamp says.
WRIT_FUNC void FolderFollower::look_at_file(const FolderLayer& layer, const std::string& name,
                                            bool told) {
  const auto found = tree_.find(layer);
  if (found == tree_.end()) return;  // the folder went; everything is looked at next
  LayerFiles& files = found->second;
  // Half a file is none. It stays what it was until its writer is done.
  if (open_.contains(FileKey(layer, name))) return;
  const std::string document = layer.path() + '/' + name;
  const std::string path = root_ + '/' + document;
  strays_.erase(document);
  struct stat status = {};
  const EntryKind kind = kind_of(path, status);
  if (kind != EntryKind::File || !is_policy_name(name)) {
    files.erase(name);
    if (kind == EntryKind::Missing) return;
    refuse(document, file_error(std::string(refusal_of_file(kind, name))));
    return;
  }
  FolderFile& file = files[name];
  if (!told && file.settled && file.stamp == stamp_of(status)) return;
  Result<std::optional<FileContent>> content = read_policy_file(path, options_.parse.max_bytes);
  if (!content) {
    file = {.stamp = {}, .settled = false, .document = nullptr, .error = content.error()};
    return;
  }
  if (!content->has_value()) {
    files.erase(name);
    return;
  }
  if ((*content)->changed_meanwhile) {
    open_[FileKey(layer, name)] = steady_ms();
    if (file.document == nullptr && !file.error) files.erase(name);
    return;
  }
  file.stamp = (*content)->stamp;
  file.settled = file.stamp.is_settled();
  if (file.document != nullptr && file.document->text == (*content)->text) {
    file.error.reset();
    return;
  }
  auto checked = check_document(document, std::move((*content)->text), layer.type, options_.parse);
  if (checked) {
    file.document = *std::move(checked);
    file.error.reset();
  } else {
    file.document = nullptr;
    file.error = std::move(checked).error();
  }
}

// Conclude.

/// What single files cannot tell: levels without a gap (E-21), one policy of a resource.
WRIT_FUNC void FolderFollower::check_layers(std::map<std::string, PolicyError>& errors) const {
  std::uint32_t next_level = 0;
  PolicyType type = PolicyType::IdentityBased;
  std::string resource;
  for (const auto& [layer, files] : tree_) {
    if (has_levels(layer.type)) {
      if (layer.type != type) next_level = 0;
      type = layer.type;
      for (; next_level < layer.level; ++next_level) {
        errors[FolderLayer{type, next_level}.path()] = file_error(std::string(kMissingLevel));
      }
      next_level = layer.level + 1;
    }
    if (layer.type != PolicyType::ResourceBased && layer.type != PolicyType::RoleTrust) continue;
    for (const auto& [name, file] : files) {
      const std::string document = layer.path() + '/' + name;
      if (!resource.empty()) {
        errors[document] = file_error("a resource has one policy, and `" + resource +
                                      "` is there already; remove one of them");
      }
      resource = document;
    }
  }
}

WRIT_FUNC std::vector<DocumentError> FolderFollower::collect_errors() const {
  std::map<std::string, PolicyError> errors = strays_;
  check_layers(errors);
  for (const auto& [layer, files] : tree_) {
    for (const auto& [name, file] : files) {
      if (file.error) errors[layer.path() + '/' + name] = *file.error;
    }
  }
  std::vector<DocumentError> result;
  result.reserve(errors.size());
  for (auto& [document, error] : errors) result.push_back({document, std::move(error)});
  return result;
}

/// What turns `segments` into the documents of `files`; both are in the order of names.
WRIT_FUNC std::vector<SegmentChange> FolderFollower::differences(const PolicySegments& segments,
                                                                 const LayerFiles& files) {
  std::vector<SegmentChange> changes;
  auto file = files.begin();
  const auto put = [&] {
    changes.push_back({file->second.document->name, file->second.document});
    ++file;
  };
  for (const auto& segment : segments.segments()) {
    for (const auto& document : segment->documents) {
      while (file != files.end() && file->second.document->name < document->name) put();
      if (file == files.end() || file->second.document->name != document->name) {
        changes.push_back({document->name, nullptr});
      } else if (file->second.document != document) {
        put();
      } else {
        ++file;
      }
    }
  }
  while (file != files.end()) put();
  return changes;
}

WRIT_FUNC DirectoryChange FolderFollower::conclude() {
  std::vector<DocumentError> errors = collect_errors();
  if (!errors.empty()) {
    const bool known = std::equal(errors.begin(), errors.end(), errors_.begin(), errors_.end(),
                                  [](const DocumentError& left, const DocumentError& right) {
                                    return left.document == right.document &&
                                           left.error.to_string() == right.error.to_string();
                                  });
    errors_ = std::move(errors);
    return known ? DirectoryChange::None : DirectoryChange::Refused;
  }

  std::map<FolderLayer, PolicySegments> next;
  bool changed = tree_.size() != in_force_.size() || !errors_.empty();
  for (const auto& [layer, files] : tree_) {
    const auto old = in_force_.find(layer);
    PolicySegments segments = old == in_force_.end() ? PolicySegments() : old->second;
    changed |= old == in_force_.end();
    const std::vector<SegmentChange> changes = differences(segments, files);
    if (!changes.empty()) {
      Result<PolicySegments> with =
          segments.with(changes, layer.type, options_.segments, options_.parse);
      if (!with) {
        errors_.assign(1, {layer.path(), std::move(with).error()});
        return DirectoryChange::Refused;
      }
      changed |= !with->shares_all_with(segments);
      segments = *std::move(with);
    }
    next.emplace(layer, std::move(segments));
  }
  errors_.clear();
  if (!changed) return DirectoryChange::None;

  PolicyStack stack;
  for (const auto& [layer, segments] : next) {
    stack.make_present(layer.type, layer.level);
    for (const PolicySet& set : segments.sets()) {
      Result<bool> added = stack.add(set, layer.level);
      if (!added) {
        errors_.assign(1, {layer.path(), std::move(added).error()});
        return DirectoryChange::Refused;
      }
    }
  }
  in_force_ = std::move(next);
  published_.publish(std::move(stack));
  return DirectoryChange::Published;
}

}  // namespace detail

WRIT_FUNC PolicyDirectory::PolicyDirectory(
    std::unique_ptr<detail::FolderFollower> follower) noexcept
    : follower_(std::move(follower)) {}
WRIT_FUNC PolicyDirectory::PolicyDirectory(PolicyDirectory&& other) noexcept = default;
WRIT_FUNC PolicyDirectory& PolicyDirectory::operator=(PolicyDirectory&& other) noexcept = default;
WRIT_FUNC PolicyDirectory::~PolicyDirectory() = default;

WRIT_FUNC Result<PolicyDirectory, DocumentError> PolicyDirectory::open(
    std::string path,  // NOLINT(performance-unnecessary-value-param): read again below
    const PolicyDirectoryOptions& options) {
  PolicyDirectory directory(std::make_unique<detail::FolderFollower>(path, options));
  static_cast<void>(directory.rescan());
  if (directory.errors().empty()) return directory;
  DocumentError first = directory.errors().front();
  first.document = first.document == "." ? path : path + '/' + first.document;
  return first;
}

WRIT_FUNC PolicyDirectory::Reader PolicyDirectory::reader() { return follower_->reader(); }
WRIT_FUNC int PolicyDirectory::fd() const noexcept { return follower_->fd(); }
WRIT_FUNC DirectoryChange PolicyDirectory::process() { return follower_->process(); }
WRIT_FUNC DirectoryChange PolicyDirectory::rescan() { return follower_->rescan(); }
WRIT_FUNC const std::vector<DocumentError>& PolicyDirectory::errors() const noexcept {
  return follower_->errors();
}

}  // namespace writ::inline v0
