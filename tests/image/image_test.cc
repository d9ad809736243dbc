// Images: what is written comes back, whatever is wrong is told, verified files are remembered.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>

#include "image/sample.h"
#include "support/temporary_folder.h"
#include "writ/impl/image_record-inl.h"

namespace writ::test {
namespace {

using testing::HasSubstr;

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void overwrite(const std::string& path, std::size_t offset, char byte) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(byte);
}

ImageOptions recorded_in(const TemporaryFolder& folder) {
  ImageOptions options;
  options.record = ImageOptions::Record::Folder;
  options.record_folder = folder.path("records");
  return options;
}

/// A file counts as changed long enough ago two seconds later; tests do not wait for that, they
/// write the record that an open would have written.
void remember(const std::string& path, const PolicyImage& image, const ImageOptions& options) {
  const detail::OpenFile file(::open(path.c_str(), O_RDONLY));
  const auto facts = detail::ImageFileFacts::of(file.get());
  ASSERT_TRUE(facts.has_value());
  detail::ImageRecord record;
  record.identity = facts->identity;
  record.checksum = image.checksum();
  detail::ImageRecords(options).add(record);
}

bool can_map_here(const TemporaryFolder& folder) {
  const detail::OpenFile file(
      ::open(folder.path("probe").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  const auto facts = detail::ImageFileFacts::of(file.get());
  return facts && facts->only_owner_writes;
}

TEST(ImageTest, HoldsTheSameSets) {
  const TemporaryFolder folder;
  const std::vector<ImageEntry> entries = sample_entries();
  const Result<std::uint64_t> size = write_image(folder.path("image"), entries);
  ASSERT_TRUE(size.has_value()) << size.error().to_string();
  const Result<PolicyImage> image = PolicyImage::open(
      folder.path("image"), {.record = ImageOptions::Record::None, .record_folder = ""});
  ASSERT_TRUE(image.has_value()) << image.error().to_string();
  EXPECT_EQ(image->size_bytes(), *size);
  EXPECT_EQ(contents(folder.path("image")).size(), *size);
  ASSERT_EQ(image->entries().size(), entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(image->entries()[i].name, entries[i].name);
    EXPECT_EQ(image->entries()[i].type, entries[i].type);
    EXPECT_EQ(image->entries()[i].level, entries[i].level);
    EXPECT_EQ(image->entries()[i].set.dump(), entries[i].set.dump());
  }
  EXPECT_EQ(image->find("bucket")->statement_count(), 14U);
  EXPECT_EQ(image->find("no such set"), nullptr);
}

TEST(ImageTest, DecidesAndExplainsTheSame) {
  PolicyStack stack;
  for (const ImageEntry& entry : sample_entries()) {
    if (entry.set.program() == nullptr) {
      stack.make_present(entry.type, entry.level);
    } else {
      ASSERT_TRUE(stack.add(entry.set, entry.level).has_value());
    }
  }
  const std::string bytes = serialize_image(image_entries(stack.applied())).value();
  const Result<PolicyStack> again = PolicyImage::from_bytes(bytes)->stack();
  ASSERT_TRUE(again.has_value());
  for (const Request& request : probing_requests()) {
    EXPECT_EQ(again->evaluate(request), stack.evaluate(request));
    EXPECT_EQ(again->explain(request).to_string(), stack.explain(request).to_string());
  }
}

TEST(ImageTest, BytesAreTheSameForTheSameDocuments) {
  const std::string first = serialize_image(sample_entries()).value();
  const std::string second = serialize_image(sample_entries()).value();
  EXPECT_TRUE(first == second);  // no use to print them
}

TEST(ImageTest, SharedSetsAreHeldOnce) {
  const PolicySet set = compile_policy(sample_identity(), PolicyType::IdentityBased).value();
  std::vector<ImageEntry> entries = {{"a", PolicyType::IdentityBased, 0, set}};
  const std::size_t one = serialize_image(entries)->size();
  for (int i = 0; i < 100; ++i) {
    entries.push_back({"b" + std::to_string(i), PolicyType::IdentityBased, 0, set});
  }
  const std::string bytes = serialize_image(entries).value();
  EXPECT_LT(bytes.size(), one + 100 * 64);
  const Result<PolicyImage> image = PolicyImage::from_bytes(bytes);
  ASSERT_TRUE(image.has_value()) << image.error().to_string();
  EXPECT_EQ(image->find("a")->program(), image->find("b99")->program());
}

TEST(ImageTest, AnImageOfNothingIsAnImage) {
  const Result<PolicyImage> image = PolicyImage::from_bytes(serialize_image({}).value());
  ASSERT_TRUE(image.has_value());
  EXPECT_TRUE(image->entries().empty());
}

TEST(ImageTest, SetsOutliveTheImageAndTheFile) {
  const TemporaryFolder folder;
  PolicySet set;
  std::string dump;
  {
    const std::vector<ImageEntry> entries = sample_entries();
    dump = entries[0].set.dump();
    ASSERT_TRUE(write_image(folder.path("image"), entries).has_value());
    set = *PolicyImage::open(folder.path("image"))->find("identity");
  }
  // The new file takes the old one's name, not its bytes.
  ASSERT_TRUE(write_image(folder.path("image"), {}).has_value());
  EXPECT_EQ(set.dump(), dump);
}

TEST(ImageTest, WhatIsWrongWithEntriesIsTold) {
  std::vector<ImageEntry> twice = sample_entries();
  twice[1].name = twice[0].name;
  EXPECT_EQ(serialize_image(twice).error().code, ErrorCode::LimitExceeded);
  std::vector<ImageEntry> deep = sample_entries();
  deep[0].level = 256;
  EXPECT_EQ(serialize_image(deep).error().code, ErrorCode::LimitExceeded);
  std::vector<ImageEntry> other_kind = sample_entries();
  other_kind[0].type = PolicyType::Session;
  EXPECT_EQ(serialize_image(other_kind).error().code, ErrorCode::DataTypeMismatch);
  std::vector<ImageEntry> long_name = sample_entries();
  long_name[0].name.assign(65536, 'x');
  EXPECT_EQ(serialize_image(long_name).error().code, ErrorCode::LimitExceeded);
}

TEST(ImageTest, WhatIsNoImageIsTold) {
  const std::string good = serialize_image(sample_entries()).value();
  const auto error_of = [&](std::size_t offset, char change) {
    std::string bytes = good;
    bytes[offset] = static_cast<char>(bytes[offset] ^ change);
    seal_image(bytes);
    return PolicyImage::from_bytes(bytes).error();
  };
  EXPECT_EQ(PolicyImage::from_bytes("").error().code, ErrorCode::ImageMismatch);
  EXPECT_EQ(PolicyImage::from_bytes(std::string(4096, 'x')).error().code, ErrorCode::ImageMismatch);
  EXPECT_THAT(error_of(offsetof(detail::ImageHeader, magic), 1).message, HasSubstr("is no image"));
  EXPECT_THAT(error_of(offsetof(detail::ImageHeader, byte_order), 1).message,
              HasSubstr("byte order"));
  EXPECT_THAT(error_of(offsetof(detail::ImageHeader, version), 2).message,
              HasSubstr("format version 3"));
  EXPECT_THAT(error_of(offsetof(detail::ImageHeader, program_version), 64).message,
              HasSubstr("programs of version"));
  EXPECT_EQ(error_of(offsetof(detail::ImageHeader, program_version), 64).code,
            ErrorCode::ImageMismatch);
  EXPECT_EQ(error_of(offsetof(detail::ImageHeader, file_size), 1).code, ErrorCode::ImageCorrupt);
  std::string damaged = good;
  damaged[good.size() / 2] ^= 1;
  EXPECT_THAT(PolicyImage::from_bytes(damaged).error().message, HasSubstr("checksum"));
}

TEST(ImageTest, FilesThatCannotBeOpenedAreTold) {
  const TemporaryFolder folder;
  EXPECT_EQ(PolicyImage::open(folder.path("absent")).error().code, ErrorCode::ImageFileError);
  EXPECT_EQ(PolicyImage::open("/tmp").error().code, ErrorCode::ImageFileError);
  ASSERT_EQ(mkfifo(folder.path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(PolicyImage::open(folder.path("pipe")).error().code, ErrorCode::ImageFileError);
  EXPECT_EQ(write_image(folder.path("absent/image"), {}).error().code, ErrorCode::ImageFileError);
}

// What is no file stays what it is.
TEST(ImageTest, AnImageTakesThePlaceOfNoDevice) {
  const TemporaryFolder folder;
  const std::string path = folder.path("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(write_image(path, {}).error().code, ErrorCode::ImageFileError);
  struct stat there = {};
  ASSERT_EQ(::stat(path.c_str(), &there), 0);
  EXPECT_TRUE(S_ISFIFO(there.st_mode));
}

TEST(ImageTest, AFileThatOthersCanWriteIsNotMapped) {
  const TemporaryFolder folder;
  const std::string path = folder.path("image");
  ASSERT_TRUE(write_image(path, sample_entries()).has_value());
  if (!can_map_here(folder)) GTEST_SKIP() << "skipped: /tmp is on a file system that is not mapped";
  EXPECT_TRUE(PolicyImage::open(path)->is_mapped());
  ASSERT_EQ(chmod(path.c_str(), 0664), 0);
  const Result<PolicyImage> image = PolicyImage::open(path, recorded_in(folder));
  ASSERT_TRUE(image.has_value());
  EXPECT_FALSE(image->is_mapped());
  // Nor is it remembered, even where a record says otherwise.
  remember(path, *image, recorded_in(folder));
  EXPECT_EQ(PolicyImage::open(path, recorded_in(folder))->check(), PolicyImage::Check::Verified);
}

class ImageRecordTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!can_map_here(folder_)) GTEST_SKIP() << "skipped: /tmp is on a file system without records";
    ASSERT_TRUE(write_image(path_, sample_entries()).has_value());
    const Result<PolicyImage> image = PolicyImage::open(path_, options_);
    ASSERT_TRUE(image.has_value()) << image.error().to_string();
    EXPECT_EQ(image->check(), PolicyImage::Check::Verified);
    // Written a moment ago: not remembered by that.
    EXPECT_EQ(check(), PolicyImage::Check::Verified);
    remember(path_, *image, options_);
    ASSERT_EQ(check(), PolicyImage::Check::Remembered);
  }
  [[nodiscard]] PolicyImage::Check check() const {
    const Result<PolicyImage> image = PolicyImage::open(path_, options_);
    EXPECT_TRUE(image.has_value());
    return image ? image->check() : PolicyImage::Check::Verified;
  }
  [[nodiscard]] std::string records() const { return folder_.path("records"); }
  [[nodiscard]] std::string record() const {
    const detail::OpenFile file(::open(path_.c_str(), O_RDONLY));
    const auto facts = detail::ImageFileFacts::of(file.get());
    return fmt::format("{}/{:016x}-{:016x}", records(), facts->identity.device,
                       facts->identity.inode);
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.path("image");
  ImageOptions options_ = recorded_in(folder_);
};

TEST_F(ImageRecordTest, CanBeSwitchedOff) {
  EXPECT_EQ(PolicyImage::open(path_, {.record = ImageOptions::Record::None, .record_folder = ""})
                ->check(),
            PolicyImage::Check::Verified);
}

TEST_F(ImageRecordTest, AnEditedFileIsVerifiedAnew) {
  const std::string good = contents(path_);
  overwrite(path_, good.size() - 1, static_cast<char>(good.back() ^ 1));
  EXPECT_EQ(PolicyImage::open(path_, options_).error().code, ErrorCode::ImageCorrupt);
  overwrite(path_, good.size() - 1, good.back());
  EXPECT_EQ(check(), PolicyImage::Check::Verified);
}

TEST_F(ImageRecordTest, AReplacedFileIsVerifiedAnew) {
  ASSERT_TRUE(write_image(path_, sample_entries()).has_value());
  EXPECT_EQ(check(), PolicyImage::Check::Verified);
}

TEST_F(ImageRecordTest, TimesThatWereSetBackDoNotHelp) {
  struct stat before {};
  ASSERT_EQ(stat(path_.c_str(), &before), 0);
  const std::string good = contents(path_);
  overwrite(path_, good.size() - 1, static_cast<char>(good.back() ^ 1));
  const timespec times[2] = {before.st_atim, before.st_mtim};
  ASSERT_EQ(utimensat(AT_FDCWD, path_.c_str(), times, 0), 0);
  EXPECT_EQ(PolicyImage::open(path_, options_).error().code, ErrorCode::ImageCorrupt);
}

TEST_F(ImageRecordTest, ARecordThatOthersCouldHaveWrittenDoesNotCount) {
  ASSERT_EQ(chmod(record().c_str(), 0620), 0);
  EXPECT_EQ(check(), PolicyImage::Check::Verified);
}

TEST_F(ImageRecordTest, AFolderThatOthersCanEnterDoesNotCount) {
  ASSERT_EQ(chmod(records().c_str(), 0770), 0);
  EXPECT_EQ(check(), PolicyImage::Check::Verified);
}

TEST_F(ImageRecordTest, AFolderBelowOneThatOthersCanWriteDoesNotCount) {
  ASSERT_EQ(chmod(folder_.path("").c_str(), 0777), 0);
  EXPECT_EQ(check(), PolicyImage::Check::Verified);
}

TEST_F(ImageRecordTest, ALinkToAFolderDoesNotCount) {
  ASSERT_EQ(rename(records().c_str(), folder_.path("moved").c_str()), 0);
  ASSERT_EQ(symlink(folder_.path("moved").c_str(), records().c_str()), 0);
  EXPECT_EQ(check(), PolicyImage::Check::Verified);
}

TEST_F(ImageRecordTest, AFolderOfSomebodyElseDoesNotCount) {
  if (geteuid() != 0) GTEST_SKIP() << "skipped: only root can give folders away";
  ASSERT_EQ(chown(records().c_str(), 12345, 12345), 0);
  EXPECT_EQ(check(), PolicyImage::Check::Verified);
}

TEST_F(ImageRecordTest, ADamagedRecordDoesNotCount) {
  overwrite(record(), 40, 'x');
  EXPECT_EQ(check(), PolicyImage::Check::Verified);
}

TEST_F(ImageRecordTest, AShortRecordDoesNotCount) {
  ASSERT_EQ(truncate(record().c_str(), 20), 0);
  EXPECT_EQ(check(), PolicyImage::Check::Verified);
}

}  // namespace
}  // namespace writ::test
