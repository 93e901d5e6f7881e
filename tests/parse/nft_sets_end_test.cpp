// Where nft wants no separator in a set; observed with nft 1.0.6.

#include "catch.h"
#include "scanner/parse/nft.h"

namespace sandlint {

TEST_CASE("the elements of a set end themselves") {
  const auto problems = [](const std::string& body) {
    const Source source{"x.nft", "table inet t {\n  set s { " + body + " }\n}\n", false};
    return ParseNft(source, {}).problems.size();
  };
  CHECK(problems("type ipv4_addr; elements = { 192.0.2.1 }") == 0);
  CHECK(problems("type ipv4_addr; flags interval; elements = { 192.0.2.1 }; auto-merge") == 0);
  CHECK(problems("type ipv4_addr; flags interval") == 1);
}

}  // namespace sandlint
