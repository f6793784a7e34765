/* template.c - the template process: spare spaces, reaping, the machine's end. */
#include "hal/libos/template.h"

#include "base/assert.h"
#include "hal/boot.h"
#include "hal/libos/boot.h"
#include "hal/libos/carrier.h"
#include "hal/libos/linux.h"
#include "hal/libos/signal.h"
#include "hal/libos/space.h"

enum { PR_SET_PDEATHSIG = 1, PR_SET_NAME = 15, WNOHANG = 1, RUNNING = -1 };
enum { FAILED = 125, LAST_WORDS_S = 5 };

static atomic_uint bell; /* the template sleeps on it; each ring adds one */
static atomic_int end_status = RUNNING;
static int template_pid, home_pid;

static bool template_is_here(void)
{
    return carrier_self() == (struct carrier *)LIBOS_CARRIER_BASE;
}

void template_ring(void)
{
    atomic_fetch_add(&bell, 1);
    linux_futex_wake(&bell, 1);
}

/* In the template only. Between looking at the bell and sleeping: the sleep then ends at once.
 * The alarm may find any state; all others die with this process. */
void template_signal(int signo)
{
    if (signo == LINUX_SIGALRM && atomic_load(&signal_stopping))
        host_call(LINUX_EXIT_GROUP, FAILED);
    atomic_fetch_add(&bell, 1);
}

void template_child(const char *name)
{
    host_call(LINUX_PRCTL, PR_SET_PDEATHSIG, LINUX_SIGKILL);
    if (host_call(LINUX_GETPPID) != template_pid)
        host_call(LINUX_EXIT_GROUP, 0);
    host_call(LINUX_PRCTL, PR_SET_NAME, name);
}

_Noreturn void hal_power_off(int status)
{
    template_end_machine(status);
}

_Noreturn void template_end_machine(int status)
{
    int running = RUNNING;

    atomic_compare_exchange_strong(&end_status, &running, status & 0xff);
    if (host_call(LINUX_GETPID) == template_pid) {
        space_kill_all();
        host_call(LINUX_KILL, home_pid, LINUX_SIGKILL);
        while (host_call(LINUX_WAIT4, -1, NULL, 0, NULL) > 0)
            ;
        host_call(LINUX_EXIT_GROUP, atomic_load(&end_status));
    }
    template_ring();
    for (;;)
        host_call(LINUX_PPOLL, NULL, 0, NULL, NULL);
}

void template_await_end(void)
{
    if (template_is_here())
        host_call(LINUX_ALARM, LAST_WORDS_S);
    else
        template_ring();
}

/* What may have befallen the others; takes no lock. */
static void look(void)
{
    static bool stopping;
    long pid;

    if (atomic_load(&end_status) != RUNNING)
        template_end_machine(0);
    if (!stopping && atomic_load(&signal_stopping)) {
        stopping = true;
        template_await_end();
    }
    while (!stopping && (pid = host_call(LINUX_WAIT4, -1, NULL, WNOHANG, NULL)) > 0)
        if (!space_reap((int)pid) && pid == home_pid)
            panic("the home process died");
}

void template_relax(void)
{
    if (template_is_here())
        look();
}

_Noreturn void template_main(struct carrier *home)
{
    template_pid = (int)host_call(LINUX_GETPID);
    home_pid = (int)carrier_start(home, CLONE_PROCESS);
    if (home_pid < 0)
        boot_fail("the host gives no process", home_pid);
    for (;;) {
        unsigned rung = atomic_load(&bell);

        look();
        space_bury();
        while (space_wanted() && space_create())
            ;
        linux_futex_wait(&bell, rung);
    }
}
