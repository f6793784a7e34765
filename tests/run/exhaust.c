/*
 * exhaust.c - uses up one thing until the kernel has no more of it; prints the error and gives
 * all back.
 *
 * usage: exhaust pages|processes|pipes|sockets|events|epolls|inodes|timers
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUN = 1 << 20, MOST = 1 << 21 };

/* Ends by the kernel's hand. */
static int one_page_more(void)
{
    char *run = mmap(NULL, RUN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (run == MAP_FAILED)
        return -1;
    memset(run, 1, RUN);
    return 0;
}

static int one_process_more(void)
{
    pid_t pid = fork();

    if (pid == 0)
        for (;;)
            pause();
    return pid < 0 ? -1 : 0;
}

static int one_pipe_more(void)
{
    int ends[2];

    return pipe(ends);
}

static int one_socket_pair_more(void)
{
    int ends[2];

    return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
}

static int one_event_more(void)
{
    return eventfd(0, 0) < 0 ? -1 : 0;
}

static int one_epoll_more(void)
{
    return epoll_create1(0) < 0 ? -1 : 0;
}

static const char *directory(unsigned i)
{
    static char name[32];

    snprintf(name, sizeof(name), "/tmp/exhaust.%u", i);
    return name;
}

static int one_inode_more(void)
{
    static unsigned count;

    return mkdir(directory(count++), 0700);
}

/* They outlive who made them. */
static void remove_inodes(void)
{
    for (unsigned i = 0; rmdir(directory(i)) == 0; i++)
        ;
}

static int one_timer_more(void)
{
    timer_t timer;

    return timer_create(CLOCK_MONOTONIC, NULL, &timer);
}

static const struct {
    const char *name;
    int (*one_more)(void);
} things[] = {{"pages", one_page_more},          {"processes", one_process_more},
              {"pipes", one_pipe_more},          {"events", one_event_more},
              {"sockets", one_socket_pair_more}, {"epolls", one_epoll_more},
              {"inodes", one_inode_more},        {"timers", one_timer_more}};

/* In a child, which may be ended for it; what it has is gone when it has ended. */
static void use_up(int (*one_more)(void))
{
    static char line[80]; /* there already: nothing more is needed to say it */
    unsigned count = 0;
    int size;

    memset(line, 0, sizeof(line));
    while (count < MOST && one_more() == 0)
        count++;
    size = snprintf(line, sizeof(line), "%s\n", count < MOST ? strerrorname_np(errno) : "none");
    if (write(1, line, (size_t)size) != size)
        _exit(2);
    signal(SIGTERM, SIG_IGN);
    kill(0, SIGTERM); /* the processes that it made */
    _exit(0);
}

int main(int argc, char **argv)
{
    const struct rlimit files = {MOST, MOST};

    setrlimit(RLIMIT_NOFILE, &files);
    for (size_t i = 0; argc == 2 && i < sizeof(things) / sizeof(things[0]); i++) {
        int status = 0;
        pid_t pid;

        if (strcmp(argv[1], things[i].name) != 0)
            continue;
        pid = fork();
        if (pid == 0) {
            setsid();
            use_up(things[i].one_more);
        }
        if (pid < 0 || waitpid(pid, &status, 0) != pid)
            return 2;
        remove_inodes();
        /* The kernel goes on, and memory has come back. */
        if (WIFSIGNALED(status))
            printf("signal %d\n", WTERMSIG(status));
        return system("true") == 0 ? 0 : 3;
    }
    return 2;
}
