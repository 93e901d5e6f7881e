/* Says what a process may do with each path that it is given, one line a path:
 *   PATH <tab> device <tab> inode <tab> rights (1 read, 2 write, 8 connect)
 * then `env NAME` for each variable that starts with PROBE_, `proc NAME` for each that it reads of
 * another process, and `tcp HOST:PORT` where the proxy of its environment connects. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

extern char** environ;

static int Connects(const char* path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  const int result = fd >= 0 && connect(fd, (struct sockaddr*)&address, sizeof address) == 0;
  if (fd >= 0) close(fd);
  return result;
}

static int RightsOf(const char* path, const struct stat* node) {
  int rights = 0;
  if (S_ISSOCK(node->st_mode)) return Connects(path) ? 11 : 0;
  const int fd = open(path, O_RDONLY | O_NONBLOCK);
  if (fd >= 0) rights |= 1;
  if (fd >= 0) close(fd);
  if (S_ISDIR(node->st_mode)) return rights | (access(path, W_OK) == 0 ? 2 : 0);
  const int out = open(path, O_WRONLY | O_NONBLOCK);
  if (out >= 0) rights |= 2;
  if (out >= 0) close(out);
  return rights;
}

static void Variables(const char* text, size_t length, const char* kind) {
  for (size_t at = 0; at < length; at += strlen(text + at) + 1) {
    if (strncmp(text + at, "PROBE_", 6) != 0) continue;
    const char* equals = strchr(text + at, '=');
    /* A placeholder in the place of the value does not count. */
    if (equals == NULL || strncmp(equals + 1, "secret", 6) != 0) continue;
    printf("%s %.*s\n", kind, (int)(equals - text - at), text + at);
  }
}

static void Processes(void) {
  static char text[1 << 20];
  DIR* proc = opendir("/proc");
  struct dirent* entry;
  while (proc != NULL && (entry = readdir(proc)) != NULL) {
    if (atoi(entry->d_name) == 0 || atoi(entry->d_name) == getpid()) continue;
    char path[300];
    snprintf(path, sizeof path, "/proc/%s/environ", entry->d_name);
    const int fd = open(path, O_RDONLY);
    if (fd < 0) continue;
    const ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length <= 0) continue;
    text[length] = 0;
    Variables(text, (size_t)length, "proc");
  }
}

static void Base64(const char* text, char* out) {
  static const char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const size_t length = strlen(text);
  for (size_t at = 0; at < length; at += 3) {
    unsigned value = 0;
    for (size_t i = 0; i < 3; ++i)
      value = value << 8 | (at + i < length ? (unsigned char)text[at + i] : 0);
    for (size_t i = 0; i < 4; ++i)
      *out++ = at + i <= length ? kLetters[value >> (18 - 6 * i) & 63] : '=';
  }
  *out = 0;
}

static int Local(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct timeval limit = {.tv_sec = 5};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (connect(fd, (struct sockaddr*)&address, sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

/* http://USER:PASSWORD@localhost:PORT, the user percent-encoded. */
static void ByProxy(const char* target) {
  const char* url = getenv("HTTP_PROXY");
  if (url == NULL) return;
  char login[600], encoded[900], request[2000], answer[64] = "";
  size_t length = 0;
  const char* at = strstr(url, "//");
  const char* end = at == NULL ? NULL : strrchr(at, '@');
  if (end == NULL) return;
  for (at += 2; at < end && length + 1 < sizeof login; ++at) {
    char digits[3] = "";
    if (*at == '%') {
      memcpy(digits, at + 1, 2);
      login[length++] = (char)strtol(digits, NULL, 16);
      at += 2;
    } else {
      login[length++] = *at;
    }
  }
  login[length] = 0;
  Base64(login, encoded);
  int fd = -1;
  /* The bridge to the proxy starts beside the program. */
  for (int tries = 0; fd < 0 && tries < 60; ++tries) {
    fd = Local(atoi(strrchr(url, ':') + 1));
    if (fd < 0) usleep(50000);
  }
  if (fd < 0) return;
  snprintf(request, sizeof request,
           "CONNECT %s HTTP/1.1\r\nHost: %s\r\nProxy-Authorization: Basic %s\r\n\r\n", target,
           target, encoded);
  if (write(fd, request, strlen(request)) < 0) return;
  if (read(fd, answer, sizeof answer - 1) > 0 && strstr(answer, " 200 ") != NULL)
    printf("tcp %s\n", target);
  close(fd);
}

int main(int argc, char** argv) {
  for (int at = 1; at < argc; ++at) {
    struct stat node;
    if (strncmp(argv[at], "tcp=", 4) == 0) {
      const int direct = Local(atoi(strrchr(argv[at], ':') + 1));
      if (direct >= 0) printf("tcp %s\n", argv[at] + 4);
      ByProxy(argv[at] + 4);
    } else if (lstat(argv[at], &node) == 0) {
      printf("%s\t%llu\t%llu\t%d\n", argv[at], (unsigned long long)node.st_dev,
             (unsigned long long)node.st_ino, RightsOf(argv[at], &node));
    }
  }
  for (char** one = environ; *one != NULL; ++one) Variables(*one, strlen(*one), "env");
  Processes();
  puts("done");
  return 0;
}
