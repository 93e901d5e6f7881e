#include "cli/hosts.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "cli/console.h"
#include "scanner/files/host.h"
#include "scanner/files/reader.h"

namespace sandlint {
namespace {

/// A described machine with another user at the keyboard, or in another directory.
class HostAs final : public HostFacts {
 public:
  HostAs(std::shared_ptr<const HostFacts> host, HostUser caller, std::string directory)
      : host_(std::move(host)), caller_(std::move(caller)), directory_(std::move(directory)) {}

  std::optional<HostNode> Lstat(std::string_view path) const override { return host_->Lstat(path); }
  bool MayExist(std::string_view path) const override { return host_->MayExist(path); }
  std::vector<std::string> List(std::string_view directory) const override {
    return host_->List(directory);
  }
  std::vector<std::string> MountPoints() const override { return host_->MountPoints(); }
  std::optional<HostUser> UserByName(std::string_view name) const override {
    return host_->UserByName(name);
  }
  std::optional<HostUser> UserById(std::uint32_t uid) const override {
    return host_->UserById(uid);
  }
  HostUser Caller() const override { return caller_; }
  std::string WorkingDirectory() const override { return directory_; }
  std::vector<std::string> Homes() const override {
    std::vector<std::string> homes = host_->Homes();
    std::erase(homes, caller_.home);
    homes.insert(homes.begin(), caller_.home);
    return homes;
  }
  std::optional<std::string> ToolVersion(std::string_view tool) const override {
    return host_->ToolVersion(tool);
  }
  std::optional<ImageFacts> Image(std::string_view reference) const override {
    return host_->Image(reference);
  }
  std::vector<std::string> Assumptions() const override { return host_->Assumptions(); }
  bool Symbolic() const override { return host_->Symbolic(); }

 private:
  std::shared_ptr<const HostFacts> host_;
  HostUser caller_;
  std::string directory_;
};

bool IsNumber(std::string_view text) {
  return !text.empty() && text.size() < 10 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<HostUser> UserOf(const HostFacts& host, const std::string& user) {
  if (auto found = host.UserByName(user)) return found;
  if (!IsNumber(user)) return std::nullopt;
  const auto uid = static_cast<std::uint32_t>(std::stoul(user));
  if (auto found = host.UserById(uid)) return found;
  return HostUser{user, uid, uid, "/", {}};  // a number needs no line in passwd
}

std::shared_ptr<const HostFacts> Symbolic(const HostWish& wish) {
  SymbolicOptions options;
  options.other_homes = wish.homes;
  options.working_directory = wish.working_directory;
  if (!wish.home.empty()) {
    options.home = wish.home;
  } else if (!wish.homes.empty()) {
    options.home = wish.homes.front();
  }
  return MakeSymbolicHost(std::move(options));
}

std::shared_ptr<const HostFacts> Live(const HostWish& wish, std::string& problem) {
  LiveOptions options{wish.user, "/etc/passwd", wish.home, wish.working_directory};
  if (!wish.passwd.empty()) options.passwd_file = wish.passwd;
  std::string text;
  if (!wish.passwd.empty() && !ReadNamedFile(wish.passwd, text, problem)) return nullptr;
  auto host = MakeLiveHost(std::move(options));
  if (host != nullptr && (wish.user.empty() || UserOf(*host, wish.user))) return host;
  problem = fmt::format("there is no user '{}' in {}; name one with --user or give --passwd FILE",
                        Visible(wish.user), wish.passwd.empty() ? "/etc/passwd" : wish.passwd);
  return nullptr;
}

std::shared_ptr<const HostFacts> Described(const HostWish& wish, std::string& problem) {
  std::string text;
  if (!ReadNamedFile(wish.kind, text, problem)) return nullptr;
  auto host = MakeDescribedHost(text, problem);
  if (host == nullptr) {
    problem = fmt::format("{}: not a description of a host: {}", Visible(wish.kind), problem);
    return nullptr;
  }
  HostUser caller = host->Caller();
  if (!wish.user.empty()) {
    const auto user = UserOf(*host, wish.user);
    if (!user) {
      problem = fmt::format("{}: it has no user '{}'", Visible(wish.kind), Visible(wish.user));
      return nullptr;
    }
    caller = *user;
  }
  if (!wish.home.empty()) caller.home = wish.home;
  std::string directory =
      wish.working_directory.empty() ? host->WorkingDirectory() : wish.working_directory;
  return std::make_shared<HostAs>(std::move(host), std::move(caller), std::move(directory));
}

}  // namespace

std::shared_ptr<const HostFacts> MakeHost(const HostWish& wish, std::string& problem) {
  if (wish.kind == "symbolic") return Symbolic(wish);
  if (wish.kind == "live") return Live(wish, problem);
  return Described(wish, problem);
}

bool ReadNamedFile(const std::string& path, std::string& text, std::string& problem) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error) {
    problem = fmt::format("{}: cannot be read: {}", Visible(path), error.message());
    return false;
  }
  const ReadResult result =
      MakeDiskReader(real.parent_path().string())->Read(real.filename().string());
  if (result.status != ReadStatus::Ok) {
    problem = fmt::format("{}: cannot be read: {}", Visible(path), result.problem);
    return false;
  }
  text = result.text;
  return true;
}

}  // namespace sandlint
