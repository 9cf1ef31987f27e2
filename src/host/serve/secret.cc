#include "host/serve/secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "core/base/check.h"

namespace rigwise {
namespace {

std::string sha256(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  RW_CHECK(EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr) == 1);
  return {reinterpret_cast<const char*>(digest), size};
}

}  // namespace

std::string sha256_base64(std::string_view text) {
  const std::string digest = sha256(text);
  unsigned char coded[64];
  const int size =
      EVP_EncodeBlock(coded, reinterpret_cast<const unsigned char*>(digest.data()), static_cast<int>(digest.size()));
  return {reinterpret_cast<const char*>(coded), static_cast<std::size_t>(size)};
}

bool same_secret(std::string_view a, std::string_view b) {
  // Digests are of one length, so that not even the secret's length shows.
  const std::string x = sha256(a), y = sha256(b);
  return CRYPTO_memcmp(x.data(), y.data(), x.size()) == 0;
}

}  // namespace rigwise
