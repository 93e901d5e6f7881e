#include <algorithm>

#include "scanner/grant/container_escape.h"
#include "scanner/grant/fold.h"

namespace sandlint {
namespace {

ValueKind KindOfValue(const Word& value) {
  if (!value.Known()) return ValueKind::Reference;
  for (const std::string_view scheme : {"op://", "hasp://", "vault://", "keychain://"}) {
    if (value.text.starts_with(scheme)) return ValueKind::Brokered;
  }
  return ValueKind::Literal;
}

Variable Of(Presence presence, const Word& by, const Word& value = {}) {
  Variable variable;
  variable.presence = presence;
  variable.value = value;
  if (presence == Presence::Set) variable.value_kind = KindOfValue(value);
  if (by) variable.because.push_back(EvidenceOf(by));
  return variable;
}

bool IsGlob(const std::string& name) { return name.find('*') != std::string::npos; }

void Put(VariableSet& set, const std::string& name, Variable variable) {
  if (!IsGlob(name)) {
    set.known[name] = std::move(variable);
    return;
  }
  for (auto& [known, value] : set.known) {
    if (MatchesGlob(known, name)) value = variable;
  }
  set.globs.insert(set.globs.begin(), {name, std::move(variable)});
}

/// What `outside` has under `name` (or under every name of a glob) is here as well.
void CopyName(VariableSet& set, const VariableSet& outside, const std::string& name,
              const Word& by) {
  if (!IsGlob(name)) {
    Variable variable = outside.Find(name);
    if (by && variable.presence != Presence::Absent) {
      variable.because.insert(variable.because.begin(), EvidenceOf(by));
    }
    set.known[name] = std::move(variable);
    return;
  }
  for (const auto& [known, variable] : outside.known) {
    if (MatchesGlob(known, name)) set.known[known] = variable;
  }
  set.globs.insert(set.globs.begin(), {name, Of(outside.others, by)});
}

/// Nothing is gone for sure any more.
void Doubt(VariableSet& set, const Evidence& why) {
  const auto doubt = [&](Variable& variable) {
    if (variable.presence != Presence::Absent) return;
    variable.presence = Presence::Unknown;
    variable.because = {why};
  };
  for (auto& [name, variable] : set.known) doubt(variable);
  for (auto& [glob, variable] : set.globs) doubt(variable);
  if (set.others == Presence::Absent) {
    set.others = Presence::Unknown;
    set.others_because = {why};
  }
}

/// The greater presence of both, for every name.
void Unite(VariableSet& set, const VariableSet& other) {
  for (auto& [name, variable] : set.known) {
    Variable there = other.Find(name);
    if (there.presence > variable.presence) variable = std::move(there);
  }
  // Any name of the glob can be one that the others have.
  for (auto& [glob, variable] : set.globs) {
    if (other.others > variable.presence) variable.presence = other.others;
  }
  for (const auto& [name, variable] : other.known) {
    if (variable.presence > set.Find(name).presence) set.known[name] = variable;
  }
  for (const auto& glob : other.globs) {
    if (glob.second.presence > Presence::Absent) set.globs.push_back(glob);
  }
  if (other.others > set.others) {
    set.others = other.others;
    set.others_because = other.others_because;
  }
}

/// What `outside` has replaces what is here, even what was taken away before.
void CopyEverything(VariableSet& set, const VariableSet& outside) {
  VariableSet merged = outside;
  std::erase_if(set.known, [&](const auto& pair) {
    return outside.Find(pair.first).presence >= Presence::Passed;
  });
  Unite(merged, set);
  set = std::move(merged);
}

void Apply(VariableSet& set, const VariableSet& outside, const EnvEdit& edit) {
  switch (edit.kind) {
    case EnvKind::Reset: {
      VariableSet kept;
      kept.others = Presence::Absent;
      kept.others_because = {EvidenceOf(edit.option)};
      for (const std::string& name : edit.keep) CopyName(kept, set, name, {});
      set = std::move(kept);
      return;
    }
    case EnvKind::Set:
      // No tool takes a `*` in a name that it sets or takes away for a glob (observed).
      if (edit.name.Known()) {
        set.known[edit.name.text] = Of(Presence::Set, edit.option, edit.value);
      }
      return;
    case EnvKind::Unset:
      // A name that is not known may be any: nothing is gone for sure.
      if (edit.name.Known()) set.known[edit.name.text] = Of(Presence::Absent, edit.option);
      return;
    case EnvKind::Copy:
      if (edit.name.Known()) {
        CopyName(set, outside, edit.name.text, edit.option);
      } else {
        Doubt(set, EvidenceOf(edit.name, "the name is not known here"));
      }
      return;
    case EnvKind::CopyAll:
      return CopyEverything(set, outside);
    case EnvKind::FromFile:
      Doubt(set, EvidenceOf(edit.value ? edit.value : edit.option, "a file of variables"));
      return;
  }
}

/// What may be held back, by a name (glob) or because nothing is known of it.
void DoubtInheritance(VariableSet& set, const Inheritance& inherits) {
  const auto lower = [](Presence& presence) { presence = std::min(presence, Presence::Unknown); };
  for (const std::string& glob : inherits.perhaps) {
    Variable variable = set.Find(glob);
    lower(variable.presence);
    Put(set, glob, std::move(variable));
  }
  if (inherits.doubt.empty()) return;
  Evidence why;
  why.text = inherits.doubt;
  for (auto& [name, variable] : set.known) {
    lower(variable.presence);
    variable.because = {why};
  }
  lower(set.others);
  set.others_because = {why};
}

/// The environment in which the client starts the server.
VariableSet ClientEnvironment(const ServerDecl* decl, const ClientSide& client) {
  VariableSet set;
  set.others = Presence::Passed;
  if (client.environment != nullptr) {
    set.others = Presence::Absent;
    for (const Setting& setting : *client.environment) {
      set.known[setting.key.text] = Of(Presence::Passed, {}, setting.value);
    }
  }
  if (decl == nullptr) return set;
  const Inheritance& inherits = decl->inherits;
  if (inherits.everything) {
    for (const std::string& name : inherits.names) Put(set, name, Of(Presence::Absent, {}));
  } else {
    VariableSet kept;
    kept.others = Presence::Absent;
    for (const std::string& name : inherits.names) CopyName(kept, set, name, {});
    set = std::move(kept);
  }
  DoubtInheritance(set, inherits);
  const auto put = [&](const std::vector<Setting>& settings) {
    for (const Setting& setting : settings) {
      Put(set, setting.key.text, Of(Presence::Set, setting.key, setting.value));
    }
  };
  put(inherits.session_env);
  for (const EnvEdit& edit : inherits.edits) Apply(set, set, edit);
  put(decl->environment);
  return set;
}

/// All of it, or none.
VariableSet Maybe(VariableSet set) {
  const auto maybe = [](Variable& variable) {
    variable.presence = std::min(variable.presence, Presence::Unknown);
  };
  for (auto& [name, variable] : set.known) maybe(variable);
  for (auto& [glob, variable] : set.globs) maybe(variable);
  set.others = std::min(set.others, Presence::Unknown);
  return set;
}

void SeeThroughProc(Environment& environment, const VariableSet& seen, Evidence why) {
  if (environment.through_proc) {
    Unite(*environment.through_proc, seen);
  } else {
    environment.through_proc = seen;
  }
  environment.proc_because.push_back(std::move(why));
}

/// A layer of which a process stays behind the program, with what it was started with.
struct Waiting {
  const Layer* layer;
  VariableSet seen;
};

void SeeWaiting(Environment& environment, Waiting one) {
  if (one.layer->waits == Answer::Unknown) {
    const auto lower = [](Presence& presence) {
      if (presence > Presence::Unknown) presence = Presence::Unknown;
    };
    for (auto& [name, variable] : one.seen.known) lower(variable.presence);
    for (auto& [glob, variable] : one.seen.globs) lower(variable.presence);
    lower(one.seen.others);
  }
  SeeThroughProc(environment, one.seen,
                 EvidenceOf(one.layer->program,
                            "its process waits, and /proc/PID/environ shows what it was given"));
}

}  // namespace

const Note* DoubtOf(const Layer& layer, Facet facet) {
  for (const Note& note : layer.notes) {
    const bool doubtful = note.support == Support::Unmodelled || note.support == Support::Unknown;
    if (doubtful && Touches(note.facets, facet)) return &note;
  }
  return nullptr;
}

Environment FoldEnvironment(const std::vector<Layer>& layers, const ServerDecl* decl,
                            const ClientSide& client, const Identity& identity,
                            const ProcSight& sight) {
  Environment environment;
  const VariableSet at_client = ClientEnvironment(decl, client);
  environment.own = at_client;
  bool apart = false;  // a layer that keeps other processes' environments out of reach
  std::vector<Waiting> waiting;
  for (std::size_t index = 0; index < layers.size(); ++index) {
    const Layer& layer = layers[index];
    const VariableSet outside = environment.own;
    for (const EnvEdit& edit : layer.environment) Apply(environment.own, outside, edit);
    if (layer.tool == "bwrap" && layer.kind == LayerKind::Sandbox) {
      environment.own.known["PWD"] = Of(Presence::Set, layer.program);  // observed with 0.8.0
    }
    if (const Note* note = DoubtOf(layer, Facet::Environment); note != nullptr) {
      Doubt(environment.own, EvidenceOf(note->word, note->why));
    }
    if (layer.login_shell) {
      Doubt(environment.own, EvidenceOf(layer.program, "a login shell reads profile files"));
    }
    if (layer.kind == LayerKind::Opaque) {
      Doubt(environment.own, EvidenceOf(layer.program, "what it does is not known"));
    }
    // The first process of the new pid namespace is bwrap itself, with the environment that it was
    // started with; only --as-pid-1 puts the program in its place (observed with 0.8.0).
    if (index < sight.own.size() && sight.own[index]) {
      SeeThroughProc(
          environment, outside,
          EvidenceOf(layer.namespaces.pid ? layer.namespaces.pid : layer.program,
                     "/proc/PID/environ shows what " + layer.tool + " was started with"));
    }
    const bool visible = index < sight.outside.size() && sight.outside[index];
    const bool boundary =
        layer.kind == LayerKind::Container || (layer.kind == LayerKind::Sandbox && !visible);
    // Nobody but root looks over it: into another namespace, or at another user's processes.
    if ((boundary || (layer.user && identity.own_user)) && !sight.host) waiting.clear();
    if (layer.waits != Answer::No) waiting.push_back({&layer, outside});
    apart = apart || boundary;
  }
  for (const Waiting& one : waiting) {
    if (sight.shown) SeeWaiting(environment, one);
  }
  AddCopies(environment, layers, at_client, decl);
  for (const Layer& layer : layers) {
    auto why = SeesHostProcesses(layer, *client.host);
    if (why) SeeThroughProc(environment, Maybe(at_client), std::move(*why));
  }
  // A process of the same user, in no namespace of its own, reads the client's environment.
  const bool root = sight.host || identity.outer_uid == 0U;
  if (sight.host || (!apart && (root || !identity.own_user))) {
    Evidence why;
    why.text = "/proc";
    why.note = root ? "root looks into every process" : "the client runs as the same user";
    SeeThroughProc(environment, at_client, std::move(why));
  }
  return environment;
}

}  // namespace sandlint
