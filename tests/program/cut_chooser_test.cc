// Where the beginnings of last fields are cut: few look-ups, and few patterns behind each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "writ/impl/cut_chooser.h"

namespace writ {
namespace {

using detail::Cut;
using detail::CutChooser;
using ::testing::ElementsAre;

constexpr detail::Word segments(detail::Word count) {
  return Cut::make(Cut::Kind::Segments, count);
}
constexpr detail::Word length(detail::Word size) { return Cut::make(Cut::Kind::Length, size); }

// The cuts of a group; checks that each beginning has the text that its cut keeps, by a cut of the
// group.
std::vector<detail::Word> cuts_of(const std::vector<std::string>& beginnings) {
  CutChooser chooser;
  for (const std::string& one : beginnings) chooser.add(one);
  const std::vector<detail::Word> cuts = chooser.choose();
  for (std::size_t i = 0; i < beginnings.size(); ++i) {
    const detail::Word cut = chooser.cut_of(i);
    EXPECT_THAT(cuts, ::testing::Contains(cut));
    const std::string_view kept = detail::cut_text(beginnings[i], cut);
    EXPECT_EQ(kept, std::string_view(beginnings[i]).substr(0, kept.size()));
    if (Cut::kind(cut) == Cut::Kind::Length) {
      EXPECT_EQ(kept.size(), Cut::value(cut)) << beginnings[i];
    }
  }
  return cuts;
}

// The largest number of beginnings that one look-up leads to.
std::size_t most_together(const std::vector<std::string>& beginnings) {
  CutChooser chooser;
  for (const std::string& one : beginnings) chooser.add(one);
  static_cast<void>(chooser.choose());
  std::map<std::string, std::size_t> together;
  std::size_t most = 0;
  for (std::size_t i = 0; i < beginnings.size(); ++i) {
    const detail::Word cut = chooser.cut_of(i);
    const std::string key =
        std::to_string(cut) + ' ' + std::string(detail::cut_text(beginnings[i], cut));
    most = std::max(most, ++together[key]);
  }
  return most;
}

std::vector<std::string> numbered(const std::string& before, int count, const std::string& after) {
  std::vector<std::string> list;
  for (int i = 0; i < count; ++i) list.push_back(before + std::to_string(1000 + i) + after);
  return list;
}

// M-27
TEST(CutChooserTest, FirstSegmentsThatFewShareAreEnough) {
  EXPECT_THAT(cuts_of(numbered("bucket", 100, "/logs/")), ElementsAre(segments(1)));
}

TEST(CutChooserTest, SharedSegmentsAreCutBehindTheNext) {
  EXPECT_THAT(cuts_of(numbered("shared/team", 100, "/")), ElementsAre(segments(2)));
  EXPECT_EQ(most_together(numbered("shared/team", 100, "/")), 1U);
  EXPECT_THAT(cuts_of(numbered("a:b/c/d:e/team", 100, "/")), ElementsAre(segments(6)));
}

TEST(CutChooserTest, DeeperSegmentsAreCutAtLengths) {
  EXPECT_THAT(cuts_of(numbered("a/b/c/d/e/f/team", 100, "/")), ElementsAre(length(21)));
}

TEST(CutChooserTest, TheSameBeginningIsToldApartByNothing) {
  EXPECT_THAT(cuts_of(std::vector<std::string>(50, "one/two/three/")), ElementsAre(segments(1)));
}

// M-27: `*/menu/…`, of which each ends otherwise.
TEST(CutChooserTest, TheSameBeginningIsToldApartByEndings) {
  CutChooser chooser;
  const std::vector<std::string> endings = numbered("item-", 50, "");
  for (const std::string& one : endings) chooser.add("partner/", one);
  EXPECT_THAT(chooser.choose(), ElementsAre(Cut::make(Cut::Kind::Ending)));
}

TEST(CutChooserTest, EndingsThatManyShareTellNothingApart) {
  CutChooser chooser;
  std::vector<std::string> endings(5, "many");
  for (const std::string& one : numbered("item-", 45, "")) endings.push_back(one);
  for (const std::string& one : endings) chooser.add("partner/", one);
  chooser.add("partner/");
  EXPECT_THAT(chooser.choose(), ElementsAre(Cut::make(Cut::Kind::Ending), segments(1)));
  EXPECT_EQ(chooser.cut_of(0), segments(1));
  EXPECT_EQ(chooser.cut_of(5), Cut::make(Cut::Kind::Ending));
  EXPECT_EQ(chooser.cut_of(50), segments(1));
}

// Beginnings come first: they are known of each request.
TEST(CutChooserTest, BeginningsThatFewShareNeedNoEnding) {
  CutChooser chooser;
  const std::vector<std::string> beginnings = numbered("bucket", 100, "/logs/");
  for (const std::string& one : beginnings) chooser.add(one, one);
  EXPECT_THAT(chooser.choose(), ElementsAre(segments(1)));
}

TEST(CutChooserTest, FewLengthsAreKept) {
  std::vector<std::string> beginnings;
  for (std::size_t size = 1; size <= 40; ++size) beginnings.emplace_back(size, 'x');
  EXPECT_EQ(cuts_of(beginnings).size(), detail::kLengthLimit);
}

// One length is most of them: the frequent ones beside it have look-ups of their own, else thirty
// beginnings would share one that is cut shorter.
TEST(CutChooserTest, FrequentLengthsBesideOneAreKept) {
  std::vector<std::string> beginnings = numbered("bucket-", 400, "-x");
  for (const std::string& one : numbered("bucket-1000-x", 30, "")) beginnings.push_back(one);
  for (const std::string& one : numbered("bucket-1001-xx", 30, "")) beginnings.push_back(one);
  EXPECT_THAT(cuts_of(beginnings), ElementsAre(length(13), length(17), length(18)));
  EXPECT_EQ(most_together(beginnings), 1U);
}

}  // namespace
}  // namespace writ
