#include "host/usage/usage_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

#include "codec/toml_eval_task.h"
#include "codec/toml_usage_rules.h"
#include "host/files/files.h"
#include "host/usage/usage_rules.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

const std::string kLogs = std::string(RIGWISE_SOURCE_DIR) + "/tests/usage/logs";

struct Folder {
  fs::path path = fs::temp_directory_path() / ("rigwise-usage-" + std::to_string(::getpid()));
  Folder() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
  std::string write(const std::string& name, const std::string& text) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << text;
    return (path / name).string();
  }
};

const CategoryRules& rules() {
  static const CategoryRules kRules = *usage_rules(std::nullopt);
  return kRules;
}

Result<UsageReport> import(const std::vector<std::string>& paths, CandidateKeeper* keeper = nullptr) {
  const Result<std::vector<LogFile>> logs = find_logs(paths);
  if (!logs) return fail(logs.error());
  bool interrupted = false;
  return import_usage(*logs, {}, rules(), 0.8, keeper, [](const ImportProgress&) { return true; }, interrupted);
}

TEST(UsageImport, WalksFoldersAndAddsUpAllFormats) {
  const Result<UsageReport> report = import({kLogs});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->sources.size(), 8u);
  EXPECT_EQ(report->totals.all.requests, 5u + 482 + 8 + 4 + 1 + 2 + 2 + 3);
  EXPECT_EQ(report->faults, 6u);
  const Result<UsageReport> twice = import({kLogs, kLogs + "/ollama_server.log", kLogs});
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->totals.all.requests, report->totals.all.requests) << "a file named twice counts once";
}

TEST(UsageImport, RefusesWhatIsNoLogAndSaysWhatIs) {
  const Folder folder;
  const Result<UsageReport> none = import({folder.write("diary.log", "Dear diary\n")});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().where, HasSubstr("diary.log"));
  EXPECT_EQ(exit_status(none.error().code), 2);
  EXPECT_FALSE(import({(folder.path / "nothing.jsonl").string()}));
  const Result<UsageReport> both = import({kLogs + "/ollama_server.log", (folder.path / "diary.log").string()});
  ASSERT_TRUE(both) << "one that is none spoils nothing";
  EXPECT_EQ(both->faults, 2u);
}

TEST(UsageImport, EmptyFilesAreFine) {
  const Folder folder;
  const Result<UsageReport> report = import({folder.write("a.jsonl", ""), kLogs + "/chat_requests.jsonl"});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->faults, 0u);
  EXPECT_EQ(report->totals.all.requests, 4u);
}

/// A text as gzip packs it.
std::string packed_by_gzip(const std::string& text) {
  const fs::path path = fs::temp_directory_path() / ("rigwise-usage-gz-" + std::to_string(::getpid()));
  const gzFile file = gzopen(path.c_str(), "wb");
  EXPECT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())), static_cast<int>(text.size()));
  EXPECT_EQ(gzclose(file), Z_OK);
  std::string packed = read_file(path.string()).value_or("");
  fs::remove(path);
  return packed;
}

TEST(UsageImport, PackedAndRotatedLogsAddUpAsTheUnpackedDo) {
  const Folder plain, folder;
  std::string chats = read_file(kLogs + "/chat_requests.jsonl").value_or("");
  const std::string server = read_file(kLogs + "/llama_server.log").value_or("");
  const std::string ollama = read_file(kLogs + "/ollama_server.log").value_or("");
  const std::string halves = packed_by_gzip(chats.substr(0, chats.size() / 2)) +
                             packed_by_gzip(chats.substr(chats.size() / 2)) + std::string(512, '\0');
  const Result<UsageReport> packed =
      import({fs::path(folder.write("chat.jsonl.gz", halves)).parent_path().string(),
              folder.write("llama.log.3.gz", packed_by_gzip(server)), folder.write("ollama.log-20261101", ollama)});
  ASSERT_TRUE(packed) << packed.error().message;
  const Result<UsageReport> before =
      import({kLogs + "/chat_requests.jsonl", kLogs + "/llama_server.log", kLogs + "/ollama_server.log"});
  ASSERT_TRUE(before);
  EXPECT_EQ(packed->totals.all.requests, before->totals.all.requests);
  EXPECT_EQ(packed->totals.all.tokens(), before->totals.all.tokens());
  EXPECT_EQ(packed->faults, before->faults);
  EXPECT_EQ(packed->sources.size(), 3u) << "all three, found in the folder and named";
}

TEST(UsageImport, UnpacksALogLargerThanAPiece) {
  const Folder folder;
  const std::string line =
      "{\"id\":\"chatcmpl-1\",\"created\":1791450000,\"model\":\"m\",\"usage\":{\"prompt_tokens\":3,"
      "\"completion_tokens\":2}}\n";
  std::string log;
  constexpr int kLines = 40'000;
  for (int i = 0; i < kLines; ++i) {
    std::string one = line;
    one.replace(one.find("cmpl-1") + 5, 1, std::to_string(i));
    log += one;
  }
  const Result<UsageReport> report = import({folder.write("large.jsonl.gz", packed_by_gzip(log))});
  ASSERT_TRUE(report) << report.error().message;
  const Result<UsageReport> unpacked = import({folder.write("large.jsonl", log)});
  ASSERT_TRUE(unpacked);
  EXPECT_GT(log.size(), 3'000'000u);
  EXPECT_GT(unpacked->totals.all.requests, 0u);
  EXPECT_EQ(report->totals.all.requests, unpacked->totals.all.requests);
  EXPECT_EQ(report->totals.all.tokens(), unpacked->totals.all.tokens());
}

TEST(UsageImport, APackedLogThatWasCutGivesWhatCouldBeUnpackedAndSaysSo) {
  const Folder folder;
  const std::string packed = packed_by_gzip(read_file(kLogs + "/llama_server.log").value_or(""));
  const Result<UsageReport> cut = import({folder.write("cut.log.gz", packed.substr(0, packed.size() - 9))});
  ASSERT_TRUE(cut) << cut.error().message;
  ASSERT_FALSE(cut->first_faults.empty());
  EXPECT_THAT(cut->first_faults.back().message, HasSubstr("was cut"));
  EXPECT_THAT(cut->first_faults.back().where, HasSubstr("cut.log.gz:"));
  const Result<UsageReport> broken = import({folder.write("broken.log.gz", packed.substr(0, 10) + "nonsense")});
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().message, HasSubstr("damaged"));
  EXPECT_EQ(exit_status(broken.error().code), 2);
}

TEST(UsageImport, StopsWhenAsked) {
  bool interrupted = false;
  const auto logs = find_logs({kLogs});
  ASSERT_TRUE(logs);
  const auto report =
      import_usage(*logs, {}, rules(), 0.8, nullptr, [](const ImportProgress& p) { return p.file < 3; }, interrupted);
  EXPECT_TRUE(report);
  EXPECT_TRUE(interrupted);
}

TEST(UsageImport, ReadsOpenWebUisDatabaseAndLeavesItAsItWas) {
  const Folder folder;
  const std::string path = (folder.path / "webui.db").string();
  const Result<std::string> chats = read_file(kLogs + "/open_webui_chats.json");
  ASSERT_TRUE(chats);
  const Result<Json> json = parse_json(*chats);
  ASSERT_TRUE(json);
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  const std::string chat = (*json)[0]["chat"].dump(2);
  const std::string insert =
      "CREATE TABLE chat (id TEXT PRIMARY KEY, user_id TEXT, title TEXT, chat TEXT, created_at BIGINT);"
      "INSERT INTO chat VALUES ('chat-1', 'u', 't', '";
  std::string quoted;
  for (const char c : chat) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  const std::string all =
      insert + quoted + "', 1791450000); INSERT INTO chat VALUES ('chat-2', 'u', 't', '{broken', 0);";
  ASSERT_EQ(sqlite3_exec(database, all.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
  const Result<std::string> before = read_file(path);
  const Result<UsageReport> report = import({path});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->totals.all.tokens(), 40u + 210 + 41 + 190);
  EXPECT_EQ(report->faults, 1u) << "the broken chat";
  EXPECT_EQ(*read_file(path), *before);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()), 1) << "nothing beside it";
  const Result<UsageReport> again = import({path, kLogs + "/open_webui_chats.json"});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->totals.all.requests, 3u) << "the export of the same chat is a copy";
}

/// A log of Claude Code with one prompt.
std::string log_with(const std::string& prompt) {
  const Json line = {{"type", "user"},        {"uuid", "u"},
                     {"sessionId", "s"},      {"timestamp", "2026-10-05T08:00:00Z"},
                     {"cwd", "/srv/hunter2"}, {"message", {{"role", "user"}, {"content", prompt}}}};
  return line.dump() +
         "\n{\"type\":\"assistant\",\"uuid\":\"a\",\"sessionId\":\"s\",\"timestamp\":\"2026-10-05T08:00:09Z\","
         "\"message\":{\"id\":\"msg_hunter2\",\"model\":\"m\",\"content\":[],\"usage\":{\"input_tokens\":9,\"output_"
         "tokens\":3}}}\n"
         "{\"password\": \"hunter2\n";
}

TEST(UsageImport, APlantedSecretNeverLeavesIt) {
  const Folder folder;
  const std::string prompt =
      "Refactor the login, the password is hunter2 and the key sk-"
      "ant-api03-Zx81kQpLmN27rT5y.\n"
      "Mail grace@example.com, L\xC3\xB6senord: hunter2, /ho"
      "me/grace/shop, and clean up the duplicated code in auth.py.";
  CandidateKeeper keeper(5);
  const Result<UsageReport> report = import({folder.write("hunter.jsonl", log_with(prompt))}, &keeper);
  ASSERT_TRUE(report) << report.error().message;
  std::string everything = usage_json(*report).dump();
  const std::vector<TaskCandidate> chosen = keeper.chosen();
  ASSERT_EQ(chosen.size(), 1u);
  everything += task_draft_file(chosen[0], rules(), "2026-11-22").text;
  for (const UsageFault& fault : report->first_faults) everything += fault.message;
  EXPECT_THAT(everything, HasSubstr("duplicated code in auth.py"));
  for (const char* secret : {"hunter2", "Zx81kQpLmN27", "grace"}) EXPECT_THAT(everything, Not(HasSubstr(secret)));
  EXPECT_THAT(usage_json(*report).dump(), Not(HasSubstr("auth.py"))) << "no word of a prompt";
}

TEST(UsageTasks, ADraftIsRefusedUntilItIsFilledIn) {
  const TaskCandidate candidate{"Refactor this.\n+++ reference\nnot a mark", 0, 0x1234};
  const TaskDraftFile draft = task_draft_file(candidate, rules(), "2026-11-22");
  EXPECT_EQ(draft.path, "developer/commit-messages-00001234.task.md");
  EXPECT_THAT(draft.text, HasSubstr("\n +++ reference\n"));
  const ReadTask read =
      read_eval_task({"developer/commit-messages-00001234", draft.path, true, {{"task.md", draft.text}}});
  EXPECT_FALSE(read.task);
  EXPECT_FALSE(read.faults.empty());
  const Folder folder;
  const auto written = write_task_drafts({draft}, folder.path.string());
  ASSERT_TRUE(written);
  EXPECT_EQ(written->size(), 1u);
  EXPECT_TRUE(write_task_drafts({draft}, folder.path.string())->empty()) << "what is there stays";
}

TEST(UsageTasks, AreChosenEvenlyAndTheSameEveryTime) {
  CandidateKeeper keeper(6);
  const auto prompt = [](const std::string& words, int i) {
    return words + " number " + std::to_string(i) +
           " of many, which is a prompt that is long enough to become a task of its own.";
  };
  for (int i = 0; i < 100; ++i) {
    for (const char* words : {"Refactor the module", "Write a commit message"}) {
      const std::string text = prompt(words, i);
      if (i < 90 || words[0] == 'R') keeper.take(text, rules().verdict(text));
    }
  }
  keeper.take("too short", rules().verdict("refactor"));
  const std::vector<TaskCandidate> chosen = keeper.chosen();
  ASSERT_EQ(chosen.size(), 6u);
  EXPECT_EQ(std::count_if(chosen.begin(), chosen.end(),
                          [&](const TaskCandidate& c) { return c.category == chosen[0].category; }),
            3);
}

TEST(UsageRules, BundledOnesKnowTheWorkTheyName) {
  const auto name = [](const char* prompt) { return std::string(rules().name_of(rules().verdict(prompt).category)); };
  EXPECT_EQ(name("Write a commit message for this diff"), "commit messages");
  EXPECT_EQ(name("Summarize the project's status and prioritize next steps"), "status reports");
  EXPECT_EQ(name("Please refactor the cart module"), "refactoring");
  EXPECT_EQ(name("Why does this fail? Traceback (most recent call last)"), "debugging");
  EXPECT_EQ(name("Fix the bug in the parser"), "bug fixing");
  EXPECT_EQ(name("Update the README and write docs for the API"), "documentation");
  EXPECT_EQ(name("Implement a new endpoint that returns orders"), "coding");
  EXPECT_EQ(
      name("Hej, kan du titta p\xC3\xA5 det h\xC3\xA4r och s\xC3\xA4ga om det \xC3\xA4r bra f\xC3\xB6r oss att ha"),
      "Swedish text");
  EXPECT_EQ(name("Translate this letter to French"), "content");
  EXPECT_EQ(name("hello there"), "other");
}

TEST(UsageRules, OnesOfOwnAreCheckedWithTheirLine) {
  const auto fault = [](const char* text) {
    const Result<CategoryRules> read = parse_usage_rules(text, "mine.toml");
    return read ? std::string("fine") : read.error().where + ": " + read.error().message;
  };
  EXPECT_EQ(fault("schema = 1\n[[category]]\nname = \"law\"\nstrong = [\"contract*\"]\n"), "fine");
  EXPECT_THAT(fault("schema = 2\n"), HasSubstr("mine.toml:1"));
  EXPECT_THAT(fault("schema = 1\n[[category]]\nname = \"law\"\n"), HasSubstr("no phrase"));
  EXPECT_THAT(fault("schema = 1\n[[category]]\nname = \"other\"\nhint = [\"x\"]\n"), HasSubstr("no rule knows"));
  EXPECT_THAT(fault("schema = 1\n[[category]]\nname = \"law\"\nweak = [\"x\"]\nhint = [\"x\"]\n"), HasSubstr("weak"));
  EXPECT_THAT(fault("schema = 1\n[[category]]\nname = \"law\"\ntask = \"laww\"\nhint = [\"x\"]\n"), HasSubstr("laww"));
}

}  // namespace
}  // namespace rigwise
