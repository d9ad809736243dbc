// A strict reader of the HTML that writ writes: what it cannot read is an error, although browsers
// would forgive it.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace writ::testing {

struct HtmlTag {
  std::string name;
  std::map<std::string, std::string> attributes;
};

struct HtmlPage {
  std::string problem;        ///< empty when the page is well-formed
  std::vector<HtmlTag> tags;  ///< in the order of their beginnings
  std::string text;           ///< all character data outside of style and script, decoded
  std::string scripts;        ///< all character data inside of script

  [[nodiscard]] std::size_t count(std::string_view name) const {
    return static_cast<std::size_t>(std::count_if(
        tags.begin(), tags.end(), [name](const HtmlTag& tag) { return tag.name == name; }));
  }
};

class HtmlReader {
 public:
  explicit HtmlReader(std::string_view text) : text_(text) {}

  [[nodiscard]] HtmlPage read() {
    if (!text_.starts_with("<!DOCTYPE html>\n")) fail("no doctype");
    at_ = 16;
    while (at_ < text_.size() && page_.problem.empty()) {
      if (text_[at_] == '<') {
        read_tag();
      } else {
        read_text();
      }
    }
    if (!open_.empty()) fail("not closed: " + open_.back());
    for (const std::string& target : targets_) {
      if (!ids_.contains(target)) fail("a link to nowhere: " + target);
    }
    return std::move(page_);
  }

 private:
  void fail(const std::string& problem) {
    if (page_.problem.empty()) {
      page_.problem =
          problem + " at byte " + std::to_string(at_) + ": " + std::string(text_.substr(at_, 40));
    }
  }

  static bool is_void(const std::string& name) {
    return name == "meta" || name == "input" || name == "br";
  }

  std::string word() {
    std::string word;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '-')) {
      word += text_[at_++];
    }
    return word;
  }

  void read_tag() {
    ++at_;
    if (at_ < text_.size() && text_[at_] == '/') {
      ++at_;
      const std::string name = word();
      if (open_.empty() || open_.back() != name) return fail("closes what is not open: " + name);
      open_.pop_back();
      if (at_ == text_.size() || text_[at_++] != '>') fail("no >");
      return;
    }
    HtmlTag tag{word(), {}};
    if (tag.name.empty()) return fail("no tag name");
    while (at_ < text_.size() && text_[at_] == ' ') {
      ++at_;
      const std::string name = word();
      std::string value;
      if (at_ < text_.size() && text_[at_] == '=') {
        if (text_.substr(at_, 2) != "=\"") return fail("an attribute without quotes");
        at_ += 2;
        while (at_ < text_.size() && text_[at_] != '"') {
          // In attributes of literals `'` is fine; `<` and `>` never are.
          if (text_[at_] == '<' || text_[at_] == '>') return fail("a bracket in an attribute");
          value += character();
        }
        ++at_;
      }
      if (!tag.attributes.emplace(name, value).second) return fail("an attribute twice");
    }
    if (at_ == text_.size() || text_[at_++] != '>') return fail("no >");
    if (tag.attributes.contains("id") && !ids_.insert(tag.attributes["id"]).second) {
      return fail("the same id twice: " + tag.attributes["id"]);
    }
    if (tag.attributes.contains("href")) {
      if (!tag.attributes["href"].starts_with('#')) return fail("a link to elsewhere");
      targets_.push_back(tag.attributes["href"].substr(1));
    }
    for (const auto& [name, value] : tag.attributes) {
      if (name.starts_with("on") || name == "src" || name == "style") fail("attribute " + name);
    }
    if (!is_void(tag.name)) open_.push_back(tag.name);
    page_.tags.push_back(std::move(tag));
  }

  std::string character() {
    constexpr std::array<std::pair<std::string_view, char>, 5> kEntities = {
        {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}}};
    if (text_[at_] != '&') return {text_[at_++]};
    for (const auto& [entity, meaning] : kEntities) {
      if (text_.substr(at_, entity.size()) == entity) {
        at_ += entity.size();
        return {meaning};
      }
    }
    fail("a stray &");
    ++at_;
    return {};
  }

  void read_text() {
    const std::string inside = open_.empty() ? "" : open_.back();
    if (inside == "style" || inside == "script") {
      const std::size_t end = std::min(text_.find("</", at_), text_.size());
      if (inside == "script") page_.scripts += text_.substr(at_, end - at_);
      at_ = end;
      return;
    }
    if (text_[at_] == '>' || text_[at_] == '"' || text_[at_] == '\'') {
      return fail("a character that was not escaped");
    }
    const auto c = static_cast<unsigned char>(text_[at_]);
    if (c < 0x20 && c != '\n' && c != '\t') return fail("a control character");
    page_.text += character();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  HtmlPage page_;
  std::vector<std::string> open_;
  std::set<std::string> ids_;
  std::vector<std::string> targets_;
};

[[nodiscard]] inline HtmlPage read_html(std::string_view text) { return HtmlReader(text).read(); }

}  // namespace writ::testing
