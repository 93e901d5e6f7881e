#pragma once

#include "scanner/peel/firejail_directives.h"

namespace sandlint {

// What single directives do beside the file system. The table of directives names them.
void BindDirective(FirejailState& state, const Directive& line);
void DbusPolicy(FirejailState& state, const Directive& line);
void DropCapabilities(FirejailState& state, const Directive& line);
void IpcNamespace(FirejailState& state, const Directive& line);
void JoinOrStart(FirejailState& state, const Directive& line);
void KeepCapabilities(FirejailState& state, const Directive& line);
void MakesPath(FirejailState& state, const Directive& line);
void Net(FirejailState& state, const Directive& line);
void Netfilter(FirejailState& state, const Directive& line);
void NetworkNamespace(FirejailState& state, const Directive& line);
void NoNewPrivileges(FirejailState& state, const Directive& line);
void NoSound(FirejailState& state, const Directive& line);
void Private(FirejailState& state, const Directive& line);
void PrivateDirectory(FirejailState& state, const Directive& line);
void Protocol(FirejailState& state, const Directive& line);
void RemoveVariable(FirejailState& state, const Directive& line);
void Seccomp(FirejailState& state, const Directive& line);
void SeccompAction(FirejailState& state, const Directive& line);
void SetVariable(FirejailState& state, const Directive& line);
void Timeout(FirejailState& state, const Directive& line);
void UserNamespace(FirejailState& state, const Directive& line);
void X11(FirejailState& state, const Directive& line);

}  // namespace sandlint
