#include "cli/event_splitter.h"

#include <array>
#include <cstring>

namespace writ::cli {
namespace {

bool is_space(int c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// What ends a run of ordinary bytes inside a string, and outside of one.
constexpr std::array<bool, 256> kStopsString = [] {
  std::array<bool, 256> stops = {};
  for (std::size_t c = 0; c < 0x20; ++c) stops[c] = true;
  stops['"'] = stops['\\'] = true;
  return stops;
}();

}  // namespace

bool EventSplitter::fill() {
  if (file_ended_) return false;
  const std::string_view more = file_.next();
  if (more.empty()) {
    file_ended_ = true;
    return false;
  }
  // What is behind is let go only now, so that a chunk moves once.
  buffer_.erase(0, at_);
  base_ += at_;
  at_ = 0;
  buffer_ += more;
  return true;
}

int EventSplitter::peek() {
  if (at_ == buffer_.size() && !fill()) return -1;
  return static_cast<unsigned char>(buffer_[at_]);
}

void EventSplitter::advance(std::size_t to) {
  while (at_ < to) {
    const void* found = std::memchr(buffer_.data() + at_, '\n', to - at_);
    if (found == nullptr) break;
    at_ = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data()) + 1;
    ++line_;
    line_begin_ = base_ + at_;
  }
  at_ = to;
}

void EventSplitter::skip_space() {
  while (is_space(peek())) advance(at_ + 1);
}

EventPlace EventSplitter::place_at(std::size_t at) const {
  EventPlace place = {base_ + at, line_, 0};
  std::uint64_t line_begin = line_begin_;
  for (std::size_t i = at_; i < at && i < buffer_.size(); ++i) {
    if (buffer_[i] != '\n') continue;
    ++place.line;
    line_begin = base_ + i + 1;
  }
  place.column = place.offset - line_begin + 1;
  return place;
}

// `at_` is where the event begins, `at` where the mistake is.
EventSplitter::Status EventSplitter::fail(std::string_view mistake, std::size_t at) {
  mistake_ = mistake;
  place_ = place_at(at);
  const std::uint64_t begin = base_ + at_;
  frame_ = Frame::None;
  has_element_ = false;
  tolerant_ = true;
  const auto begins_event = [](int c) { return c == '{' || c == '['; };
  // A line that begins right where the mistake is was not part of it.
  for (bool first = true; peek() >= 0; first = false) {
    if (!first && begins_event(peek()) && base_ + at_ == line_begin_) break;
    const void* found = std::memchr(buffer_.data() + at_, '\n', buffer_.size() - at_);
    advance(found == nullptr
                ? buffer_.size()
                : static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data()) + 1);
  }
  skipped_ = base_ + at_ - begin;
  return Status::Mistake;
}

// Behind `{"Records":[`, if that is what stands here; else stays before the brace.
bool EventSplitter::enter_member() {
  std::size_t i = at_;
  const auto get = [this, &i]() -> int {
    if (i == buffer_.size()) {
      const std::size_t gone = at_;
      if (!fill()) return -1;
      i -= gone;
    }
    return static_cast<unsigned char>(buffer_[i]);
  };
  const auto pass_space = [&] {
    while (is_space(get())) ++i;
  };
  const auto pass = [&](std::string_view word) {
    for (const char c : word) {
      if (get() != static_cast<unsigned char>(c)) return false;
      ++i;
    }
    return true;
  };
  ++i;
  pass_space();
  if (!pass("\"")) return false;
  if (!(get() == 'R' ? pass("Records\"") : pass("Events\""))) return false;
  pass_space();
  if (!pass(":")) return false;
  pass_space();
  if (!pass("[")) return false;
  advance(i);
  return true;
}

// Behind the brace that ends the object around `Records`.
void EventSplitter::leave_object() {
  std::size_t depth = 1;
  bool in_string = false;
  for (int c = peek(); c >= 0 && depth > 0; c = peek()) {
    advance(at_ + 1);
    if (in_string && c == '\\') {
      if (peek() >= 0) advance(at_ + 1);
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string) {
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
    }
  }
}

EventSplitter::Status EventSplitter::take_event() {
  std::array<char, kMaxDepth> closing = {};
  std::size_t depth = 0;
  char last = ':';  // the significant byte before
  std::size_t i = at_;
  bool in_string = false;
  for (;; ++i) {
    if (i >= buffer_.size()) {
      const std::size_t gone = at_;
      if (!fill()) return fail("the file ends inside an event", buffer_.size());
      i -= gone;
    }
    if (i - at_ > kMaxEventBytes) return fail("an event is longer than 1 MiB", i);
    if (in_string) {
      while (i < buffer_.size() && !kStopsString[static_cast<unsigned char>(buffer_[i])]) ++i;
      if (i == buffer_.size()) {
        --i;  // the loop comes back to where it stands
        continue;
      }
      if (buffer_[i] == '"') {
        in_string = false;
      } else if (buffer_[i] == '\\') {
        // The byte behind it is no quotation mark that ends the string.
        if (i + 1 >= buffer_.size()) {
          const std::size_t gone = at_;
          if (!fill()) return fail("the file ends inside an event", buffer_.size());
          i -= gone;
        }
        ++i;
      } else {
        return fail("a string is not closed on its line", i);
      }
      continue;
    }
    const char c = buffer_[i];
    switch (c) {
      case ' ':
      case '\t':
      case '\n':
      case '\r':
        continue;
      case '"':
        in_string = true;
        break;
      case '{':
      case '[': {
        const bool in_array = depth > 0 && closing[depth - 1] == ']';
        const bool expected = last == ':' || (in_array && (last == ',' || last == '['));
        if (!expected) return fail("a bracket opens where none can be", i);
        if (depth == kMaxDepth) return fail("an event is nested deeper than 64 levels", i);
        closing[depth++] = c == '{' ? '}' : ']';
        break;
      }
      case '}':
      case ']':
        if (closing[depth - 1] != c) return fail("a bracket closes what is not open", i);
        if (--depth == 0) {
          place_ = place_at(at_);
          text_ = std::string_view(buffer_).substr(at_, i + 1 - at_);
          advance(i + 1);
          return Status::Event;
        }
        break;
      default:
        break;
    }
    last = c;
  }
}

EventSplitter::Status EventSplitter::next() {
  if (base_ + at_ == 0 && peek() == 0xef) {
    while (buffer_.size() < 3 && fill()) {
    }
    if (buffer_.starts_with("\xef\xbb\xbf")) advance(3);
  }
  for (;;) {
    skip_space();
    const int c = peek();
    if (c < 0) {
      if (frame_ == Frame::None) return Status::End;
      return fail("the file ends before the list of events does", at_);
    }
    if (frame_ == Frame::None) {
      if (c == '{') {
        if (!enter_member()) return take_event();
        frame_ = Frame::Member;
        has_element_ = false;
      } else if (c == '[') {
        frame_ = Frame::Array;
        has_element_ = false;
        advance(at_ + 1);
      } else if (tolerant_ && (c == ',' || c == ']' || c == '}')) {
        advance(at_ + 1);
      } else {
        return fail("neither an event nor a list of events begins here", at_);
      }
      continue;
    }
    if (c == ']') {
      advance(at_ + 1);
      if (frame_ == Frame::Member) leave_object();
      frame_ = Frame::None;
    } else if (c == ',' && has_element_) {
      advance(at_ + 1);
      has_element_ = false;
    } else if (c == '{' && !has_element_) {
      has_element_ = true;
      return take_event();
    } else {
      return fail("the list of events goes on with something else than an event", at_);
    }
  }
}

}  // namespace writ::cli
