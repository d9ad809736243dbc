#include "cli/case_batch.h"

#include <algorithm>
#include <utility>

#include "cli/parallel.h"

namespace writ::cli {
namespace {

void run_line(std::string_view text, RunLine& line) {
  Result<Case> asked = read_case(text);
  if (!asked) {
    line.error = std::move(asked).error();
    return;
  }
  if (!asked->expect) {
    PolicyError& error = line.error.emplace();
    error.code = ErrorCode::InvalidCase;
    error.position.column = 1;
    error.message = "field `expect` is missing";
    return;
  }
  line.id = asked->id;
  line.expect = *asked->expect;
  line.outcome = run_case(*asked);
  line.passed = line.outcome.passes(*asked);
}

}  // namespace

void CaseBatch::add(const LinePlace& place, std::string_view line) {
  RunLine& added = lines_.emplace_back();
  added.place = place;
  added.begin = text_.size();
  added.size = line.size();
  text_ += line;
}

void CaseBatch::run(std::size_t workers) {
  // Blocks, so that threads do not meet at the counter for each line.
  constexpr std::size_t kBlock = 16;
  const std::string_view text = text_;
  in_parallel(
      workers, (lines_.size() + kBlock - 1) / kBlock,
      [&](std::size_t, std::size_t block) {
        const std::size_t end = std::min(lines_.size(), (block + 1) * kBlock);
        for (std::size_t i = block * kBlock; i < end; ++i) {
          run_line(text.substr(lines_[i].begin, lines_[i].size), lines_[i]);
        }
      },
      [](std::size_t) {});
}

void CaseBatch::clear() noexcept {
  lines_.clear();
  text_.clear();
  // One line may be very long; it need not stay.
  if (text_.capacity() > 2 * kMaxBytes) std::string().swap(text_);
}

}  // namespace writ::cli
