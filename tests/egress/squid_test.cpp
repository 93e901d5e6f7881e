#include "scanner/egress/squid.h"

#include <string>

#include "catch.h"

namespace sandlint {
namespace {

std::string Ask(const std::string& config, const std::string& host, std::uint32_t port = 443,
                const std::string& protocol = "tcp") {
  const Source source{"squid.conf", config, false};
  return NameOf(ReadSquid(source)->Ask({protocol, host, port}).answer);
}

const std::string kUsual =
    "acl SSL_ports port 443\nacl Safe_ports port 80\nacl Safe_ports port 443\n"
    "acl CONNECT method CONNECT\nacl allowed dstdomain .github.com api.example.org # a comment\n"
    "http_access deny !Safe_ports\nhttp_access deny CONNECT !SSL_ports\nhttp_access allow allowed\n"
    "http_access deny all\nhttp_port 127.0.0.1:3129\n";

TEST_CASE("squid: the first line of access that matches decides") {
  CHECK(Ask(kUsual, "api.github.com") == "yes");
  CHECK(Ask(kUsual, "github.com") == "yes");
  CHECK(Ask(kUsual, "notgithub.com") == "no");
  CHECK(Ask(kUsual, "x.api.example.org") == "no");
  CHECK(Ask(kUsual, "api.github.com", 22) == "no");
  CHECK(Ask(kUsual, "api.github.com", 443, "udp") == "no");
  const Source source{"squid.conf", kUsual, false};
  CHECK(ReadSquid(source)->Port() == 3129);
}

TEST_CASE("squid: without a match the opposite of the last line, without lines nothing") {
  CHECK(Ask("acl a dstdomain a.org\nhttp_access deny a\n", "b.org") == "yes");
  CHECK(Ask("acl a dstdomain a.org\nhttp_access allow a\n", "b.org") == "no");
  CHECK(Ask("http_port 3128\n", "b.org") == "no");
  CHECK(Ask("http_access allow all\n", "b.org") == "yes");
}

TEST_CASE("squid: lists that depend on more leave the answer open") {
  CHECK(Ask("acl me src 10.0.0.0/8\nhttp_access allow me\nhttp_access deny all\n", "b.org") ==
        "unknown");
  CHECK(Ask("acl f dstdomain \"/etc/squid/allowed\"\nhttp_access allow f\nhttp_access deny all\n",
            "b.org") == "unknown");
  CHECK(Ask("acl a dstdomain .a.org\nhttp_access allow a\nhttp_access deny all\n", "192.0.2.1") ==
        "unknown");
  CHECK(Ask("include /etc/squid/conf.d/*.conf\nhttp_access deny all\n", "b.org") == "unknown");
  CHECK(Ask("http_access allow nosuch\nhttp_access deny all\n", "b.org") == "unknown");
}

TEST_CASE("squid: hostile texts") {
  for (const char* text : {"", "acl\n", "acl a\n", "http_access\n", "http_port\n", "acl a port -\n",
                           "http_access allow !\n", "\"", "acl a port 1-\nhttp_access deny a"}) {
    CHECK_NOTHROW(Ask(text, "a.org"));
  }
}

}  // namespace
}  // namespace sandlint
