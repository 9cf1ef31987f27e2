#include "host/cli/shell_completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "host/cli/app.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

using testing::HasSubstr;
using testing::Not;

/// What bash offers once the words are typed, the last of them unfinished.
std::string bash_offers(const std::string& words, int count) {
  const std::string folder = testing::TempDir() + "rigwise-completion-" + std::to_string(::getpid());
  std::filesystem::create_directories(folder);
  EXPECT_TRUE(write_file_atomically(folder + "/rigwise", *shell_completion("bash")));
  const std::string run = "cd " + folder +
                          " && touch needs.toml && mkdir kept && bash -c 'source ./rigwise; COMP_WORDS=(" + words +
                          "); COMP_CWORD=" + std::to_string(count - 1) + "; _rigwise; echo \"${COMPREPLY[*]}\"' > said";
  EXPECT_EQ(std::system(run.c_str()), 0) << run;
  const std::string said = *read_file(folder + "/said");
  std::filesystem::remove_all(folder);
  return said;
}

TEST(ShellCompletion, KnowsEveryCommandInEveryShell) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Result<std::string> script = shell_completion(shell);
    ASSERT_TRUE(script);
    for (const CommandSpec* spec : command_list()) EXPECT_THAT(*script, HasSubstr(spec->name)) << shell;
  }
}

TEST(ShellCompletion, OffersCommandsThenTheirOwnFlags) {
  EXPECT_EQ(bash_offers("rigwise adv", 2), "advise\n");
  EXPECT_THAT(bash_offers("rigwise eval tasks ''", 4), HasSubstr("prove"));
  EXPECT_EQ(bash_offers("rigwise advise --noi", 3), "--noise\n");
  EXPECT_EQ(bash_offers("rigwise predict --noi", 3), "\n") << "advise's flag, not predict's";
}

TEST(ShellCompletion, OffersFilesWhereAFileIsMeant) {
  EXPECT_THAT(bash_offers("rigwise report ''", 3), HasSubstr("needs.toml"));
  EXPECT_THAT(bash_offers("rigwise advise --measurements ''", 4), HasSubstr("needs.toml"));
  EXPECT_THAT(bash_offers("rigwise advise --budget ''", 4), Not(HasSubstr("needs.toml")));
}

TEST(ShellCompletion, TheSameFlagMayWantAFileHereAndAFolderThere) {
  EXPECT_THAT(bash_offers("rigwise usage import logs --out ''", 6), HasSubstr("needs.toml"));
  EXPECT_THAT(bash_offers("rigwise usage tasks logs --out ''", 6), Not(HasSubstr("needs.toml")));
  EXPECT_THAT(bash_offers("rigwise usage tasks logs --out ''", 6), HasSubstr("kept"));
  EXPECT_THAT(bash_offers("rigwise deploy plan.json --out ''", 5), Not(HasSubstr("needs.toml")));
  EXPECT_THAT(bash_offers("rigwise bench --concurrency ''", 4), Not(HasSubstr("needs.toml"))) << "numbers";
}

TEST(ShellCompletion, OffersFilesAsLogsAndAsSavedRuns) {
  EXPECT_THAT(bash_offers("rigwise usage import ''", 4), HasSubstr("needs.toml"));
  EXPECT_THAT(bash_offers("rigwise bench show ''", 4), testing::AllOf(HasSubstr("needs.toml"), HasSubstr("last")));
  EXPECT_THAT(bash_offers("rigwise bench compare last ne", 5), HasSubstr("needs.toml"));
  EXPECT_THAT(bash_offers("rigwise bench show --runs ''", 5),
              testing::AllOf(HasSubstr("kept"), Not(HasSubstr("toml"))));
  const std::string zsh = *shell_completion("zsh"), fish = *shell_completion("fish");
  EXPECT_THAT(zsh, HasSubstr("'--out[write what --json prints, for --usage]:file.json:_files'"));
  EXPECT_THAT(zsh, HasSubstr("'*: :_rigwise_runs'"));
  EXPECT_THAT(fish, HasSubstr("__rigwise_at ' usage import'\" -F\n"));
  EXPECT_THAT(fish, HasSubstr("__rigwise_at ' bench show'\" -F -a '(__rigwise_runs)'\n"));
}

TEST(ShellCompletion, RefusesAShellItDoesNotKnow) {
  const Result<std::string> refused = shell_completion("bsh");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().did_you_mean, testing::Contains("bash"));
}

}  // namespace
}  // namespace rigwise
