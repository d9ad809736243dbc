// Results and workloads as JSON.
#pragma once

#include <string>
#include <vector>

#include "session.h"

namespace writ::bench {

class Questions;

/// All rows with what is known about machine and build. False when the file cannot be written.
[[nodiscard]] bool write_results(const std::string& file, const Options& options,
                                 const std::vector<Row>& rows);

/// The workload as JSON Lines, for other engines: a first line with the policies, then a line for
/// each request with writ's own answer. False when the file cannot be written.
[[nodiscard]] bool write_workload(const std::string& file, const Workload& work,
                                  const Questions& questions);

}  // namespace writ::bench
