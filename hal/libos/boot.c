/* boot.c - from the launcher's jump to kernel_main. */
#include "hal/libos/boot.h"

#include "base/format.h"
#include "base/status.h"
#include "base/string.h"
#include "hal/boot.h"
#include "hal/console.h"
#include "hal/host.h"
#include "hal/libos/carrier.h"
#include "hal/libos/dispatch.h"
#include "hal/libos/fp.h"
#include "hal/libos/io.h"
#include "hal/libos/linux.h"
#include "hal/libos/signal.h"
#include "hal/libos/template.h"
#include "hal/libos/timer.h"
#include "hal/spinlock.h"

struct libos_boot_info *const libos_boot = (struct libos_boot_info *)LIBOS_BOOT_BASE;

static struct hal_boot_info boot_info;

const struct hal_boot_info *hal_boot_info(void)
{
    return &boot_info;
}

_Noreturn void boot_fail(const char *what, long error)
{
    char line[128];
    int size = format(line, sizeof(line), "zcore: %s (error %ld)\n", what, -error);

    hal_console_write(line, (size_t)size);
    template_end_machine(125);
}

/* Each CPU's home carrier, a thread of the home process. */
static void home_carrier_run(struct carrier *c)
{
    carrier_adopt(c);
    if (c == libos_cpus[0].home)
        carrier_enter_cpu(&libos_cpus[0], kernel_main);
    carrier_park(c);
}

static void start_home_carrier(struct cpu *cpu)
{
    struct carrier *c = carrier_alloc();
    long tid;

    c->run = home_carrier_run;
    c->pid = carrier_self()->pid;
    cpu->home = c;
    tid = carrier_start(c, CLONE_CARRIER);
    if (tid < 0)
        boot_fail("the host gives no thread", tid);
    c->tid = (int)tid;
}

static void home_run(struct carrier *c)
{
    template_child("zcore-home");
    carrier_adopt(c);
    for (unsigned i = libos_boot->cpus; i-- > 0;)
        start_home_carrier(&libos_cpus[i]);
    io_main();
}

/* Nothing of the launcher's program may stay: not its memory, and not what the host's kernel
 * would write into that memory or read from it. */
static void forget_launcher(void)
{
    host_call(LINUX_SET_ROBUST_LIST, NULL, 24);
    host_call(LINUX_SET_TID_ADDRESS, NULL);
    host_call(LINUX_MUNMAP, 0, LIBOS_WINDOW_BASE);
    host_call(LINUX_MUNMAP, LIBOS_WINDOW_END, LIBOS_USER_END - LIBOS_WINDOW_END);
}

static void guard_stacks(void)
{
    for (unsigned i = 0; i < libos_boot->cpus; i++)
        host_call(LINUX_MPROTECT, LIBOS_STACK_BASE + i * (uint64_t)LIBOS_STACK_SIZE, PAGE_SIZE,
                  0);
}

static void setup_cpus(void)
{
    for (unsigned i = 0; i < libos_boot->cpus; i++) {
        libos_cpus[i].hal.id = i;
        libos_cpus[i].core = libos_boot->cores[i];
    }
}

static void setup_boot_info(void)
{
    boot_info.regions[0] = (struct hal_memory_region){
        LIBOS_MEMORY_START, libos_boot->memory_size - LIBOS_MEMORY_START};
    boot_info.region_count = 1;
    boot_info.record = (const char *)(libos_boot + 1);
    boot_info.record_size = libos_boot->record_size;
}

_Noreturn void boot_template(struct libos_boot_info *info)
{
    struct carrier *self = (struct carrier *)LIBOS_CARRIER_BASE, *home;

    (void)info;
    self->self = self;
    self->cpu = &self->own_cpu;
    forget_launcher();
    guard_stacks();
    signal_install(template_signal);
    carrier_adopt(self);
    dispatch_setup();
    setup_cpus();
    timer_setup();
    fp_setup();
    setup_boot_info();
    home = carrier_alloc();
    home->run = home_run;
    template_main(home);
}

static void ask_host(void *buf, size_t size)
{
    while (size) {
        long n = host_call(LINUX_GETRANDOM, buf, size, 0);

        if (n > 0) {
            buf = (char *)buf + n;
            size -= (size_t)n;
        }
    }
}

/* Bytes of the host's in advance; those handed out are forgotten. */
static struct spinlock entropy_lock;
static uint8_t entropy[256];
static size_t entropy_left; /* at the end; guarded by entropy_lock, like the bytes */

void hal_entropy(void *buf, size_t size)
{
    uint8_t *next;

    if (size > sizeof(entropy) / 4) {
        ask_host(buf, size);
        return;
    }
    SPIN_GUARD(&entropy_lock);
    if (entropy_left < size) {
        ask_host(entropy, sizeof(entropy));
        entropy_left = sizeof(entropy);
    }
    next = entropy + sizeof(entropy) - entropy_left;
    memcpy(buf, next, size);
    memset(next, 0, size);
    entropy_left -= size;
}

/* The host's own device for that; where there is none, its generator has other sources. */
void hal_entropy_add(const void *data, size_t size)
{
    int fd;

    if (!size || hal_host_open(-1, "/dev/urandom", HAL_HOST_WRITE, &fd) != OK)
        return;
    host_call(LINUX_WRITE, fd, data, size);
    hal_host_close(fd);
    SPIN_GUARD(&entropy_lock);
    entropy_left = 0; /* those in advance know nothing of it */
}

/* On a CPU's stack, above its guard page, or on a carrier's: memory that is there. */
static bool on_kernel_stack(uintptr_t address)
{
    uintptr_t offset = address - LIBOS_STACK_BASE;

    if (offset < LIBOS_MAX_CPUS * (uintptr_t)LIBOS_STACK_SIZE)
        return offset % LIBOS_STACK_SIZE >= PAGE_SIZE;
    return address - LIBOS_CARRIER_BASE < LIBOS_CARRIER_MAX * (uintptr_t)LIBOS_CARRIER_SIZE;
}

/* The chain leads from a signal handler's stack to the CPU's. */
size_t hal_backtrace(uintptr_t *out, size_t max)
{
    const uintptr_t *frame = __builtin_frame_address(0);
    size_t count = 0;

    while (count < max && IS_ALIGNED((uintptr_t)frame, 8ul) &&
           on_kernel_stack((uintptr_t)frame) && frame[1]) {
        out[count++] = frame[1];
        frame = (const uintptr_t *)frame[0];
    }
    return count;
}
