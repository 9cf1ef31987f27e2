// Servers that come and go, networks and machines that give out: each has its class, and nothing hangs.
#include <arpa/inet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <set>
#include <thread>

#include "bench_for_tests.h"
#include "core/measure/arrivals.h"
#include "core/measure/request_metrics.h"
#include "host/bench/transport_faults.h"

namespace rigwise {
namespace {

/// A socket that listens at 127.0.0.1, and what is done with whoever comes.
class RawServer {
 public:
  using Treat = void (*)(int socket);
  explicit RawServer(Treat treat) : treat_(treat), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 64), 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    if (treat_ != nullptr) thread_ = std::thread([this] { run(); });
  }
  ~RawServer() {
    ::shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  std::string url(const char* scheme = "http") const {
    return std::string(scheme) + "://localhost:" + std::to_string(port_);
  }

 private:
  void run() {
    for (int socket = accept(listener_, nullptr, nullptr); socket >= 0; socket = accept(listener_, nullptr, nullptr)) {
      treat_(socket);
    }
  }
  Treat treat_;
  int listener_, port_ = 0;
  std::thread thread_;
};

void reset(int socket) {
  const linger at_once{1, 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(socket);
}

std::set<std::string> faults_of(const LevelRun& run) {
  std::set<std::string> faults;
  for (const RequestTrace& trace : run.traces.requests) faults.insert(std::string(request_fault_name(trace.fault)));
  return faults;
}

class BenchOutages : public BenchTest {
 protected:
  /// What two streams meet in a third of a second.
  std::set<std::string> met_at(const std::string& url) {
    aim_at(url);
    timing.window_s = 0.3;
    return faults_of(run_closed(2, 0));
  }
};

TEST_F(BenchOutages, AConnectionThatIsResetAtOnceIsAReset) {
  const RawServer server(reset);
  EXPECT_EQ(met_at(server.url()), std::set<std::string>{"reset"});
}

TEST_F(BenchOutages, AServerThatHangsUpAtOnceHasCutTheAnswer) {
  const RawServer server([](int socket) { ::close(socket); });
  const std::set<std::string> faults = met_at(server.url());
  for (const std::string& fault : faults) EXPECT_TRUE(fault == "cut" || fault == "reset") << fault;
  EXPECT_FALSE(faults.empty());
}

TEST_F(BenchOutages, AServerThatNeverAcceptsNorAnswersHasStalled) {
  const RawServer server(nullptr);  // the system takes connections in and nobody reads them
  plan.idle_timeout_s = 0.15;
  const std::set<std::string> faults = met_at(server.url());
  EXPECT_EQ(faults.count("stalled"), 1U);
}

TEST_F(BenchOutages, AnEndpointThatSaysNothingIsGivenUpWhileItIsTriedOut) {
  const RawServer server(nullptr);
  aim_at(server.url());
  target.idle_timeout_s = 0.2;
  const Result<void> named = try_endpoint(target);
  ASSERT_FALSE(named);
  EXPECT_EQ(named.error().message, "stalled: nothing came for 0.2 s");
  EXPECT_EQ(named.error().where, server.url() + "/v1/chat/completions");
  target.model.clear();
  const Result<void> nameless = try_endpoint(target);
  ASSERT_FALSE(nameless);
  EXPECT_EQ(nameless.error().message, "stalled: nothing came for 0.2 s");
  EXPECT_EQ(nameless.error().where, server.url() + "/v1/models") << "whose answer would have named one";
  EXPECT_NE(nameless.error().try_this.find("--model NAME"), std::string::npos);
}

TEST_F(BenchOutages, ARefusalOfTheFirstQuestionSaysWhatMayHelp) {
  const auto advice = [this](int status) {
    serve(R"({"fault": "status", "status": )" + std::to_string(status) + "}");
    const Result<void> tried = try_endpoint(target);
    return tried ? std::string() : tried.error().try_this;
  };
  EXPECT_TRUE(advice(429).starts_with("later: it limits how often it is asked"));
  EXPECT_NE(advice(404).find("--url"), std::string::npos);
  EXPECT_TRUE(advice(401).starts_with("--api-key-env"));
  EXPECT_TRUE(advice(503).starts_with("the server's own log"));
}

TEST_F(BenchOutages, AnAnswerThatStopsInTheMiddleIsGivenUpWhileItIsTriedOut) {
  serve(R"({"fault": "hang_in_stream"})");
  target.idle_timeout_s = 0.2;
  const Result<void> tried = try_endpoint(target);
  ASSERT_FALSE(tried);
  EXPECT_EQ(tried.error().message, "stalled: nothing came for 0.2 s");
}

/// Waits for the end of a question, and answers with these bytes.
template <const char* kAnswer>
void say(int socket) {
  std::string asked;
  char bytes[4096];
  while (asked.find("\r\n\r\n") == std::string::npos) {
    const ssize_t count = ::recv(socket, bytes, sizeof bytes, 0);
    if (count <= 0) break;
    asked.append(bytes, static_cast<std::size_t>(count));
  }
  const std::string_view answer(kAnswer);
  [[maybe_unused]] const auto sent = ::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL);
  ::shutdown(socket, SHUT_WR);
  while (::recv(socket, bytes, sizeof bytes, 0) > 0) {
  }
  ::close(socket);
}

constexpr char kNamedError[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one\"}}]}\n\n"
    "event: error\ndata: {\"message\":\"overloaded\"}\n\n";

TEST_F(BenchOutages, AnEventNamedErrorIsAnErrorInTheStream) {
  const RawServer server(say<kNamedError>);
  aim_at(server.url());
  const RequestTrace trace = one();
  EXPECT_EQ(request_fault_name(trace.fault), "error_in_stream");
  EXPECT_EQ(trace.tokens.size(), 1U);
}

TEST_F(BenchOutages, AHeadThatNeverEndsIsTooSlowThoughSomethingAlwaysComes) {
  const RawServer server([](int socket) {
    constexpr std::string_view kBegins = "HTTP/1.1 200 OK\r\nX: ";
    bool there = ::send(socket, kBegins.data(), kBegins.size(), MSG_NOSIGNAL) > 0;
    for (; there; ::poll(nullptr, 0, 20)) there = ::send(socket, "x", 1, MSG_NOSIGNAL) > 0;
    ::close(socket);
  });
  aim_at(server.url());
  plan.total_timeout_s = 0.5;
  EXPECT_EQ(request_fault_name(one().fault), "too_slow");
}

TEST_F(BenchOutages, APlainAnswerToAHandshakeIsAFaultOfTls) {
  const RawServer server([](int socket) {
    constexpr std::string_view kRefusal = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    [[maybe_unused]] const auto sent = ::send(socket, kRefusal.data(), kRefusal.size(), MSG_NOSIGNAL);
    ::shutdown(socket, SHUT_WR);
    char byte = 0;
    while (::recv(socket, &byte, 1, 0) > 0) {
    }
    ::close(socket);
  });
  EXPECT_EQ(met_at(server.url("https")), std::set<std::string>{"tls"});
}

TEST_F(BenchOutages, AServerOfIpv6AloneIsMeasured) {
  TimedServerOptions options;
  options.ipv6 = true;
  auto started = TimedServer::start(*parse_timed_script(R"({"ttft_ms": 5, "token_ms": 2})"), options);
  ASSERT_TRUE(started) << started.error().message;
  timed = std::move(*started);
  aim_at(timed->url());
  EXPECT_TRUE(one().is_ok());
  timing.window_s = 0.3;
  aim_at("http://127.0.0.1:" + std::to_string(timed->port()));
  EXPECT_EQ(faults_of(run_closed(1, 0)), std::set<std::string>{"refused"});
}

TEST_F(BenchOutages, ANameWithAddressesOfBothKindsIsTriedUntilOneAnswers) {
  TimedServerOptions options;
  options.ipv6 = true;
  auto started = TimedServer::start(*parse_timed_script(R"({"ttft_ms": 5, "token_ms": 2})"), options);
  ASSERT_TRUE(started) << started.error().message;
  timed = std::move(*started);
  LoadAddress four, six;
  aim_at("http://127.0.0.1:" + std::to_string(timed->port()));
  four = target.address;
  aim_at(timed->url());
  six = target.address;
  EXPECT_EQ(first_that_answers({four, six}).address.ss_family, AF_INET6);
  EXPECT_EQ(first_that_answers({six, four}).address.ss_family, AF_INET6);
  EXPECT_EQ(first_that_answers({four}).address.ss_family, AF_INET);  // nobody: the first, to fail with its class
}

/// Ends the server as an update does, and starts it again at the same port.
TEST_F(BenchOutages, AServerThatStartsAgainWithinALevelCostsWhatWasUnderWay) {
  serve_timed(R"({"ttft_ms": 20, "token_ms": 5})");
  const int port = timed->port();
  bool down = false;
  watch = [&](const LevelProgress& progress) {
    if (!down && progress.ended >= 6) {
      down = true;
      timed.reset();
    } else if (down && !timed && progress.failed >= 4) {
      TimedServerOptions options;
      options.port = port;
      auto started = TimedServer::start(*parse_timed_script(R"({"ttft_ms": 20, "token_ms": 5})"), options);
      ASSERT_TRUE(started) << started.error().message;
      timed = std::move(*started);
    }
  };
  const LevelRun run = run_closed(3, 40);
  EXPECT_TRUE(down);
  std::size_t ok = 0;
  for (const RequestTrace& trace : run.traces.requests) {
    const bool expected = trace.fault == RequestFault::none || trace.fault == RequestFault::refused ||
                          trace.fault == RequestFault::cut || trace.fault == RequestFault::reset ||
                          trace.fault == RequestFault::interrupted;
    EXPECT_TRUE(expected) << request_fault_name(trace.fault);
    EXPECT_TRUE(trace.end_ns);
    ok += trace.is_ok();
  }
  EXPECT_GE(run.traces.requests.size(), 40U);
  EXPECT_GE(ok, 10U);
  EXPECT_EQ(faults_of(run).count("refused"), 1U);
}

TEST_F(BenchOutages, AServerThatStartsAgainBetweenLevelsCostsNothing) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 2})");
  EXPECT_TRUE(one().is_ok());
  TimedServerOptions options;
  options.port = timed->port();
  timed.reset();
  timed = std::move(*TimedServer::start(*parse_timed_script(R"({"ttft_ms": 5, "token_ms": 2})"), options));
  EXPECT_TRUE(one().is_ok());
}

TEST_F(BenchOutages, AServerThatLoadsItsModelAfterAStartHasThatInItsFirstTtft) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 2})");
  EXPECT_TRUE(one().is_ok());
  TimedServerOptions options;
  options.port = timed->port();
  timed.reset();
  timed =
      std::move(*TimedServer::start(*parse_timed_script(R"({"ttft_ms": 5, "token_ms": 2, "load_ms": 600})"), options));
  const LevelRun run = run_closed(1, 4);
  EXPECT_EQ(faults_of(run).count("none"), 1U);
  const RequestTrace &first = run.traces.requests[0], &second = run.traces.requests[1];
  ASSERT_TRUE(first.is_ok() && second.is_ok());
  const double loading_s = *metrics_of(first).ttft_s;
  EXPECT_GE(loading_s, 0.6);
  EXPECT_LT(*metrics_of(second).ttft_s, loading_s);
}

TEST(TransportFaults, LimitsOfThisMachineAreNotTheServers) {
  for (const int error : {EADDRNOTAVAIL, EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
    EXPECT_EQ(fault_of_errno(error), RequestFault::client_limit);
  }
  EXPECT_EQ(fault_of_errno(ENETUNREACH), RequestFault::unreachable);
  EXPECT_EQ(fault_of_errno(ECONNREFUSED), RequestFault::refused);
}

TEST_F(BenchOutages, MoreStreamsThanFilesAreRefusedBeforeAnythingIsSent) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  ASSERT_LT(limit.rlim_max, 2'000'000'000U);
  plan.streams = static_cast<std::uint32_t>(limit.rlim_max);
  const Result<LevelRun> run = run_level(plan, timing, interrupt, watch);
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().where, "ulimit -n");
}

/// Runs `body` in a process of its own, whose limits may be changed; true: it gave true.
template <class Body>
bool in_a_process_of_its_own(Body body) {
  const pid_t child = fork();
  if (child == 0) _exit(body() ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_F(BenchOutages, AnArrivalThatFindsNoFileLeftIsTheClientsOwnFailure) {
  const RawServer server(nullptr);
  aim_at(server.url());
  plan.idle_timeout_s = 0.3;
  plan.arrivals = planned_arrivals_ns({ArrivalPattern::constant, 400, 1, 0, 3}, 0.2);
  plan.connections = 4;
  timing.window_s = 0.3;
  EXPECT_TRUE(in_a_process_of_its_own([&] {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = 4 + 64;  // what is asked for before the start
    setrlimit(RLIMIT_NOFILE, &limit);
    const LevelRun run = this->run();
    return faults_of(run).count("client_limit") == 1 && run.signs.client_limits > 0 &&
           run.traces.requests.size() == plan.arrivals.size() && judge_client(run.signs, {}).grade == ClientGrade::d;
  }));
}

/// A network of its own with four ports, if the system lets an ordinary user have one.
bool enter_a_network_of_four_ports() {
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0 && unshare(CLONE_NEWNET) != 0) return false;
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  ifreq request{};
  std::string("lo").copy(request.ifr_name, sizeof request.ifr_name - 1);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  const bool up = ioctl(socket, SIOCSIFFLAGS, &request) == 0;
  ::close(socket);
  std::ofstream ports("/proc/sys/net/ipv4/ip_local_port_range");
  return up && static_cast<bool>(ports << "40000 40003" << std::flush);
}

TEST_F(BenchOutages, StreamsThatFindNoPortLeftAreTheClientsOwnFailure) {
  plan.idle_timeout_s = 0.3;
  timing.window_s = 0.3;
  EXPECT_TRUE(in_a_process_of_its_own([&] {
    if (!enter_a_network_of_four_ports()) {
      std::fputs("note: no network of its own here; only the class of the error was tested\n", stderr);
      return true;
    }
    TimedServerOptions options;
    options.port = 39999;
    auto started = TimedServer::start(*parse_timed_script(R"({"ttft_ms": 5, "token_ms": 2})"), options);
    if (!started) return false;
    aim_at((*started)->url());
    const LevelRun run = run_closed(12, 0);
    return faults_of(run).count("client_limit") == 1 && faults_of(run).count("none") == 1;
  }));
}

}  // namespace
}  // namespace rigwise
