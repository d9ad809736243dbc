// 100,000 principals that share documents: each document is compiled once, each distinct list of
// documents is kept once, and a principal is the number of its list. A change of a document is
// published while other threads decide. docs/reload.md tells why.
//
//     fleet [PRINCIPALS]
#include <writ/published.h>
#include <writ/writ.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

/// Which documents are attached to whom, compiled. Immutable once published.
class Fleet {
 public:
  /// Attaches documents by their numbers; gives back the number of the list.
  std::uint32_t list_of(const std::vector<std::uint32_t>& documents) {
    const auto [known, is_new] =
        numbers_.try_emplace(documents, static_cast<std::uint32_t>(lists_.size()));
    if (is_new) lists_.push_back(handles_of(documents));
    return known->second;
  }
  void add_document(writ::PolicySet set) { documents_.push_back(std::move(set)); }
  void add_principal(std::uint32_t list) { principals_.push_back(list); }

  /// The same fleet with another text for one document: lists that hold it get the new handle.
  [[nodiscard]] Fleet with(std::uint32_t document, writ::PolicySet set) const {
    Fleet next = *this;
    next.documents_[document] = std::move(set);
    for (const auto& [documents, list] : next.numbers_) {
      if (std::find(documents.begin(), documents.end(), document) != documents.end()) {
        next.lists_[list] = next.handles_of(documents);
      }
    }
    return next;
  }

  /// What a principal brings to a request: a view, nothing is copied.
  [[nodiscard]] writ::AppliedPolicies applied(std::uint32_t principal) const {
    writ::AppliedPolicies policies;
    policies.identity = lists_[principals_[principal]];
    return policies;
  }

  struct Bytes {
    std::size_t documents = 0;   ///< compiled, shared by all
    std::size_t lists = 0;       ///< of handles, each distinct one once
    std::size_t principals = 0;  ///< what each principal adds
    std::size_t distinct_lists = 0;
  };
  [[nodiscard]] Bytes bytes() const {
    Bytes bytes;
    for (const writ::PolicySet& set : documents_) bytes.documents += set.size_bytes();
    for (const auto& list : lists_) {
      bytes.lists += sizeof list + list.capacity() * sizeof(writ::PolicySet);
    }
    // The index by documents, which only the writer needs: a node of the tree and its numbers.
    for (const auto& [documents, list] : numbers_) {
      bytes.lists += 4 * sizeof(void*) + sizeof documents + sizeof list +
                     documents.capacity() * sizeof(std::uint32_t);
    }
    bytes.principals = principals_.capacity() * sizeof(std::uint32_t);
    bytes.distinct_lists = lists_.size();
    return bytes;
  }

 private:
  [[nodiscard]] std::vector<writ::PolicySet> handles_of(
      const std::vector<std::uint32_t>& documents) const {
    std::vector<writ::PolicySet> handles;
    handles.reserve(documents.size());
    for (const std::uint32_t document : documents) handles.push_back(documents_[document]);
    return handles;
  }

  std::vector<writ::PolicySet> documents_;
  std::vector<std::vector<writ::PolicySet>> lists_;
  std::map<std::vector<std::uint32_t>, std::uint32_t> numbers_;
  std::vector<std::uint32_t> principals_;
};

/// Document i lets its holders read one bucket.
writ::PolicySet compile(std::size_t number, const char* action) {
  const std::string text =
      R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ")" +
      std::string(action) + R"(", "Resource": "arn:aws:s3:::bucket-)" + std::to_string(number) +
      R"(/${aws:username}/*"}})";
  auto set = writ::compile_policy(text, writ::PolicyType::IdentityBased,
                                  "bucket-" + std::to_string(number));
  if (!set) std::puts(set.error().to_string().c_str()), std::exit(2);
  return *std::move(set);
}

bool may_read(const Fleet& fleet, std::uint32_t principal, const std::string& bucket) {
  const std::string name = "user-" + std::to_string(principal);
  const std::string arn = "arn:aws:iam::111122223333:user/" + name;
  const std::string object = "arn:aws:s3:::" + bucket + '/' + name + "/report.csv";
  const auto caller = writ::Caller::from_arn(arn);
  writ::RequestBuilder builder(*caller, "s3:GetObject", object);
  const auto request = builder.set("aws:username", name).build();
  return writ::evaluate(*request, fleet.applied(principal)).is_allowed();
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::uint32_t kDocuments = 1000;
  constexpr std::uint32_t kGroups = 2000;
  const auto count =
      static_cast<std::uint32_t>(argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100'000);

  Fleet fleet;
  for (std::uint32_t i = 0; i < kDocuments; ++i) fleet.add_document(compile(i, "s3:GetObject"));
  // People belong to groups, and what is attached to a group is attached to all of it.
  std::mt19937 random(1);
  std::vector<std::uint32_t> groups;
  for (std::uint32_t i = 0; i < kGroups; ++i) {
    std::vector<std::uint32_t> documents;
    for (std::uint32_t n = 3 + static_cast<std::uint32_t>(random()) % 8; n > 0; --n) {
      documents.push_back(static_cast<std::uint32_t>(random()) % kDocuments);
    }
    documents.back() = i % kDocuments;
    std::sort(documents.begin(), documents.end());
    groups.push_back(fleet.list_of(documents));
  }
  for (std::uint32_t i = 0; i < count; ++i) fleet.add_principal(groups[i % kGroups]);

  const Fleet::Bytes bytes = fleet.bytes();
  std::printf("principals                        %u\n", count);
  std::printf("documents, compiled once          %zu bytes each\n", bytes.documents / kDocuments);
  std::printf("distinct lists of documents       %zu, %zu bytes each\n", bytes.distinct_lists,
              bytes.lists / bytes.distinct_lists);
  std::printf("a principal                       %.1f bytes\n",
              static_cast<double>(bytes.principals) / count);
  std::printf("a principal with its list's share %.1f bytes\n",
              static_cast<double>(bytes.principals + bytes.lists) / count);

  writ::Published<Fleet> published(std::move(fleet));
  auto reader = published.reader();
  const bool before = may_read(*reader.pin(), 7, "bucket-7");
  published.update(
      [](const Fleet& current) { return current.with(7, compile(7, "s3:PutObject")); });
  const bool after = may_read(*reader.pin(), 7, "bucket-7");
  std::printf("user-7 may read bucket-7          %s, after the change %s\n", before ? "yes" : "no",
              after ? "yes" : "no");
  return before && !after ? 0 : 1;
}
