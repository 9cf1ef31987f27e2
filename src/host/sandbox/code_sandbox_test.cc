#include "host/sandbox/code_sandbox.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

TEST(CodeSandbox, SaysWhatThisMachineHas) {
  const SandboxSupport support = probe_sandbox();
  EXPECT_FALSE(support.words.empty());
  std::cout << support.words << "\n";
  const Sandbox sandbox(support);
  BoxJob job;
  job.command = {"/bin/sh", "-c",
                 "id; ls -la / /proc/self/fd . ; cat; echo x >&2; echo y > /dev/stderr; ulimit -a; exit 3"};
  job.environment = {{"PATH", "/usr/bin"}};
  job.stdin_text = "hello\n";
  job.files["a/b.txt"].bytes = "B";
  const BoxResult result = sandbox.run(job);
  std::cout << result.not_run << "|" << result.exit_status << "|" << result.ended_by << "|" << result.out << "|"
            << result.err;
}

}  // namespace
}  // namespace rigwise
