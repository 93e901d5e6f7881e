#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scanner/grant/container_actor.h"
#include "scanner/grant/container_escape.h"
#include "scanner/grant/container_seats.h"

namespace sandlint {

/// What can be done with something, and all that is below it.
struct Reach {
  Rights rights;
  Rights possible;
  Rights unprotected;  ///< what the mounts alone leave, permissions aside

  void Add(const Reach& other) {
    rights = rights | other.rights;
    possible = possible | other.possible;
    unprotected = unprotected | other.unprotected;
  }
};

/// `all` less `taken`.
inline Rights Without(Rights all, Rights taken) {
  return Rights(static_cast<std::uint8_t>(all.bits & ~taken.bits));
}

class ContainerView final : public View {
 public:
  ContainerView(Seats seats, Actors actors, Escapes escapes, const HostFacts& host,
                std::shared_ptr<const View> machine)
      : seats_(std::move(seats)),
        actors_(std::move(actors)),
        escapes_(std::move(escapes)),
        host_(host),
        machine_(std::move(machine)),
        caller_(actors_.most.ids) {
    const Actor& most = actors_.most;
    const bool given = std::ranges::any_of(seats_.All(), &Seat::gives_owner);
    if (most.read_all || most.any_user || !most.also.empty() || given) caller_.override_all = true;
    doubts = escapes_.possible;
  }

  std::optional<Object> Lstat(std::string_view path) const override { return seats_.Lstat(path); }
  std::vector<std::string> List(std::string_view directory) const override {
    return seats_.List(directory);
  }
  const Credentials& Caller() const override { return caller_; }
  const HostFacts& Host() const override { return host_; }

  std::vector<std::string> MountsBelow(std::string_view directory) const override {
    std::vector<std::string> mounts;
    for (const Seat& seat : seats_.All()) {
      if (seat.target != directory && IsBelow(seat.target, directory)) {
        mounts.push_back(seat.target);
      }
    }
    std::ranges::sort(mounts);
    return mounts;
  }

  std::vector<Alias> AliasesOf(std::string_view host_path) const override {
    std::vector<Alias> aliases;
    for (const Seat& seat : seats_.All()) {
      if (seat.kind != SeatKind::Bind && seat.kind != SeatKind::Overlay) continue;
      for (const Alias& outer : seats_.Sources().AliasesOf(host_path)) {
        if (!outer.masked) AddAlias(seat, outer, aliases);
      }
    }
    return aliases;
  }

  PathAnswer Subtree(std::string_view path, bool host_only) const override {
    return AnswerOf(Search(std::string(path), host_only ? "/" : ""), path);
  }

  PathAnswer OfHost(std::string_view host_path) const override;
  PathAnswer Inside(std::string_view path) const override;
  PathAnswer OfRoot() const override;

 private:
  void AddAlias(const Seat& seat, const Alias& outer, std::vector<Alias>& aliases) const;
  PathAnswer AnswerOf(const Reach& reach, std::string_view path) const;
  Reach Search(const std::string& path, const std::string& host_root) const;
  void Descend(const std::string& path, const std::string& host_root, int depth,
               std::size_t& visited, Reach& reach) const;
  void AddSubmounts(const std::string& path, const std::string& host_root, Reach& reach) const;
  Reach On(const Object& object, const std::string& host_root, const Seat* seat) const;
  /// Can the directories above `path` be passed: by the proven actor, by the worst?
  bool WayOpen(std::string_view path, bool worst) const;
  bool Passes(const Object& directory, bool worst) const;
  /// Does a mount give it to the user inside (podman's `:U`)? Who owned it before counts no more.
  bool IsGiven(const Object& object) const;
  std::optional<std::string> Locate(std::string_view path) const;
  /// What is missing on the host could be made where its directory is shown.
  Rights CreationOf(const std::string& path) const;
  void Finish(PathAnswer& answer) const;

  Seats seats_;
  Actors actors_;
  Escapes escapes_;
  const HostFacts& host_;
  std::shared_ptr<const View> machine_;
  Credentials caller_;
  mutable std::map<std::string, Reach> memo_;
};

}  // namespace sandlint
