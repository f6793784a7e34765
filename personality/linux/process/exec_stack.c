/*
 * exec_stack.c - a new program's stack: strings, auxiliary vector, pointers (System V ABI,
 * "Process Initialization"; getauxval(3)).
 */
#include "base/string.h"
#include "hal/boot.h"
#include "hal/context.h"
#include "isa/linux_abi.h"
#include "mm/slab.h"
#include "personality/linux/memory/layout.h"
#include "personality/linux/process/exec.h"
#include "uapi/zcore/hybrid.h"

enum {
    AT_NULL = 0,
    AT_PHDR = 3,
    AT_PHENT = 4,
    AT_PHNUM = 5,
    AT_PAGESZ = 6,
    AT_BASE = 7,
    AT_FLAGS = 8,
    AT_ENTRY = 9,
    AT_UID = 11,
    AT_EUID = 12,
    AT_GID = 13,
    AT_EGID = 14,
    AT_PLATFORM = 15,
    AT_HWCAP = 16,
    AT_CLKTCK = 17,
    AT_SECURE = 23,
    AT_RANDOM = 25,
    AT_EXECFN = 31,
    AT_SYSINFO_EHDR = 33,
    AT_MINSIGSTKSZ = 51,
};

/* The stack while it is built: grows down from `top`. The first error sticks. */
struct stack {
    struct user_access ua;
    user_addr_t sp;
    status_t st;
};

static user_addr_t push(struct stack *s, const void *data, size_t size)
{
    s->sp -= size;
    if (s->st == OK)
        s->st = copy_to_user(&s->ua, s->sp, data, size);
    return s->sp;
}

/* The vector of words: argc, argv[], NULL, envp[], NULL, auxv. */
struct words {
    uint64_t *data;
    size_t count;
};

static void add_word(struct words *w, uint64_t value)
{
    w->data[w->count++] = value;
}

static void add_aux(struct words *w, uint64_t type, uint64_t value)
{
    add_word(w, type);
    add_word(w, value);
}

static void add_pointers(struct words *w, const struct exec_strings *s, user_addr_t at)
{
    const char *text = s->data;

    for (unsigned i = 0; i < s->count; i++) {
        size_t size = strlen(text) + 1;

        add_word(w, at);
        at += size;
        text += size;
    }
    add_word(w, 0);
}

static void add_auxv(struct words *w, const struct exec *exec, const struct exec_auxv *aux,
                     user_addr_t execfn, user_addr_t platform, user_addr_t random)
{
    const struct credentials *c = &exec->cred;

    add_aux(w, AT_SYSINFO_EHDR, exec->layout.vdso);
    add_aux(w, AT_HWCAP, linux_hwcap());
    add_aux(w, AT_PAGESZ, PAGE_SIZE);
    add_aux(w, AT_CLKTCK, 100);
    add_aux(w, AT_PHDR, aux->phdr);
    add_aux(w, AT_PHENT, 56);
    add_aux(w, AT_PHNUM, aux->phdr_count);
    add_aux(w, AT_BASE, aux->base);
    add_aux(w, AT_FLAGS, 0);
    add_aux(w, AT_ENTRY, aux->entry);
    add_aux(w, AT_UID, c->uid);
    add_aux(w, AT_EUID, c->euid);
    add_aux(w, AT_GID, c->gid);
    add_aux(w, AT_EGID, c->egid);
    add_aux(w, AT_SECURE, exec->secure);
    add_aux(w, AT_RANDOM, random);
    add_aux(w, AT_EXECFN, execfn);
    add_aux(w, AT_PLATFORM, platform);
    add_aux(w, AT_MINSIGSTKSZ, ROUND_UP(hal_fp_size() + 1024, 16));
    if (exec->layout.zircon_vdso)
        add_aux(w, AT_ZCORE_ZIRCON_VDSO, exec->layout.zircon_vdso);
    add_aux(w, AT_NULL, 0);
}

/* What the program finds on its stack, at most. */
static uint64_t contents_size(const struct exec *exec)
{
    enum { REST = 4096 }; /* the auxiliary vector, what it points to, alignment */

    return exec->argv.size + exec->envp.size + strlen(exec->path) + REST +
           (exec->argv.count + exec->envp.count) * sizeof(uint64_t);
}

/* A quarter of the stack's limit, within bounds (execve(2), "Limits"). */
static bool contents_fit(const struct exec *exec)
{
    uint64_t most =
        MIN(MAX(exec->stack_limit / 4, (uint64_t)EXEC_TOTAL_MIN), (uint64_t)EXEC_TOTAL_MAX);

    return exec->argv.size + exec->envp.size +
               (exec->argv.count + exec->envp.count) * sizeof(uint64_t) <=
           most;
}

/* A piece of a VMO that has room in front of it, for the stack to grow into (vm/aspace.h). */
static status_t map_stack(struct exec *exec)
{
    uint64_t contents = ROUND_UP(contents_size(exec), PAGE_SIZE),
             more = MIN((uint64_t)LAYOUT_STACK_FIRST, ROUND_DOWN(exec->stack_limit, PAGE_SIZE)),
             size = MAX(contents, more > contents ? more : contents + PAGE_SIZE);
    user_addr_t top = layout_stack_top(), base;
    struct vmar_map_args args = {.size = size,
                                 .prot = HAL_PROT_READ | HAL_PROT_WRITE,
                                 .max_prot = HAL_PROT_READ | HAL_PROT_WRITE | HAL_PROT_EXEC,
                                 .flags = MAPPING_GROWS,
                                 .vmo_offset = LAYOUT_STACK_MAX - size,
                                 .place = PLACE_EXACT,
                                 .addr = top - size};
    status_t st = vmo_create(LAYOUT_STACK_MAX, 0, &args.vmo);

    if (st != OK)
        return st;
    exec->layout.stack_top = top;
    st = vmar_map(exec->aspace->root, &args, &base);
    vmo_put(args.vmo);
    aspace_set_growth(exec->aspace, top, exec->stack_limit);
    return st;
}

static void fill(struct exec *exec, const struct exec_auxv *aux, struct stack *s,
                 struct words *w)
{
    struct linux_layout *l = &exec->layout;
    user_addr_t execfn, platform, random;
    uint64_t zero = 0, bytes[2];
    size_t auxv;

    push(s, &zero, sizeof(zero));
    execfn = push(s, exec->path, strlen(exec->path) + 1);
    l->env_end = s->sp;
    l->env_start = push(s, exec->envp.data, exec->envp.size);
    l->arg_end = s->sp;
    l->arg_start = push(s, exec->argv.data, exec->argv.size);
    platform = push(s, ISA_NAME, sizeof(ISA_NAME));
    hal_entropy(bytes, sizeof(bytes));
    s->sp = ROUND_DOWN(s->sp, 16);
    random = push(s, bytes, sizeof(bytes));

    add_word(w, exec->argv.count);
    add_pointers(w, &exec->argv, l->arg_start);
    add_pointers(w, &exec->envp, l->env_start);
    auxv = w->count;
    add_auxv(w, exec, aux, execfn, platform, random);
    memcpy(l->auxv, &w->data[auxv], (w->count - auxv) * sizeof(uint64_t));
    s->sp = ROUND_DOWN(s->sp - w->count * sizeof(uint64_t), 16) + w->count * sizeof(uint64_t);
    exec->stack = push(s, w->data, w->count * sizeof(uint64_t));
}

status_t exec_build_stack(struct exec *exec, const struct exec_auxv *aux)
{
    struct stack s = {.ua = {.aspace = exec->aspace}, .st = OK};
    struct words w = {0};
    status_t st = contents_fit(exec) ? map_stack(exec) : ERR_TOO_BIG;

    if (st != OK)
        return st;
    s.sp = exec->layout.stack_top;
    w.data = kmalloc((exec->argv.count + exec->envp.count + 3 + 2 * AUXV_PAIRS) * 8);
    if (!w.data)
        return ERR_NO_MEMORY;
    fill(exec, aux, &s, &w);
    kfree(w.data);
    return s.st;
}
