// Images: verifying one from end to end, opening one that has been verified before, and the first
// decision after each.
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "questions.h"
#include "session.h"
#include "support/temporary_folder.h"
#include "writ/image.h"

namespace writ::bench {
namespace {

using Steady = std::chrono::steady_clock;

[[nodiscard]] double ns_since(Steady::time_point begin) {
  return std::chrono::duration<double, std::nano>(Steady::now() - begin).count();
}

struct Opened {
  double open_ns = 0;
  double first_decision_ns = 0;
  PolicyImage::Check check = PolicyImage::Check::Verified;
  bool mapped = false;
};

[[nodiscard]] Opened open_once(const std::string& path, const ImageOptions& options,
                               const Request& request, const Decision& expected) {
  Opened result;
  const Steady::time_point begin = Steady::now();
  const Result<PolicyImage> image = PolicyImage::open(path, options);
  result.open_ns = ns_since(begin);
  if (!image) give_up("load_image", image.error().to_string());
  AppliedPolicies applied;
  applied.identity = {image->find("one_user"), 1};
  const Steady::time_point asked = Steady::now();
  const Decision decision = evaluate(request, applied);
  result.first_decision_ns = ns_since(asked);
  if (decision != expected) give_up("load_image", "the image decides otherwise");
  result.check = image->check();
  result.mapped = image->is_mapped();
  return result;
}

void load_image_family(Session& session) {
  for (const std::size_t n : session.sizes({1000, 1000000}, {1000, 100000})) {
    const Workload work = one_user("mixed", n);
    const test::TemporaryFolder folder;
    const std::string path = folder.path("image");
    double size = 0;
    Decision expected;
    const CompiledPolicies compiled(work);
    const Questions questions(work, compiled);
    {
      const ImageEntry entry{"one_user", PolicyType::IdentityBased, 0,
                             questions.applied(0).identity.front()};
      const Result<std::uint64_t> written = write_image(path, {&entry, 1});
      if (!written) give_up("load_image", written.error().to_string());
      size = static_cast<double>(*written);
      expected = questions.evaluate(0);
    }
    ImageOptions verify;
    verify.record = ImageOptions::Record::None;
    ImageOptions remember;
    remember.record = ImageOptions::Record::Folder;
    remember.record_folder = folder.path("records");

    const int runs = session.options().smoke ? 1 : 5;
    Opened verified;
    for (int i = 0; i < runs; ++i) {
      const Opened one = open_once(path, verify, questions.request(0), expected);
      if (i == 0 || one.open_ns < verified.open_ns) verified = one;
    }
    Row row;
    row.family = "load_image";
    row.variant = "verify";
    row.subject = "writ";
    row.n = n;
    row.runs = runs;
    row.mean_ns = verified.open_ns;
    row.more = {{"bytes", size},
                {"gigabytes_per_second", size / verified.open_ns},
                {"first_decision_ns", verified.first_decision_ns}};
    session.add(std::move(row));
    if (session.options().smoke) continue;

    // A file is recorded once its last change is more than two seconds old.
    std::this_thread::sleep_for(std::chrono::milliseconds(3100));
    static_cast<void>(open_once(path, remember, questions.request(0), expected));
    Opened again;
    for (int i = 0; i < runs; ++i) {
      const Opened one = open_once(path, remember, questions.request(0), expected);
      if (one.check != PolicyImage::Check::Remembered) {
        std::fprintf(stderr, "load_image: /tmp keeps no records, re-opening is not measured\n");
        break;
      }
      if (i == 0 || one.open_ns < again.open_ns) again = one;
    }
    if (again.check != PolicyImage::Check::Remembered) continue;
    Row second;
    second.family = "load_image";
    second.variant = "remembered";
    second.subject = "writ";
    second.n = n;
    second.runs = runs;
    second.mean_ns = again.open_ns;
    second.more = {{"bytes", size}, {"first_decision_ns", again.first_decision_ns}};
    session.add(std::move(second));
  }
}

const Registration registration("load_image", 125, load_image_family);

}  // namespace
}  // namespace writ::bench
