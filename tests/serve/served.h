// A server on a free port, with the small catalog of the transcripts, for the length of a test.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "client.h"
#include "host/catalog_io/load.h"
#include "host/serve/http_server.h"

namespace rigwise {

inline const House& small_house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog_folder(RIGWISE_SOURCE_DIR "/tests/catalog", {});
    return loaded ? House{std::move(loaded->catalog), std::move(loaded->calibration)} : House{};
  }();
  return kHouse;
}

inline ServerOptions on_a_free_port() {
  ServerOptions options;
  options.listen = *parse_listen_address("127.0.0.1:0");
  options.version = "1.2.3";
  return options;
}

class Served : public testing::Test {
 protected:
  void serve(ServerOptions options = on_a_free_port(), const House& house = small_house()) {
    Result<std::unique_ptr<HttpServer>> opened = HttpServer::open(house, std::move(options));
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    server_ = std::move(*opened);
    thread_ = std::thread([this] { server_->run(false); });
  }
  /// Tells the server to stop, and waits until it has.
  void stop() {
    if (server_) server_->stop();
    if (thread_.joinable()) thread_.join();
  }
  void TearDown() override { stop(); }

  Client client() const { return Client(server_->port()); }
  Heard ask(const std::string& request) const { return client().ask(request); }
  HttpServer& server() const { return *server_; }
  void forget_server() { server_.reset(); }

 private:
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
};

}  // namespace rigwise
