#include "host/eval/eval_endpoint.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace rigwise {
namespace {

std::optional<std::string> variables(const std::string& name) {
  if (name == "MY_KEY") return "sk-planted-0123456789abcdef";
  return std::nullopt;
}
Result<EvalEndpoint> resolved(std::string endpoint, std::string dialect = "", std::string env = "",
                              std::string file = "") {
  return resolve_endpoint({std::move(endpoint), std::move(dialect), std::move(env), std::move(file)}, variables);
}

TEST(EvalEndpoint, GuessesTheDialect) {
  EXPECT_EQ(resolved("ollama")->id, "ollama:http://127.0.0.1:11434");
  EXPECT_EQ(resolved("llama")->id, "openai:http://127.0.0.1:8080/v1");
  EXPECT_EQ(resolved("http://10.0.0.7:11434/")->id, "ollama:http://10.0.0.7:11434");
  EXPECT_EQ(resolved("http://10.0.0.7:11434/v1")->id, "openai:http://10.0.0.7:11434/v1");
  EXPECT_EQ(resolved("http://10.0.0.7:9000")->id, "openai:http://10.0.0.7:9000/v1");
  EXPECT_EQ(resolved("http://10.0.0.7:9000/v1/chat/completions")->id, "openai:http://10.0.0.7:9000/v1");
  EXPECT_EQ(resolved("openrouter", "", "MY_KEY")->chat.dialect, ChatDialect::openrouter);
  EXPECT_EQ(resolved("http://127.0.0.1:9/x", "ollama")->chat.dialect, ChatDialect::ollama);
  EXPECT_TRUE(resolved("llama")->is_local);
  EXPECT_FALSE(resolved("http://10.0.0.7:9000")->is_local);
}

TEST(EvalEndpoint, TakesKeysByNameOnlyAndNeverShowsThem) {
  const auto endpoint = resolved("openrouter", "", "MY_KEY");
  ASSERT_TRUE(endpoint);
  EXPECT_EQ(endpoint->chat.key, "sk-planted-0123456789abcdef");
  EXPECT_EQ(endpoint->id.find("planted"), std::string::npos);
  const auto given = resolved("openrouter", "", "sk-planted-0123456789abcdef");
  ASSERT_FALSE(given);
  EXPECT_EQ((given.error().message + given.error().where + given.error().try_this).find("planted"), std::string::npos);
  EXPECT_FALSE(resolved("openrouter", "", "NOT_SET"));
  EXPECT_FALSE(resolved("openrouter"));  // and says which variable it looked for
  EXPECT_NE(resolved("openrouter").error().message.find("OPENROUTER_API_KEY"), std::string::npos);
}

TEST(EvalEndpoint, AKeyFileIsForItsOwnerAlone) {
  const auto path = std::filesystem::temp_directory_path() / ("rigwise-key-" + std::to_string(::getpid()));
  std::ofstream(path) << "sk-planted-abc\n";
  ::chmod(path.c_str(), 0644);
  EXPECT_FALSE(resolved("llama", "", "", path.string()));
  ::chmod(path.c_str(), 0600);
  EXPECT_EQ(resolved("llama", "", "", path.string())->chat.key, "sk-planted-abc");
  std::filesystem::remove(path);
}

TEST(EvalEndpoint, RefusesWhatIsNone) {
  EXPECT_FALSE(resolved("ollam"));
  EXPECT_EQ(resolved("ollam").error().did_you_mean.front(), "ollama");
  EXPECT_FALSE(resolved("ftp://x"));
  EXPECT_FALSE(resolved("http://user:secret@host/"));
  EXPECT_EQ(resolved("http://user:secret@host/").error().message.find("secret"), std::string::npos);
  EXPECT_FALSE(resolved("llama", "klingon"));
  EXPECT_FALSE(resolved("http://host/v1?api_key=secret"));
  EXPECT_EQ(resolved("http://host/v1?api_key=secret").error().message.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace rigwise
