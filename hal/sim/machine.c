/*
 * machine.c - switching the machine on and off; memory, boot information, panic, console.
 */
#include "hal/sim/sim_internal.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/assert.h"
#include "base/log.h"
#include "hal/console.h"
#include "hal/time.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define __asan_unpoison_memory_region(at, size) ((void)(at), (void)(size))
#endif

#define DEFAULT_MEMORY (64ull << 20)

struct sim_machine sim;
const struct hal_upcalls *sim_upcalls;
unsigned char *sim_ram;

static size_t ram_size;
static struct hal_boot_info boot_info;
static char console[8192];
static size_t console_size;
static const char *typed = "";
static void (*console_handler)(void *arg);
static void *console_arg;

static void log_to_stderr(enum log_level level, const char *line, size_t size)
{
    static const char letters[] = "EWIDT";

    fprintf(stderr, "[%c %lld] %.*s\n", letters[level], (long long)sim.now, (int)size, line);
}

static void on_panic(const char *reason)
{
    snprintf(sim.reason, sizeof(sim.reason), "%s", reason);
    if (!sim.running && !sim.catching)
        fprintf(stderr, "panic: %s\n", reason);
    sim_end(SIM_PANICKED);
}

static void memory_setup(void)
{
    struct sim_config *c = &sim.config;

    if (!c->region_count)
        c->regions[c->region_count++] = (struct hal_memory_region){
            .base = SIM_RAM_BASE, .size = c->memory ? c->memory : DEFAULT_MEMORY};
    ram_size = 0;
    boot_info = (struct hal_boot_info){.record = c->record, .record_size = c->record_size};
    for (unsigned i = 0; i < c->region_count; i++) {
        boot_info.regions[boot_info.region_count++] = c->regions[i];
        ram_size =
            MAX(ram_size, (size_t)(c->regions[i].base + c->regions[i].size - SIM_RAM_BASE));
    }
    sim_ram = mmap(NULL, ram_size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert(sim_ram != MAP_FAILED);
}

bool hal_memory_take(paddr_t pa, uint64_t size)
{
    (void)pa, (void)size;
    return true;
}

void hal_memory_give(paddr_t pa, uint64_t size)
{
    madvise(hal_phys_to_virt(pa), size, MADV_DONTNEED);
}

static void cpus_setup(void)
{
    sim.cpu_count = MAX(sim.config.cpus, 1u);
    hal_one_cpu = sim.cpu_count == 1;
    assert(sim.cpu_count <= HAL_MAX_CPUS);
    for (unsigned i = 0; i < sim.cpu_count; i++) {
        sim.cpus[i].cpu.id = i;
        sim.cpus[i].deadline = TIME_INFINITE;
    }
    sim.here = sim.test_cpu = &sim.cpus[0];
    sim.here->state = SIM_CPU_RUNNING;
    sim.here->current = &sim.test;
}

void sim_setup(const struct sim_config *config)
{
    sim = (struct sim_machine){.config = *config};
    sim_upcalls = NULL;
    console_size = 0;
    typed = "";
    console_handler = NULL;
    random_seed(&sim.random, config->seed);
    panic_set_hook(on_panic);
    log_init(log_to_stderr, LOG_WARN);
    cpus_setup();
    memory_setup();
    sim_irq_setup();
    sim_host_setup();
}

void sim_teardown(void)
{
    sim_user_teardown();
    for (unsigned i = 0; i < sim.cpu_count; i++)
        fiber_destroy(sim.cpus[i].kernel);
    sim_host_teardown();
    __asan_unpoison_memory_region(sim_ram, ram_size);
    munmap(sim_ram, ram_size);
    sim_ram = NULL;
}

int sim_exit_status(void)
{
    return sim.exit_status;
}

const char *sim_panic_reason(void)
{
    return sim.reason;
}

jmp_buf *sim_catch(void)
{
    assert(!sim.running);
    sim.catching = true;
    return &sim.catch;
}

/* The test goes on with what there is. */
void sim_catch_end(void)
{
    sim.catching = false;
    sim.outcome = SIM_IDLE;
    sim.here->cpu.preempt_count = 0;
}

const struct hal_boot_info *hal_boot_info(void)
{
    return &boot_info;
}

void hal_power_off(int status)
{
    sim.exit_status = status;
    sim_end(SIM_POWERED_OFF);
}

size_t hal_backtrace(uintptr_t *out, size_t max)
{
    if (!max)
        return 0;
    out[0] = (uintptr_t)__builtin_return_address(0);
    return 1;
}

/* Deterministic, as all here. */
void hal_entropy(void *buf, size_t size)
{
    unsigned char *p = buf;

    for (size_t i = 0; i < size; i++)
        p[i] = (unsigned char)random_u64(&sim.random);
}

void hal_entropy_add(const void *data, size_t size)
{
    const unsigned char *p = data;

    for (size_t i = 0; i < size; i++)
        random_seed(&sim.random, random_u64(&sim.random) ^ p[i]);
}

void hal_upcalls_register(const struct hal_upcalls *upcalls)
{
    sim_upcalls = upcalls;
}

void hal_console_write(const char *data, size_t size)
{
    size = MIN(size, sizeof(console) - 1 - console_size);
    memcpy(console + console_size, data, size);
    console_size += size;
    console[console_size] = '\0';
}

void hal_trace_write(const char *data, size_t size)
{
    fwrite(data, 1, size, stderr);
}

const char *sim_console_output(void)
{
    console[console_size] = '\0';
    return console;
}

void hal_console_write_tty(const char *data, size_t size)
{
    hal_console_write(data, size);
}

size_t hal_console_read(char *buf, size_t size)
{
    size = MIN(size, strlen(typed));
    memcpy(buf, typed, size);
    typed += size;
    return size;
}

void hal_console_set_handler(void (*handler)(void *arg), void *arg)
{
    console_handler = handler;
    console_arg = arg;
}

void sim_console_type(const char *text)
{
    typed = text;
    sim_raise(&sim.cpus[0], HAL_PENDING_DEVICE);
}

void sim_console_serve(void)
{
    if (*typed && console_handler)
        console_handler(console_arg);
}

void hal_icache_sync(void)
{
}

void hal_user_code(void *code, size_t size)
{
    (void)code;
    (void)size;
}
