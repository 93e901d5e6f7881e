#include "scanner/grant/remembered_paths.h"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace sandlint {
namespace {

class RememberedPaths final : public PathView {
 public:
  RememberedPaths(std::shared_ptr<const View> view, bool for_good)
      : view_(std::move(view)), for_good_(for_good) {}

  PathAnswer OfHost(std::string_view path) const override {
    return Once(of_host_, path, [&] { return view_->OfHost(path); });
  }
  PathAnswer Inside(std::string_view path) const override {
    return Once(inside_, path, [&] { return view_->Inside(path); });
  }
  PathAnswer OfRoot() const override {
    return Once(of_root_, "/", [&] { return view_->OfRoot(); });
  }
  void Forget() const override {
    if (for_good_) return;
    const std::scoped_lock lock(mutex_);
    of_host_.clear();
    inside_.clear();
    of_root_.clear();
  }
  const View* Behind() const { return view_.get(); }

 private:
  using Answers = std::map<std::string, PathAnswer, std::less<>>;
  /// Far more questions than the rules have; a caller with more of them asks anew.
  static constexpr std::size_t kMaxAnswers = 4096;

  template <typename Ask>
  PathAnswer Once(Answers& answers, std::string_view path, Ask ask) const {
    {
      const std::scoped_lock lock(mutex_);
      if (const auto known = answers.find(path); known != answers.end()) return known->second;
    }
    PathAnswer answer = ask();
    const std::scoped_lock lock(mutex_);
    if (answers.size() < kMaxAnswers) answers.emplace(path, answer);
    return answer;
  }

  std::shared_ptr<const View> view_;
  bool for_good_;
  mutable std::mutex mutex_;
  mutable Answers of_host_, inside_, of_root_;
};

}  // namespace

std::shared_ptr<const PathView> Remember(std::shared_ptr<const View> view) {
  const HostFacts& host = view->Host();
  if (MakeHostView(host, view->Caller()) != view) {
    return std::make_shared<RememberedPaths>(std::move(view), false);
  }
  const auto name = fmt::format("answers of {}", static_cast<const void*>(view.get()));
  return host.Kept<RememberedPaths>(
      name, [&] { return std::make_shared<RememberedPaths>(std::move(view), true); });
}

const View* ViewBehind(const PathView& paths) {
  const auto* remembered = dynamic_cast<const RememberedPaths*>(&paths);
  return remembered == nullptr ? dynamic_cast<const View*>(&paths) : remembered->Behind();
}

}  // namespace sandlint
