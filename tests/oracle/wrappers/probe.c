// Stands in for node: reports as one line of JSON what it can reach of the recorded home.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
extern char** environ;
#ifndef EXITCODE
#define EXITCODE 0
#endif
static char* ob;
static size_t on, oc;
static void out(const char* s, size_t n) {
  if (on + n + 1 > oc) {
    oc = (on + n + 1) * 2;
    ob = realloc(ob, oc);
  }
  memcpy(ob + on, s, n);
  on += n;
}
static void o(const char* s) { out(s, strlen(s)); }
static void js(const char* s) {
  char b[8];
  o("\"");
  for (; *s; s++) {
    unsigned char c = *s;
    if (c == '"' || c == '\\') {
      b[0] = '\\';
      b[1] = c;
      out(b, 2);
    } else if (c < 32 || c > 126) {
      snprintf(b, 8, "\\u%04x", c);
      o(b);
    } else
      out(s, 1);
  }
  o("\"");
}
static int cnt = 0, first = 1;
static void rec(const char* p, struct stat* st, const char* tag, const char* acc, char k) {
  char b[128];
  if (!first) o(",");
  first = 0;
  o("{\"p\":");
  js(p);
  snprintf(b, 128, ",\"dev\":%lu,\"ino\":%lu,\"k\":\"%c\",\"acc\":\"%s\",\"tag\":",
           (unsigned long)st->st_dev, (unsigned long)st->st_ino, k, acc);
  o(b);
  js(tag);
  o("}");
}
static void file(const char* p, int force) {
  struct stat st;
  if (stat(p, &st) || !S_ISREG(st.st_mode)) return;
  char tag[160] = "";
  int r = 0, w = 0;
  int f = open(p, O_RDONLY | O_NONBLOCK);
  if (f >= 0) {
    char b[400];
    int n = read(f, b, 399);
    close(f);
    r = 1;
    if (n < 0) n = 0;
    b[n] = 0;
    char* q = strstr(b, "WRAPSECRET:");
    if (q) {
      q += 11;
      int i = 0;
      while (q[i] && q[i] != '\n' && q[i] != ' ' && q[i] != '"' && i < 150) {
        tag[i] = q[i];
        i++;
      }
      tag[i] = 0;
    }
  }
  f = open(p, O_WRONLY | O_APPEND | O_NONBLOCK);
  if (f >= 0) {
    w = 1;
    close(f);
  }
  if (!r && !w) return;
  if (!*tag && !force && !w) return;
  rec(p, &st, tag, w ? "rw" : "ro", 'f');
}
static int skip(const char* n) {
  const char* s[] = {"proc", "sys",  "dev", "usr", "lib",  "lib64", "lib32",
                     "bin",  "sbin", "etc", "var", "boot", "nix",   0};
  for (int i = 0; s[i]; i++)
    if (!strcmp(n, s[i])) return 1;
  return 0;
}
static void walk(const char* d, int depth) {
  if (depth > 9 || cnt > 6000) return;
  struct stat st;
  if (stat(d, &st) || !S_ISDIR(st.st_mode)) return;
  DIR* D = opendir(d);
  int w = access(d, W_OK | X_OK) == 0;
  if (D || w) rec(d, &st, "", w ? "rw" : "ro", 'd');
  if (!D) return;
  struct dirent* e;
  while ((e = readdir(D))) {
    if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
    if (++cnt > 6000) break;
    char p[4200];
    snprintf(p, 4200, "%s/%s", strcmp(d, "/") ? d : "", e->d_name);
    struct stat l;
    if (lstat(p, &l)) continue;
    if (S_ISDIR(l.st_mode)) {
      if (depth <= 2 && skip(e->d_name) && strncmp(d, "/home", 5)) continue;
      walk(p, depth + 1);
    } else if (S_ISREG(l.st_mode))
      file(p, !strcmp(e->d_name, ".mcp.json"));
  }
  closedir(D);
}
static const char* tcp(const char* ip, int port) {
  int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (s < 0) return "false";
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, ip, &a.sin_addr);
  int e = 0;
  if (connect(s, (void*)&a, sizeof a)) {
    e = errno;
    if (e == EINPROGRESS) {
      struct pollfd pf = {s, POLLOUT, 0};
      if (poll(&pf, 1, 700) <= 0)
        e = ETIMEDOUT;
      else {
        socklen_t l = sizeof e;
        getsockopt(s, SOL_SOCKET, SO_ERROR, &e, &l);
      }
    }
  }
  close(s);
  return e ? "false" : "true";
}
static const char* ux(const char* p, int abs) {
  int s = socket(AF_UNIX, SOCK_STREAM, 0);
  if (s < 0) return "false";
  struct sockaddr_un a = {.sun_family = AF_UNIX};
  socklen_t l = sizeof a;
  if (abs) {
    memcpy(a.sun_path + 1, p, strlen(p));
    l = sizeof(sa_family_t) + 1 + strlen(p);
  } else
    strcpy(a.sun_path, p);
  int r = connect(s, (void*)&a, l);
  close(s);
  return r ? "false" : "true";
}
int main(int c, char** v) {
  size_t L = c > 1 ? strlen(v[1]) : 0;
  int npm = c > 1 && ((L >= 4 && !strcmp(v[1] + L - 4, "/npm")) || strstr(v[1], "npm-cli.js"));
  if (npm) {
    execv("/mnt/pub/realnode", v);
    return 97;
  }
  char b[400];
  o("{\"uid\":");
  snprintf(b, 400, "%d", getuid());
  o(b);
  o(",\"cwd\":");
  char cw[4096];
  js(getcwd(cw, 4096) ? cw : "?");
  o(",\"argv\":[");
  for (int i = 0; i < c; i++) {
    if (i) o(",");
    js(v[i]);
  }
  o("]");
  const char* ent = 0;
  for (int i = 1; i < c; i++)
    if (v[i][0] != '-') {
      ent = v[i];
      break;
    }
  o(",\"entry_visible\":");
  o(ent && access(ent, R_OK) == 0 ? "true" : "false");
  o(",\"tcp\":");
  o(tcp("127.0.0.1", 18471));
  o(",\"tcp_github\":");
  o(tcp("140.82.112.5", 443));
  o(",\"tcp_other\":");
  o(tcp("203.0.113.10", 443));
  o(",\"unix\":{");
  const char* U[] = {"/run/docker.sock", "/run/user/4711/bus", "/tmp/ssh-wrap/agent.100", 0};
  for (int i = 0; U[i]; i++) {
    js(U[i]);
    o(":");
    o(ux(U[i], 0));
    o(",");
  }
  o("\"@wrapabs\":");
  o(ux("wrapabs", 1));
  o("}");
  o(",\"env\":[");
  for (char** q = environ; *q; q++) {
    if (q != environ) o(",");
    js(*q);
  }
  o("]");
  {
    const char* N[] = {
        "WRAPENV-aws", "WRAPENV-gh", "WRAPENV-npm", "/tmp/ssh-wrap/agent.100", "WRAPENV-db", 0};
    const char* K[] = {"AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "NPM_TOKEN", "SSH_AUTH_SOCK",
                       "DB_PASSWORD"};
    int hit[5] = {0};
    DIR* D = opendir("/proc");
    if (D) {
      struct dirent* e;
      while ((e = readdir(D))) {
        if (e->d_name[0] < '0' || e->d_name[0] > '9') continue;
        if (atoi(e->d_name) == getpid()) continue;
        char p[64];
        snprintf(p, 64, "/proc/%.20s/environ", e->d_name);
        int f = open(p, O_RDONLY);
        if (f >= 0) {
          static char B[65536];
          int n = read(f, B, 65535);
          close(f);
          for (int i = 0; N[i]; i++)
            if (n > 0 && memmem(B, n, N[i], strlen(N[i]))) hit[i] = 1;
        }
      }
      closedir(D);
    }
    o(",\"proc_environ\":{");
    for (int i = 0; i < 5; i++) {
      if (i) o(",");
      js(K[i]);
      o(hit[i] ? ":true" : ":false");
    }
    o("}");
  }
  o(",\"files\":[");
  const char* P[] = {"/home/wrapdev/.ssh/id_rsa",
                     "/home/wrapdev/.aws/credentials",
                     "/home/wrapdev/.config/x",
                     "/home/wrapdev/.config/gh/hosts.yml",
                     "/home/wrapdev/.claude/settings.json",
                     "/home/wrapdev/.gnupg/k",
                     "/home/wrapdev/.netrc",
                     "/home/wrapdev/.npmrc",
                     "/home/wrapdev/.docker/config.json",
                     "/home/wrapdev/secret.txt",
                     "/home/wrapdev/Documents/d.txt",
                     "/home/wrapdev/project/src/a.js",
                     "/home/wrapdev/project/.env",
                     "/home/wrapdev/project/.mcp.json",
                     "/home/wrapdev/project2/f",
                     "/home/other/.ssh/id_rsa",
                     "/etc/shadow",
                     0};
  for (int i = 0; P[i]; i++) file(P[i], 1);
  walk("/", 0);
  o("]}");
  FILE* f = stdout;
  fprintf(f, "\n@@WRAP ");
  fwrite(ob, 1, on, f);
  fprintf(f, "\n");
  fflush(f);
  return EXITCODE;
}
