/*
 * start.c - the first program: pid 2, session leader, with the launcher's descriptors.
 */
#include "base/string.h"
#include "mm/slab.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/exec.h"
#include "personality/linux/process/process.h"
#include "personality/linux/tty/tty.h"

static const char *get_env(char *const *envp, const char *name)
{
    size_t size = strlen(name);

    for (; *envp; envp++)
        if (!strncmp(*envp, name, size) && (*envp)[size] == '=')
            return *envp + size + 1;
    return NULL;
}

static status_t add_all(struct exec_strings *s, char *const *strings)
{
    status_t st = OK;

    for (; st == OK && *strings; strings++)
        st = exec_strings_add(s, *strings, strlen(*strings));
    return st;
}

/* "DIR/PROGRAM" into exec->path; an empty DIR is the working directory. */
static status_t join(struct exec *exec, const char *dir, size_t dir_size, const char *program)
{
    size_t size = strlen(program);
    char *path = kmalloc(dir_size + 1 + size + 1);

    if (!path)
        return ERR_NO_MEMORY;
    memcpy(path, dir, dir_size);
    if (dir_size)
        path[dir_size++] = '/';
    memcpy(path + dir_size, program, size + 1);
    kfree(exec->path);
    exec->path = path;
    return OK;
}

static status_t prepare(struct exec *exec, struct walk_env *env,
                        const struct linux_start *start)
{
    status_t st;

    exec->cred = start->cred;
    exec->zircon = start->zircon;
    exec->stack_limit = process_default_limit(RLIMIT_STACK);
    st = add_all(&exec->argv, start->argv);
    if (st == OK)
        st = add_all(&exec->envp, start->envp);
    return st == OK ? exec_prepare(exec, env, NULL, 0) : st;
}

/* As execvp(3): a name without a slash is looked for in PATH; what cannot be executed is passed
 * over, but reported if nothing else is found. */
static status_t search(struct exec *exec, struct walk_env *env, const struct linux_start *start)
{
    const char *program = start->argv[0], *dirs = get_env(start->envp, "PATH");
    status_t st = ERR_NOT_FOUND, best = ERR_NOT_FOUND;

    if (strchr(program, '/')) {
        st = join(exec, "", 0, program);
        return st == OK ? prepare(exec, env, start) : st;
    }
    if (!dirs)
        dirs = "/usr/local/bin:/usr/bin:/bin";
    for (; dirs; dirs = strchr(dirs, ':') ? strchr(dirs, ':') + 1 : NULL) {
        size_t size = strchr(dirs, ':') ? (size_t)(strchr(dirs, ':') - dirs) : strlen(dirs);

        st = join(exec, dirs, size, program);
        if (st == OK)
            st = prepare(exec, env, start);
        if (st == OK || st == ERR_NO_MEMORY || st == ERR_NO_EXEC)
            return st;
        if (st == ERR_ACCESS_DENIED)
            best = st;
        exec_free(exec);
    }
    return best;
}

static status_t give_files(struct linux_process *lp, const struct linux_start *start,
                           const struct path *cwd)
{
    status_t st = fd_table_create(&lp->fds);
    int fd;

    for (unsigned i = 0; st == OK && i < countof(start->stdio); i++)
        if (start->stdio[i])
            st =
                fd_install(lp->fds, i, lp->limits[RLIMIT_NOFILE].soft, start->stdio[i], 0, &fd);
    if (st == OK)
        st = fs_context_create(&start->root, cwd, start->umask, &lp->fs);
    return st;
}

/* exec leaves it so. */
static void ignore_signals(struct linux_process *lp, uint64_t set)
{
    SPIN_GUARD(&lp->lock);

    for (int signo = 1; signo <= SIGNALS; signo++)
        if (set & SIGMASK(signo) && signo != SIGKILL && signo != SIGSTOP)
            lp->signals.actions[signo - 1].handler = 1; /* SIG_IGN */
}

static status_t launch(struct exec *exec, const struct linux_start *start,
                       const struct path *cwd)
{
    struct linux_process *lp;
    struct thread *t;
    status_t st = linux_process_create(NULL, 0, SIGCHLD, &t);

    if (st != OK)
        return st;
    lp = t->process->linux_;
    lp->cred = start->cred;
    if (start->zircon)
        t->process->calls |= PROCESS_CALLS_ZIRCON;
    lp->on_exit = start->on_exit;
    ignore_signals(lp, start->ignored);
    if (start->tty)
        tty_adopt(start->tty, lp);
    st = give_files(lp, start, cwd);
    if (st == OK) {
        exec_commit(exec, t);
        st = linux_thread_start(lp, t, NULL);
    }
    if (st != OK)
        linux_process_abandon(t);
    else
        object_put(&t->object);
    return st;
}

status_t linux_start_program(struct linux_start *start)
{
    struct walk_env env = {.root = start->root,
                           .cwd = start->root,
                           .uid = start->cred.fsuid,
                           .gid = start->cred.fsgid,
                           .groups = start->cred.groups,
                           .group_count = start->cred.group_count};
    struct exec *exec = kzalloc(sizeof(*exec));
    struct path cwd;
    status_t st;

    if (!exec)
        return ERR_NO_MEMORY;
    credentials_begin(&start->cred);
    credentials_to_walk(&start->cred, &env);
    /* The caller's directory where the guest has it, else the root. */
    st = path_walk(&env, NULL, start->cwd, WALK_DIRECTORY, &cwd, NULL);
    if (st != OK && start->cwd_needed) {
        start->cwd_failed = true;
        kfree(exec);
        return st;
    }
    if (st != OK) {
        cwd = start->root;
        path_get(&cwd);
    }
    env.cwd = cwd;
    st = search(exec, &env, start);
    if (st == OK)
        st = launch(exec, start, &cwd);
    exec_free(exec);
    path_put(&cwd);
    kfree(exec);
    return st;
}
