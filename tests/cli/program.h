#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What one run of the program did.
struct Outcome {
  int code = -1;      ///< exit code; 128 + n for signal n
  bool late = false;  ///< it did not end by itself
  std::string out;
  std::string err;
};

struct How {
  std::string directory;  ///< working directory; empty: that of the test
  std::string input;      ///< stdin
  std::string out_file;   ///< stdout goes there instead (`/dev/full`); `closed` closes it
  std::map<std::string, std::string> environment;  ///< in addition to a small fixed one
  int seconds = 60;
};

/// Runs the sandlint that was built beside the tests.
Outcome Sandlint(const std::vector<std::string>& words, const How& how = {});

/// A directory that goes away at the end of the test, with files by relative path.
class Tree {
 public:
  struct File {
    std::string path;
    std::string text;
  };
  Tree(std::initializer_list<File> files = {});
  ~Tree();
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  void Write(const std::string& path, const std::string& text) const;
  std::string operator/(const std::string& path) const { return root + "/" + path; }
  std::string Read(const std::string& path) const;

  std::string root;
};

/// `{"mcpServers": {…}}` with one server.
std::string Config(const std::string& name, const std::vector<std::string>& argv);

bool Has(const std::string& text, const std::string& part);
