// Template: a text with places for what a request brings, `arn:aws:s3:::files{path}`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "question.h"
#include "writ/result.h"

namespace authz {

/// What a request brings besides its headers.
struct RequestParts {
  std::string_view method;
  std::string_view path;  ///< decoded
  std::string_view rest;  ///< the path behind the route's prefix
};

/// Places are `{header:NAME}`, `{method}`, `{path}` and `{rest}`.
/// Thread-safety: const access from any number of threads.
class Template {
 public:
  enum class Filled : std::uint8_t { Done, Absent, Unusable };

  Template() = default;
  /// Errors are sentences: a brace without its partner, an unknown place.
  [[nodiscard]] static writ::Result<Template, std::string> parse(std::string_view text);

  /// Appends the text to `filled`. Absent: a header that it needs is missing or empty. Unusable: a
  /// header is there twice, holds a control character, or, `structured`, would change the shape of
  /// an ARN: it holds `:`, `/`, `*` or `?` and is not the whole text.
  [[nodiscard]] Filled fill(const HttpQuestion& question, const RequestParts& parts,
                            bool structured, std::string& filled) const;

 private:
  enum class Source : std::uint8_t { Text, Header, Method, Path, Rest };
  struct Piece {
    Source source = Source::Text;
    std::string text;  ///< of a header its name
  };

  [[nodiscard]] Filled fill_header(const HttpQuestion& question, const Piece& piece,
                                   bool structured, std::string& filled) const;

  std::vector<Piece> pieces_;
};

}  // namespace authz
