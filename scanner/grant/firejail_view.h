#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scanner/grant/firejail_tree.h"

namespace sandlint {

/// The view of a program inside of a firejail sandbox.
class FirejailView final : public View {
 public:
  explicit FirejailView(std::shared_ptr<const View> outside);

  std::optional<Object> Lstat(std::string_view path) const override {
    if (asked != nullptr) asked->emplace(path);
    return tree.Lstat(path);
  }
  std::vector<std::string> List(std::string_view directory) const override {
    return tree.List(directory);
  }
  std::vector<std::string> MountsBelow(std::string_view directory) const override;
  std::vector<Alias> AliasesOf(std::string_view host_path) const override;
  PathAnswer Subtree(std::string_view path, bool host_only) const override;
  PathAnswer OfHost(std::string_view host_path) const override;
  const Credentials& Caller() const override { return credentials; }
  const HostFacts& Host() const override { return outside_->Host(); }
  const View& Outside() const { return *outside_; }

  /// When the sandbox is set up: `tree` stays as it is.
  void Finish();

  FirejailTree tree;
  /// Gets every path that is looked at while the sandbox is set up; null: nobody wants them.
  std::set<std::string, std::less<>>* asked = nullptr;
  Credentials credentials;
  bool no_unix_sockets = false;
  bool sockets_perhaps = false;       ///< a program can go past that filter
  Because escapes;                    ///< why masks may hide nothing
  std::vector<std::string> assuming;  ///< said with every answer

 private:
  void AddAlias(const Alias& outer, const FirejailSeats::value_type& mounted,
                std::vector<Alias>& aliases) const;
  Rights Effective(const Object& object, Rights rights, bool host_only) const;
  void Scan(const std::string& path, const Object& object, bool host_only, PathAnswer& answer,
            std::size_t& visited) const;
  void AsOutside(const std::string& path, const Object& object, bool host_only,
                 PathAnswer& answer) const;

  std::shared_ptr<const View> outside_;
  std::vector<const FirejailSeats::value_type*> shown_;  ///< what shows something of the outside
};

}  // namespace sandlint
