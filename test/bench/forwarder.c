#include "forwarder.h"

#include <dirent.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failure.h"

static const char source_word[] = "{source}";

static void end_with_it(int signal);
static char *with_sources(const char *command, const char *sources);
static int is_in_group(const char *process, pid_t group);
static int64_t process_cpu_ns(const char *process);

pid_t forwarder_start(const char *command, const char *sources, int in, int out) {
  char *script = with_sources(command, sources);
  pid_t parent = getpid();
  signal(SIGCHLD, end_with_it);
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0) {
      _exit(127);
    }
    execl("/bin/sh", "sh", "-c", script, (char *)NULL);
    _exit(127);
  }
  // Here as well, or the group might not be there yet when it is asked for.
  setpgid(child, child);
  free(script);
  return child;
}

static void end_with_it(int signal) {
  (void)signal;
  static const char text[] = "the forwarder has ended\n";
  if (write(STDERR_FILENO, text, sizeof text - 1) < 0) _exit(2);
  _exit(1);
}

static char *with_sources(const char *command, const char *sources) {
  char *script;
  size_t size;
  FILE *stream = open_memstream(&script, &size);
  if (stream == NULL) fail("open_memstream");
  for (const char *word; (word = strstr(command, source_word)) != NULL;) {
    fprintf(stream, "%.*s%s", (int)(word - command), command, sources);
    command = word + strlen(source_word);
  }
  fputs(command, stream);
  fclose(stream);
  return script;
}

int64_t forwarder_cpu_ns(pid_t forwarder) {
  DIR *processes = opendir("/proc");
  if (processes == NULL) fail("/proc");
  int64_t sum = 0;
  for (struct dirent *entry; (entry = readdir(processes)) != NULL;) {
    if (is_in_group(entry->d_name, forwarder)) sum += process_cpu_ns(entry->d_name);
  }
  closedir(processes);
  return sum;
}

/* See proc(5): the group is the third field after the name, which may hold blanks and brackets. */
static int is_in_group(const char *process, pid_t group) {
  char path[64];
  char text[512] = "";
  snprintf(path, sizeof path, "/proc/%.20s/stat", process);
  FILE *file = process[0] >= '1' && process[0] <= '9' ? fopen(path, "re") : NULL;
  if (file == NULL) return 0;
  char *line = fgets(text, sizeof text, file);
  fclose(file);
  const char *name_end = line == NULL ? NULL : strrchr(line, ')');
  int found;
  return name_end != NULL && sscanf(name_end, ") %*c %*d %d", &found) == 1 && found == group;
}

static int64_t process_cpu_ns(const char *process) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%.20s/task", process);
  DIR *threads = opendir(path);
  if (threads == NULL) return 0;
  int64_t sum = 0;
  for (struct dirent *entry; (entry = readdir(threads)) != NULL;) {
    char schedstat[128];
    int64_t cpu_ns;
    snprintf(schedstat, sizeof schedstat, "%s/%.20s/schedstat", path, entry->d_name);
    FILE *file = entry->d_name[0] == '.' ? NULL : fopen(schedstat, "re");
    if (file == NULL) continue;
    if (fscanf(file, "%" SCNd64, &cpu_ns) == 1) sum += cpu_ns;
    fclose(file);
  }
  closedir(threads);
  return sum;
}

void forwarder_stop(pid_t forwarder) {
  signal(SIGCHLD, SIG_DFL);
  kill(-forwarder, SIGKILL);
  waitpid(forwarder, NULL, 0);
}
