#include "scanner/grant/modest_view.h"

#include <algorithm>
#include <utility>

namespace sandlint {
namespace {

class ModestView final : public View {
 public:
  ModestView(std::shared_ptr<const View> view, std::string assuming)
      : view_(std::move(view)), assuming_(std::move(assuming)) {
    doubts = view_->doubts;
  }
  std::optional<Object> Lstat(std::string_view path) const override { return view_->Lstat(path); }
  std::vector<std::string> List(std::string_view directory) const override {
    return view_->List(directory);
  }
  std::vector<std::string> MountsBelow(std::string_view directory) const override {
    return view_->MountsBelow(directory);
  }
  std::vector<Alias> AliasesOf(std::string_view host_path) const override {
    return view_->AliasesOf(host_path);
  }
  PathAnswer Subtree(std::string_view path, bool host_only) const override {
    return view_->Subtree(path, host_only);
  }
  PathAnswer SubtreeOf(std::string_view path, std::string_view host_root) const override {
    return view_->SubtreeOf(path, host_root);
  }
  bool Incomplete(std::string_view directory) const override {
    return view_->Incomplete(directory);
  }
  const Credentials& Caller() const override { return view_->Caller(); }
  const HostFacts& Host() const override { return view_->Host(); }
  PathAnswer OfHost(std::string_view path) const override { return Modest(view_->OfHost(path)); }
  PathAnswer Inside(std::string_view path) const override { return Modest(view_->Inside(path)); }
  PathAnswer OfRoot() const override { return Modest(view_->OfRoot()); }

 private:
  PathAnswer Modest(PathAnswer answer) const {
    answer.confidence = std::min(answer.confidence, Confidence::Medium);
    answer.assuming.push_back(assuming_);
    return answer;
  }

  std::shared_ptr<const View> view_;
  std::string assuming_;
};

}  // namespace

std::shared_ptr<const View> MakeModestView(std::shared_ptr<const View> view, std::string assuming) {
  return std::make_shared<ModestView>(std::move(view), std::move(assuming));
}

}  // namespace sandlint
