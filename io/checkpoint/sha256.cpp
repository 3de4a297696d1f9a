// SPDX-License-Identifier: MIT
#include "io/checkpoint/sha256.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "model/base/error.hpp"

namespace tmm::io {
namespace {

/// One running digest of libcrypto.
class Digest {
 public:
  Digest() {
    without_configuration();
    require(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
  }
  void add(std::string_view bytes) { require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size())); }
  std::string hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned int size = 0;
    require(EVP_DigestFinal_ex(context_.get(), bytes.data(), &size));
    std::string text;
    for (unsigned int i = 0; i < size; ++i) {
      text += "0123456789abcdef"[bytes[i] >> 4U];
      text += "0123456789abcdef"[bytes[i] & 15U];
    }
    return text;
  }

 private:
  /// OPENSSL_CONF and the system's openssl.cnf may name modules, which are code; SHA-256 needs none. Decided
  /// by the first call in a process: a program that has set up OpenSSL keeps what it has.
  static void without_configuration() {
    static const int once = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    require(once);
  }
  static void require(int success) {
    if (success != 1) throw Error("libcrypto refuses SHA-256");
  }
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

}  // namespace

std::string sha256(std::string_view bytes) {
  Digest digest;
  digest.add(bytes);
  return digest.hex();
}

std::string sha256_file(const InputFile& file) {
  constexpr std::size_t piece = 1U << 20U;
  Digest digest;
  for (std::uint64_t offset = 0; offset < file.size(); offset += piece) digest.add(file.read(offset, piece));
  file.require_unchanged();
  return digest.hex();
}

std::string sha256_checkpoint(const FileSet& files) {
  const std::string first = sha256_file(*files.at(0));
  if (files.size() == 1) return first;
  std::string lines = first + "  -\n";
  for (std::size_t i = 1; i < files.size(); ++i) {
    const auto shard = files.at(i);
    lines += sha256_file(*shard) + "  " + std::filesystem::path(shard->path()).filename().string() + '\n';
  }
  return sha256(lines);
}

}  // namespace tmm::io
