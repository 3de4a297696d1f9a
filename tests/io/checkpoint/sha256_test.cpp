// SPDX-License-Identifier: MIT
#include "io/checkpoint/sha256.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "model/base/error.hpp"
#include "support.hpp"

// FIPS 180-4 example values (NIST, Cryptographic Standards and Guidelines).
TEST_CASE("SHA-256 of the NIST examples") {
  CHECK(tmm::io::sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(tmm::io::sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(tmm::io::sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("SHA-256 of a file equals that of its bytes, also beyond one piece") {
  const tmm::test::TemporaryFolder folder;
  const std::string path = folder.file("bytes"), bytes((1U << 20U) + 17, 'a');
  std::ofstream(path, std::ios::binary) << bytes;
  CHECK(tmm::io::sha256_file(tmm::io::InputFile(path)) == tmm::io::sha256(bytes));
  CHECK_THROWS_AS(tmm::io::sha256_file(tmm::io::InputFile(folder.file("absent"))), tmm::FileError);
}
