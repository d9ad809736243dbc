// Bytes as an image, with the checksum and the size made right: the verifier refuses it, or
// evaluate, explain and dump stay inside it and end.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "fuzz/require.h"
#include "image/sample.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.size() >= sizeof(writ::detail::ImageHeader)) {
    writ::detail::ImageHeader header;
    std::memcpy(&header, bytes.data(), sizeof header);
    header.file_size = bytes.size();
    std::memcpy(bytes.data(), &header, sizeof header);
    writ::test::seal_image(bytes);
  }
  const writ::Result<writ::PolicyImage> image = writ::PolicyImage::from_bytes(bytes);
  if (!image) {
    writ::fuzz::require(!image.error().message.empty(), "the error has words", "");
    return 0;
  }
  static_cast<void>(writ::test::exercise(*image));
  return 0;
}
