#include "model/reported_paths.h"

#include <map>
#include <utility>

namespace sandlint {
namespace {

class KnownAnswers final : public PathView {
 public:
  KnownAnswers(PathAnswer root, std::map<std::string, PathAnswer, std::less<>> of_host)
      : root_(std::move(root)), of_host_(std::move(of_host)) {}

  PathAnswer OfHost(std::string_view path) const override {
    const auto found = of_host_.find(path);
    return found == of_host_.end() ? NotKnown() : found->second;
  }
  PathAnswer Inside(std::string_view) const override { return NotKnown(); }
  PathAnswer OfRoot() const override { return root_; }

 private:
  static PathAnswer NotKnown() {
    PathAnswer answer;
    answer.possible = kAllRights;
    answer.confidence = Confidence::Low;
    return answer;
  }

  PathAnswer root_;
  std::map<std::string, PathAnswer, std::less<>> of_host_;
};

}  // namespace

std::vector<std::string> ReportedPaths(const Grant& grant) {
  std::vector<std::string> paths{"/"};
  paths.insert(paths.end(), grant.homes.begin(), grant.homes.end());
  if (!grant.working_directory.empty()) paths.push_back(grant.working_directory);
  paths.emplace_back("/tmp");
  return paths;
}

std::shared_ptr<const PathView> ReportedAnswers(const Grant& grant) {
  std::map<std::string, PathAnswer, std::less<>> of_host;
  for (const std::string& path : ReportedPaths(grant)) {
    if (path != "/") of_host.emplace(path, grant.paths->OfHost(path));
  }
  return std::make_shared<KnownAnswers>(grant.paths->OfRoot(), std::move(of_host));
}

}  // namespace sandlint
