// Looks for two secrets past every mask: in what is open, in its own words, in the environment of
// every process that it may look into, and in what lies around. Prints the names of those found.
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;
static const char *kSecrets[] = {"S3CRET-KEY-BYTES", "T0KEN-BYTES"};
static int found[2];
static char buffer[1 << 16];

static void Look(const char *bytes, size_t size) {
  for (int at = 0; at < 2; ++at) {
    if (memmem(bytes, size, kSecrets[at], strlen(kSecrets[at])) != NULL) found[at] = 1;
  }
}

static void Read(int fd) {
  const ssize_t size = fd < 0 ? -1 : read(fd, buffer, sizeof buffer);
  if (size > 0) Look(buffer, (size_t)size);
}

static void Open(int folder, const char *path) {
  const int fd = openat(folder, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  Read(fd);
  if (fd >= 0) close(fd);
}

static int Visit(const char *path, const struct stat *status, int kind, struct FTW *walk) {
  (void)walk;
  if (kind == FTW_F && S_ISREG(status->st_mode)) Open(AT_FDCWD, path);
  return 0;
}

static void LookAtDescriptor(int fd) {
  static const char *kBelow[] = {"id_rsa", ".ssh/id_rsa", "home/sam/.ssh/id_rsa",
                                 "sam/.ssh/id_rsa", "../.ssh/id_rsa",
                                 "../../home/sam/.ssh/id_rsa", "../../../home/sam/.ssh/id_rsa"};
  struct stat status;
  if (fstat(fd, &status) != 0) return;
  if (S_ISDIR(status.st_mode)) {
    for (size_t at = 0; at < sizeof kBelow / sizeof *kBelow; ++at) Open(fd, kBelow[at]);
  } else if (S_ISREG(status.st_mode)) {
    const ssize_t size = pread(fd, buffer, sizeof buffer, 0);
    if (size > 0) Look(buffer, (size_t)size);
  } else if (S_ISFIFO(status.st_mode)) {
    struct pollfd wait = {fd, POLLIN, 0};
    if (poll(&wait, 1, 300) > 0 && (wait.revents & POLLIN)) Read(fd);
  }
}

static void LookAtProcesses(void) {
  DIR *proc = opendir("/proc");
  if (proc == NULL) return;
  for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
    char path[300];
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
    snprintf(path, sizeof path, "/proc/%s/environ", entry->d_name);
    Open(AT_FDCWD, path);
  }
  closedir(proc);
}

int main(int count, char **words) {
  for (int fd = 0; fd < 32; ++fd) {
    if (fd != 1 && fd != 2) LookAtDescriptor(fd);
  }
  for (int at = 1; at < count; ++at) Look(words[at], strlen(words[at]));
  for (char **one = environ; *one != NULL; ++one) Look(*one, strlen(*one));
  LookAtProcesses();
  nftw("/tmp", Visit, 8, FTW_PHYS);
  nftw("/home", Visit, 8, FTW_PHYS);
  nftw("/k", Visit, 8, FTW_PHYS);
  printf("done%s%s\n", found[0] ? " key" : "", found[1] ? " token" : "");
  return 0;
}
