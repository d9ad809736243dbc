// Random damage: with the checksum as it was, everything is refused; with the checksum made right,
// what the verifier lets through is evaluated, explained and dumped, which must stay inside the
// image and end. Worth running under AddressSanitizer.
//
//   WRIT_IMAGE_CORRUPTIONS=100000  how many of each
//   WRIT_IMAGE_SEED=7              where chance begins
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>

#include "differential/random.h"
#include "image/sample.h"

namespace writ::test {
namespace {

using differential::Random;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

void flip_bits(Random& random, std::string& bytes) {
  for (std::size_t left = random.between(1, 3); left > 0; --left) {
    bytes[random.below(bytes.size())] ^= static_cast<char>(1U << random.below(8));
  }
}

// Words of four bytes are what programs consist of.
void change_words(Random& random, std::string& bytes) {
  const std::size_t words = bytes.size() / 4;
  const std::size_t a = 4 * random.below(words);
  const std::size_t b = 4 * random.below(words);
  switch (random.below(4)) {
    case 0:  // swap
      std::swap_ranges(&bytes[a], &bytes[a] + 4, &bytes[b]);
      break;
    case 1:  // copy
      std::memmove(&bytes[a], &bytes[b], 4);
      break;
    case 2: {  // a little more or less
      std::uint32_t word = 0;
      std::memcpy(&word, &bytes[a], 4);
      word += static_cast<std::uint32_t>(random.below(17)) - 8U;
      std::memcpy(&bytes[a], &word, 4);
      break;
    }
    default: {  // a large number
      const std::uint32_t word = 0xffffffffU >> random.below(32);
      std::memcpy(&bytes[a], &word, 4);
      break;
    }
  }
}

void swap_blocks(Random& random, std::string& bytes) {
  const std::size_t size = random.between(1, 64);
  if (bytes.size() < 2 * size) return;
  const std::size_t a = random.below(bytes.size() - 2 * size + 1);
  const std::size_t b = a + size + random.below(bytes.size() - a - 2 * size + 1);
  std::swap_ranges(&bytes[a], &bytes[a] + size, &bytes[b]);
}

void damage(Random& random, std::string& bytes) {
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return flip_bits(random, bytes);
    case 3:
    case 4:
    case 5:
      return change_words(random, bytes);
    case 6:
      return swap_blocks(random, bytes);
    default:
      bytes.resize(random.below(bytes.size()));
      return;
  }
}

TEST(ImageCorruptionTest, AllAreRefusedByTheChecksum) {
  const std::string good = serialize_image(sample_entries()).value();
  const std::uint64_t count = number_from("WRIT_IMAGE_CORRUPTIONS", 20'000);
  Random random(number_from("WRIT_IMAGE_SEED", 1));
  std::uint64_t refused = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string bytes = good;
    while (bytes == good) damage(random, bytes);
    const Result<PolicyImage> image = PolicyImage::from_bytes(bytes);
    ASSERT_FALSE(image.has_value()) << "corruption " << i;
    ++refused;
  }
  std::cout << refused << " of " << count << " refused\n";
}

TEST(ImageCorruptionTest, WithARightChecksumAllAreRefusedOrSafe) {
  const std::string good = serialize_image(sample_entries()).value();
  const std::uint64_t count = number_from("WRIT_IMAGE_CORRUPTIONS", 20'000);
  Random random(number_from("WRIT_IMAGE_SEED", 2));
  std::uint64_t refused = 0;
  std::size_t sum = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string bytes = good;
    damage(random, bytes);
    // The size in the header too, or no truncation would come further than that.
    if (bytes.size() >= sizeof(detail::ImageHeader) && random.chance(90)) {
      const std::uint64_t size = bytes.size();
      std::memcpy(bytes.data() + offsetof(detail::ImageHeader, file_size), &size, sizeof size);
    }
    seal_image(bytes);
    const Result<PolicyImage> image = PolicyImage::from_bytes(bytes);
    if (image) {
      sum += exercise(*image);
    } else {
      ++refused;
    }
  }
  std::cout << refused << " of " << count << " refused, the others asked (" << sum << ")\n";
  EXPECT_GT(refused, count / 4);
  EXPECT_LT(refused, count);
}

}  // namespace
}  // namespace writ::test
