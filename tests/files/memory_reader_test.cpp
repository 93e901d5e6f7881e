#include <string>
#include <vector>

#include "catch.h"
#include "scanner/files/reader.h"

using namespace sandlint;

TEST_CASE("the memory reader makes folders of paths") {
  const auto reader = MakeMemoryReader(
      {{"a-b", "1"}, {"a.b", "2"}, {"a/x", "3"}, {"a/y/z", "4"}, {"a0", "5"}, {"b/c", "6"}});
  std::vector<std::string> names;
  for (const DirectoryEntry& entry : reader->List("")) {
    names.push_back(entry.name + (entry.is_directory ? "/" : ""));
  }
  CHECK(names == std::vector<std::string>{"a/", "a-b", "a.b", "a0", "b/"});
  CHECK(reader->List("a").size() == 2);
  CHECK(reader->List("a-b").empty());
  CHECK(reader->Read("a/y/z").text == "4");
  CHECK(reader->Read("a/y").status == ReadStatus::IsDirectory);
  CHECK(reader->Read("").status == ReadStatus::IsDirectory);
  CHECK(reader->Read("a/").status == ReadStatus::Missing);
  CHECK(reader->Exists("a"));
  CHECK(!reader->Exists("c"));
}

TEST_CASE("a text in memory has the bound of a file") {
  const auto reader = MakeMemoryReader({{"more", std::string(FileReader::kMaxBytes + 1, ' ')}});
  CHECK(reader->Read("more").status == ReadStatus::TooLarge);
}
