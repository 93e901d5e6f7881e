// Runs inside of a firejail sandbox and says what it finds. Output, one line each:
//   P <read> <write> <content> <path>   ok or an errno; the first word of a file, or -
//   S <unix> <abstract> <tcp>           socket() of a unix socket, connect() of the other two
//   E <name>                            a variable
// Arguments: port abstract-name path...
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

extern char** environ;

static const char* Name(int error) { return error == 0 ? "ok" : strerrorname_np(error); }

static int ConnectUnix(const char* name, int abstract) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const size_t length = strlen(name);
  memcpy(address.sun_path + abstract, name, length);
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (fd < 0) return errno;
  const socklen_t size = (socklen_t)(sizeof(sa_family_t) + length + 1);
  const int error = connect(fd, (struct sockaddr*)&address, size) != 0 ? errno : 0;
  close(fd);
  return error;
}

static int ConnectTcp(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return errno;
  const int error = connect(fd, (struct sockaddr*)&address, sizeof address) != 0 ? errno : 0;
  close(fd);
  return error;
}

static void Folder(const char* path, int* reads, int* writes) {
  DIR* folder = opendir(path);
  *reads = folder == NULL ? errno : 0;
  if (folder != NULL) closedir(folder);
  char name[4096];
  snprintf(name, sizeof name, "%s/.probe", path);
  const int fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0600);
  *writes = fd < 0 ? errno : 0;
  if (fd >= 0) {
    close(fd);
    unlink(name);
  }
}

static void File(const char* path, int* reads, int* writes, char* content, size_t size) {
  int fd = open(path, O_RDONLY | O_NONBLOCK);
  *reads = fd < 0 ? errno : 0;
  if (fd >= 0) {
    const ssize_t got = read(fd, content, size - 1);
    content[got > 0 ? got : 0] = '\0';
    content[strcspn(content, " \n")] = '\0';
    close(fd);
  }
  fd = open(path, O_WRONLY | O_APPEND | O_NONBLOCK);
  *writes = fd < 0 ? errno : 0;
  if (fd >= 0) {
    if (write(fd, " W", 2) != 2) *writes = EIO;
    close(fd);
  }
}

int main(int count, char** words) {
  if (count < 3) return 2;
  for (int index = 3; index < count; ++index) {
    const char* path = words[index];
    struct stat status;
    int reads = 0;
    int writes = 0;
    char content[256] = "";
    if (stat(path, &status) != 0) {
      reads = writes = errno;
    } else if (S_ISDIR(status.st_mode)) {
      Folder(path, &reads, &writes);
    } else if (S_ISSOCK(status.st_mode)) {
      reads = writes = ConnectUnix(path, 0);
    } else {
      File(path, &reads, &writes, content, sizeof content);
    }
    printf("P %s %s %s %s\n", Name(reads), Name(writes), content[0] != '\0' ? content : "-", path);
  }
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  printf("S %s %s %s\n", Name(fd < 0 ? errno : 0), Name(ConnectUnix(words[2], 1)),
         Name(ConnectTcp(atoi(words[1]))));
  for (char** variable = environ; *variable != NULL; ++variable) {
    printf("E %.*s\n", (int)strcspn(*variable, "="), *variable);
  }
  return 0;
}
