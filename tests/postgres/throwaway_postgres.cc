#include "postgres/throwaway_postgres.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "host/store/postgres_database.h"

namespace rigwise {
namespace {

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "the tests' PostgreSQL: %s\n", why.c_str());
  std::abort();
}

/// The newest of Debian's folders that has a server.
std::filesystem::path find_binaries() {
  std::vector<std::filesystem::path> found;
  std::error_code fault;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", fault)) {
    if (std::filesystem::exists(version.path() / "bin" / "postgres")) found.push_back(version.path() / "bin");
  }
  if (found.empty()) give_up("none is installed; script/bootstrap --with-tests brings it");
  return *std::max_element(found.begin(), found.end());
}

}  // namespace

ThrowawayPostgres& ThrowawayPostgres::instance() {
  static ThrowawayPostgres server;
  return server;
}

ThrowawayPostgres::ThrowawayPostgres()
    : binaries_(find_binaries()), user_(::getuid()), group_(::getgid()), owner_(::getpid()) {
  std::string name = (std::filesystem::temp_directory_path() / "rigwise-pg-XXXXXX").string();
  folder_ = ::mkdtemp(name.data());
  if (user_ == 0) {
    const passwd* postgres = ::getpwnam("postgres");
    if (postgres == nullptr) give_up("there is no user \"postgres\" to run it as");
    user_ = postgres->pw_uid;
    group_ = postgres->pw_gid;
    if (::chown(folder_.c_str(), user_, group_) != 0) give_up("its folder cannot be given away");
  }
  int status = 0;
  const pid_t made = spawn({"initdb", "--pgdata", (folder_ / "data").string(), "--username", "rigwise", "--auth",
                            "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"});
  if (::waitpid(made, &status, 0) != made || status != 0) give_up("initdb failed in " + folder_.string());
  start();
}

ThrowawayPostgres::~ThrowawayPostgres() {
  if (::getpid() != owner_) return;  // a forked worker of a test
  ::kill(server_, SIGINT);
  ::waitpid(server_, nullptr, 0);
  std::error_code fault;
  std::filesystem::remove_all(folder_, fault);
}

pid_t ThrowawayPostgres::spawn(const std::vector<std::string>& command) const {
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGINT);
  if (::getuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(group_) != 0 || ::setuid(user_) != 0)) ::_exit(126);
  ::prctl(PR_SET_PDEATHSIG, SIGINT);  // setuid clears it
  const int log = ::open((folder_ / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  if (::chdir(folder_.c_str()) != 0) ::_exit(126);
  const std::string program = (binaries_ / command.front()).string();
  std::vector<char*> words;
  words.reserve(command.size() + 1);
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execv(program.c_str(), words.data());
  ::_exit(127);
}

void ThrowawayPostgres::start() {
  server_ = spawn({"postgres", "-D", (folder_ / "data").string(), "-k", folder_.string(), "-c",
                   "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=40", "-c", "shared_buffers=32MB"});
  await_ready();
}

void ThrowawayPostgres::await_ready() const {
  for (int tries = 0; tries < 300; ++tries) {
    if (open_postgres(url("postgres"))) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  give_up("it does not answer; its log: " + (folder_ / "log").string());
}

std::string ThrowawayPostgres::url(const std::string& database) const {
  std::string host;
  for (const char c : folder_.string()) host += c == '/' ? std::string("%2F") : std::string(1, c);
  return "postgresql://rigwise@" + host + "/" + database;
}

std::string ThrowawayPostgres::new_database() {
  const std::string name = "test" + std::to_string(++databases_);
  const auto server = open_postgres(url("postgres"));
  if (!server || !(*server)->run("CREATE DATABASE " + name)) give_up("a database cannot be made");
  return url(name);
}

void ThrowawayPostgres::cut_connections(const std::string& url_of_database) {
  const auto server = open_postgres(url("postgres"));
  const std::string name = url_of_database.substr(url_of_database.rfind('/') + 1);
  if (!server || !(*server)->run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", {name})) {
    give_up("connections cannot be cut");
  }
}

void ThrowawayPostgres::crash_and_restart() {
  ::kill(server_, SIGQUIT);  // "immediate shutdown": no checkpoint, recovery at the next start
  ::waitpid(server_, nullptr, 0);
  start();
}

Result<std::unique_ptr<SqlDatabase>> PostgresStore::connect() { return open_postgres(url_); }

}  // namespace rigwise
