// The same over TLS.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "host/serve/embedded_files.h"
#include "served.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

/// A certificate for localhost that signs itself, good for a day, in a folder of its own.
class Certificate {
 public:
  Certificate() : folder_(fs::temp_directory_path() / ("rigwise-tls-" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1,
                               0);
    X509_set_issuer_name(certificate, name);
    X509_sign(certificate, key, EVP_sha256());
    std::FILE* cert = std::fopen(cert_file().c_str(), "w");
    PEM_write_X509(cert, certificate);
    std::fclose(cert);
    std::FILE* secret = std::fopen(key_file().c_str(), "w");
    PEM_write_PrivateKey(secret, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(secret);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;
  ~Certificate() { fs::remove_all(folder_); }
  std::string cert_file() const { return (folder_ / "cert.pem").string(); }
  std::string key_file() const { return (folder_ / "key.pem").string(); }

 private:
  fs::path folder_;
};

/// Everything the server says to one request over TLS, until it ends the connection; empty when it does not come to
/// that.
std::string said_over_tls(const Client& client, const std::string& request, int newest_version) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_max_proto_version(context, newest_version);
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL* tls = SSL_new(context);
  SSL_set_fd(tls, client.descriptor());
  std::string said;
  if (SSL_connect(tls) == 1 && SSL_write(tls, request.data(), static_cast<int>(request.size())) > 0) {
    char bytes[4096];
    for (int got = 0; (got = SSL_read(tls, bytes, sizeof bytes)) > 0;)
      said.append(bytes, static_cast<std::size_t>(got));
  }
  SSL_free(tls);
  SSL_CTX_free(context);
  return said;
}

class ServedOverTls : public Served {
 protected:
  void SetUp() override {
    ServerOptions options = on_a_free_port();
    options.tls_cert_file = certificate_.cert_file();
    options.tls_key_file = certificate_.key_file();
    options.limits.header_time = std::chrono::milliseconds(2000);
    serve(options);
  }
  Certificate certificate_;
};

TEST_F(ServedOverTls, AnswersAsWithoutIt) {
  EXPECT_TRUE(server().urls().front().starts_with("https://127.0.0.1:"));
  const std::string request =
      post("/api/v1/predict", R"({"model": "llama-3.1-8b", "setup": "rtx 4090"})", "Connection: close\r\n");
  const std::string said = said_over_tls(client(), request, TLS1_3_VERSION);
  EXPECT_TRUE(said.starts_with("HTTP/1.1 200 OK\r\n")) << said;
  EXPECT_TRUE(said.ends_with(call_verb(small_house(), "predict", R"({"model": "llama-3.1-8b", "setup": "rtx 4090"})")));
}

TEST_F(ServedOverTls, SpeaksNoOldVersions) {
  const std::string request = get("/healthz", "Connection: close\r\n");
  EXPECT_NE(said_over_tls(client(), request, TLS1_2_VERSION), "");
  EXPECT_EQ(said_over_tls(client(), request, TLS1_1_VERSION), "");
}

TEST_F(ServedOverTls, PlainRequestsGetNoAnswer) {
  Client plain = client();
  const Heard heard = plain.ask(get("/healthz"));
  EXPECT_EQ(heard.status, 0);
  EXPECT_NE(said_over_tls(client(), get("/healthz", "Connection: close\r\n"), TLS1_3_VERSION), "");
}

TEST_F(ServedOverTls, StopsWhileSomebodyShakesHands) {
  Client silent = client();
  EXPECT_NE(said_over_tls(client(), get("/healthz", "Connection: close\r\n"), TLS1_3_VERSION), "");
  stop();
  EXPECT_TRUE(silent.is_ended());
}

}  // namespace
}  // namespace rigwise
