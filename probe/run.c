/* What a wrapper script does for the program behind it, done by the probe: in a sandbox there may
 * be no shell, and no script is to be started.
 *
 *   probe run [wait] [clear] [chdir=DIR] [unset=NAME] [set=NAME=VALUE]… -- PROGRAM [WORD]…
 *     wait   stays behind as the parent, as a script that does not `exec`
 * The edits of the environment are made in their order; PROGRAM is looked for in the new PATH. */
#define _GNU_SOURCE
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int Fail(const char* what) {
  perror(what);
  return 127;
}

static int Wait(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, 0) < 0) return 127;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int Run(char** words) {
  int waits = 0;
  for (; *words && strcmp(*words, "--"); ++words) {
    char* word = *words;
    if (!strcmp(word, "wait")) {
      waits = 1;
    } else if (!strcmp(word, "clear")) {
      clearenv();
    } else if (!strncmp(word, "chdir=", 6)) {
      if (chdir(word + 6) != 0) return Fail(word + 6);
    } else if (!strncmp(word, "unset=", 6)) {
      unsetenv(word + 6);
    } else if (!strncmp(word, "set=", 4)) {
      if (putenv(word + 4) != 0) return Fail(word + 4);
    }
  }
  if (!*words || !words[1]) return 127;
  /* The parent keeps in /proc what it was started with, as a shell would. */
  const pid_t child = waits ? fork() : 0;
  if (child < 0) return Fail("fork");
  if (child > 0) return Wait(child);
  execvp(words[1], words + 1);
  return Fail(words[1]);
}
