#include "core/usage/secrets.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

// In halves, so that no scanner takes this file for a leak.
#define HALVES(a, b) a b

struct Planted {
  const char* text;
  std::vector<const char*> secrets;  ///< none of which may remain
  const char* kept;                  ///< what must
};

const std::vector<Planted>& planted() {
  static const std::vector<Planted> kPlanted = {
      {HALVES("call it with sk-ant-", "api03-Zx81kQpLmN27 and see"), {"Zx81kQpLmN27", "api03"}, "and see"},
      {HALVES("OPENAI_API_KEY=sk-", "proj-aB3dE6gH9jK2mN5pQ8sT"), {"aB3dE6gH9jK2mN5pQ8sT"}, "OPENAI_API_KEY="},
      {HALVES("git clone https://gh", "p_16C7e42F292c6912E7710c838347Ae178B4a@github.com/x/y"),
       {"16C7e42F"},
       "github.com/x/y"},
      {HALVES("aws AKIA", "IOSFODNN7EXAMPLE in eu-north-1"), {"IOSFODNN7"}, "eu-north-1"},
      {HALVES("token eyJ", "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4f"),
       {"hbGciOi", "SflKxw"},
       "token"},
      {"-----BEGIN "
       "RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END "
       "RSA PRIVATE KEY-----\nafter",
       {"MIIEow", "IBAAKC"},
       "after"},
      {"-----BEGIN "
       "OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r",
       {"b3BlbnNzaC1r"},
       ""},
      {"password=hunter2 and go", {"hunter2"}, "and go"},
      {"DB_PASSWORD: 'correct horse battery'", {"correct horse", "battery"}, "DB_PASSWORD"},
      {"the password is hunter2, please", {"hunter2"}, "please"},
      {"L\xC3\xB6senord: sommar26!", {"sommar26"}, ""},
      {"mot de passe : soleil7", {"soleil7"}, ""},
      {"l\xC3\xB6senordet \xC3\xA4r blomma99 tack", {"blomma99"}, "tack"},
      {"{\"secret\": \"s3cr3t\", \"port\": 80}", {"s3cr3t"}, "\"port\": 80"},
      {"password:\n  hunter2\nnext", {"hunter2"}, "next"},
      {"Authorization: Bearer abc123def456ghi", {"abc123def456ghi"}, "Authorization"},
      {"postgres://app:p@ss/w0rd@db.local:5432/shop", {"p@ss", "w0rd", "app:"}, "db.local:5432/shop"},
      {"ask ada.lovelace+shop@example.co.uk today", {"ada.lovelace", "example.co.uk"}, "today"},
      {"skriv till \xC3\xA5sa@ex\xC3\xA4mpel.se nu", {"\xC3\xA5sa", "mpel.se"}, "nu"},
      {"open /ho"
       "me/grace/shop/a.py as grace",
       {"grace"},
       "/shop/a.py"},
      {"see /Users/Katherine J/notes.txt", {"Katherine"}, "/notes.txt"},
      {"in C:\\Users\\margaret\\Desktop\\x.xlsx", {"margaret"}, "Desktop"},
      {"ping 192.168.17.4:8080 from 10.0.0.7", {"192.168.17.4", "10.0.0.7"}, "8080"},
      {"addr fe80::1ff:fe23:4567:890a up", {"fe80", "890a"}, "up"},
      {"card 4111 1111 1111 1111 please", {"4111 1111"}, "please"},
      {"pay DE89 3704 0044 0532 0130 00 by Friday", {"3704", "0532"}, "by Friday"},
      {"person 850312-1234 asked", {"850312", "1234"}, "asked"},
      {"call +46 70 123 45 67 now", {"70 123"}, "now"},
      {"key: Zk3vQ9xT2mB7nL5wR8pY1cD4 end", {"Zk3vQ9xT2mB7nL5wR8pY1cD4"}, "end"},
      {"it is dGhpcyBpcyBub3QgYSBrZXkgYnV0IGxvb2tzIGxpa2U9 ok", {"dGhpcyBpcyBub3Qg"}, "ok"},
      {"sha 5f2b8c1d9e3a7f4b6c0d2e1f8a9b3c4d5e6f7a8b here", {"5f2b8c1d9e3a"}, "here"},
      // Broken over lines.
      {HALVES("sk-ant-", "api03-Zx81kQpLmN27\n  rT5yU8iO2pA4sD6\nthen go on"),
       {"Zx81kQpLmN27", "rT5yU8iO2pA4sD6"},
       "then go on"},
      {HALVES("\"gh", "p_16C7e42F292c\" \\\n \"6912E7710c838347\" then"), {"16C7e42F292c", "6912E7710c838347"}, "then"},
      {"Zk3vQ9xT2mB7n\nL5wR8pY1cD4fG6 and so on", {"Zk3vQ9xT2mB7n", "L5wR8pY1cD4fG6"}, "and so on"},
      {HALVES("sk-", "ant-\n  api03-Zx81kQpLmN27 stays"), {"Zx81kQpLmN27"}, "stays"},
  };
  return kPlanted;
}

TEST(Secrets, NoPlantedOneRemains) {
  for (const Planted& plant : planted()) {
    const std::string clean = without_secrets(plant.text);
    for (const char* secret : plant.secrets)
      EXPECT_EQ(clean.find(secret), std::string::npos) << plant.text << "\n-> " << clean;
    EXPECT_NE(clean.find(plant.kept), std::string::npos) << plant.text << "\n-> " << clean;
  }
}

TEST(Secrets, NoneRemainsAmongOthersAndBetweenLetters) {
  std::string all = "H\xC3\xA4r \xE2\x80\x94 \xE6\x97\xA5\xE6\x9C\xAC: ";
  for (const Planted& plant : planted()) {
    if (std::string_view(plant.text).find("-----BEGIN") == std::string_view::npos)
      all += std::string(plant.text) + "\n\xC3\xB6\n";
  }
  const std::string clean = without_secrets(all);
  for (const Planted& plant : planted()) {
    for (const char* secret : plant.secrets) {
      if (std::string_view(secret).size() >= 6) {
        EXPECT_EQ(clean.find(secret), std::string::npos) << secret;
      }
    }
  }
  EXPECT_NE(clean.find("\xE6\x97\xA5\xE6\x9C\xAC"), std::string::npos);
}

TEST(Secrets, WhatIsNoneStays) {
  for (const char* text :
       {"Refactor the cart module and split src/shop/cart_total.py into two files.",
        "max_tokens: 4096, temperature=0.2", "The invoice of 2026-10-05 is 1,234.50 EUR.",
        "Use python3.11 and numpy 1.26.4 on 127.0.0.1:8080.", "test_total_with_two_discounts_is_rounded_once fails",
        "def total(items: list[Item]) -> Decimal:\n    return sum(i.price for i in items)",
        "It takes 12:30:45 and 3 tokens.", "Skriv ett mejl till kunden om f\xC3\xB6rseningen.",
        "sk-learn has a classifier", "SELECT id, name FROM customers WHERE id = 12345"}) {
    EXPECT_EQ(without_secrets(text), text);
  }
}

TEST(Secrets, ACleanTextStaysAsItIs) {
  for (const Planted& plant : planted()) {
    const std::string once = without_secrets(plant.text);
    EXPECT_EQ(without_secrets(once), once) << plant.text;
  }
}

TEST(PublishedSecrets, AreKeysByTheirPrefixAndPasswordsInAddresses) {
  for (const char* text :
       {"use AIzaSyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q", "glpat-abcdefghij0123456789", "gsk_Qw3rTyU1oPaSdFgHjKlZxCv",
        "xoxp-123456789012-abcdefabcdef", "github_pat_11ABCDEFG0abcdefghijkl", "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",
        "postgres://u:secretpw123@db.example.org/x"})
    EXPECT_TRUE(holds_published_secret(text)) << text;
}

TEST(PublishedSecrets, AreNoHashesNamesOrPlainAddresses) {
  for (const char* text : {"commit 3f786850e387550fdab836ed7e6dc881de23001b", "write to coop@example.org",
                           "https://example.org/a/b?c=d", "Qwen3-Coder-30B-A3B-Instruct", "Password: ask Anna"})
    EXPECT_FALSE(holds_published_secret(text)) << text;
}

}  // namespace
}  // namespace rigwise
