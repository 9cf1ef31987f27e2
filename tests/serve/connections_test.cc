// Many requests on a connection, many connections at once, and how they end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served.h"

namespace rigwise {
namespace {

using testing::HasSubstr;

const std::string kPredict = R"({"model": "llama-3.1-8b", "setup": "rtx 4090"})";

TEST_F(Served, AConnectionTakesManyRequests) {
  serve();
  Client client = Served::client();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(client.ask(post("/api/v1/predict", kPredict)).status, 200);
    EXPECT_EQ(client.ask(post("/api/v1/predict", "{}")).status, 400) << "a refusal does not end it";
    EXPECT_EQ(client.ask(get("/nowhere")).status, 404);
  }
}

TEST_F(Served, RequestsSentAheadAreAnsweredInTheirOrder) {
  serve();
  Client client = Served::client();
  client.send(get("/healthz") + post("/api/v1/predict", kPredict) + get("/nowhere") + get("/healthz"));
  for (const int status : {200, 200, 404, 200}) EXPECT_EQ(client.hear().status, status);
}

TEST_F(Served, AConnectionEndsWhenItsClientSaysSo) {
  serve();
  Client closing = client(), old = client();
  EXPECT_EQ(closing.ask(get("/healthz", "Connection: close\r\n")).field("Connection"), "close");
  EXPECT_TRUE(closing.is_ended());
  EXPECT_EQ(old.ask("GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n").status, 200);
  EXPECT_TRUE(old.is_ended());
}

TEST_F(Served, AHeadHasTheLengthOfItsBodyAndNoBody) {
  serve();
  Client client = Served::client();
  const Heard head = client.ask("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", true);
  const Heard whole = client.ask(get("/healthz"));
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.field("Content-Length"), std::to_string(whole.body.size()));
}

TEST_F(Served, ABodyIsWaitedForWhenTheClientAsksFirst) {
  serve();
  Client client = Served::client();
  client.send("POST /api/v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
              std::to_string(kPredict.size()) + "\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_TRUE(client.hear_until("HTTP/1.1 100 Continue\r\n\r\n"));
  EXPECT_EQ(client.ask(kPredict).status, 200);
}

TEST_F(Served, TwoHundredConnectionsAreAnsweredAtOnce) {
  serve();
  std::vector<Client> clients;
  clients.reserve(200);
  for (int i = 0; i < 200; ++i) clients.push_back(client());
  const std::string expected = call_verb(small_house(), "predict", kPredict);
  for (int round = 0; round < 3; ++round) {
    for (Client& each : clients) ASSERT_TRUE(each.send(post("/api/v1/predict", kPredict)));
    for (Client& each : clients) {
      const Heard heard = each.hear();
      ASSERT_EQ(heard.status, 200) << heard.body;
      ASSERT_EQ(heard.body, expected);
    }
  }
}

TEST_F(Served, ConnectionsBeyondTheLimitAreToldSo) {
  ServerOptions options = on_a_free_port();
  options.limits.connections = 3;
  serve(options);
  std::vector<Client> clients;
  clients.reserve(3);
  for (int i = 0; i < 3; ++i) {
    clients.push_back(client());
    EXPECT_EQ(clients.back().ask(get("/healthz")).status, 200);
  }
  const Heard refused = ask(get("/healthz"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.field("Retry-After"), "1");
  EXPECT_EQ(clients.front().ask(get("/healthz")).status, 200) << "those who are in stay in";
}

TEST_F(Served, VerbsBeyondTheQueueAreToldSo) {
  ServerOptions options = on_a_free_port();
  options.limits.waiting_slow = 0;
  serve(options);
  EXPECT_EQ(ask(post("/api/v1/capacity", "{}")).status, 503);
  EXPECT_EQ(ask(post("/api/v1/predict", kPredict)).status, 200) << "the quick ones have a queue of their own";
  stop();
  options.limits.waiting_quick = 0;
  serve(options);
  EXPECT_EQ(ask(post("/api/v1/predict", kPredict)).status, 503);
  EXPECT_EQ(ask(get("/healthz")).status, 200);
}

TEST_F(Served, StoppingEndsWhatWaitsAndFinishesWhatRuns) {
  serve();
  Client idle = client(), running = client();
  EXPECT_EQ(idle.ask(get("/healthz")).status, 200);
  running.send(
      "POST /api/v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
      std::to_string(kPredict.size()) + "\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_TRUE(running.hear_until("100 Continue\r\n\r\n"));
  const int port = server().port();
  server().stop();
  EXPECT_TRUE(idle.is_ended());
  EXPECT_FALSE(Client(port).is_connected()) << "somebody new was let in";
  const Heard heard = running.ask(kPredict);
  EXPECT_EQ(heard.status, 200);
  EXPECT_EQ(heard.field("Connection"), "close");
  EXPECT_TRUE(running.is_ended());
  stop();
}

TEST_F(Served, StoppingDoesNotWaitForeverForTheSlow) {
  ServerOptions options = on_a_free_port();
  options.limits.stop_time = std::chrono::milliseconds(20);
  serve(options);
  Client slow = client();
  slow.send("POST /api/v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_TRUE(slow.hear_until("100 Continue\r\n\r\n"));
  stop();
  forget_server();
  EXPECT_TRUE(slow.is_ended());
}

TEST(HttpServers, StoppedBeforeTheyRunEndAtOnce) {
  const auto server = HttpServer::open(small_house(), on_a_free_port());
  ASSERT_TRUE(server.has_value());
  EXPECT_THAT((*server)->urls().front(), HasSubstr("http://127.0.0.1:"));
  (*server)->stop();
  (*server)->run(false);
}

}  // namespace
}  // namespace rigwise
