/*
 * exec.c - preparing a program, scripts included, and putting it in place of the old one.
 */
#include "personality/linux/process/exec.h"

#include "base/string.h"
#include "fs/mount.h"
#include "mm/slab.h"
#include "personality/hybrid.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/sysctl.h"
#include "personality/linux/vdso.h"

/* The name shown by ps: the last component, cut. */
static void set_comm(char comm[16], const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t size = strnlen(name, 15);

    memcpy(comm, name, size);
    comm[size] = '\0';
}

/* execve(2): a regular file that the caller may execute. */
static status_t open_program(struct exec *exec, struct walk_env *env, const struct path *start,
                             const char *name, unsigned walk_flags)
{
    struct inode_attr attr;
    struct path path;
    status_t st = path_walk(env, start, name, walk_flags, &path, NULL);

    if (st != OK)
        return st;
    inode_attr_get(path.dentry->inode, &attr);
    if (attr.type != INODE_FILE || !(attr.mode & 0111) || mount_has(path.mount, MOUNT_NOEXEC))
        st = ERR_ACCESS_DENIED;
    else
        st = inode_permission(env, path.dentry->inode, 1);
    if (st == OK)
        st = file_open(&path, FILE_READ, &exec->exe);
    path_put(&path);
    return st;
}

/* The first line, without "#!" and cut at its end; false when the file is no script. */
static bool read_script_line(struct exec *exec, char *line, size_t size)
{
    struct vmo *vmo = inode_vmo(exec->exe->inode);
    struct inode_attr attr;
    size_t n;
    status_t st;

    if (!vmo)
        return false;
    inode_attr_get(exec->exe->inode, &attr);
    n = MIN(attr.size, size - 1);
    st = vmo_read(vmo, 0, line, n, NULL);
    vmo_put(vmo);
    if (st != OK || n < 2 || line[0] != '#' || line[1] != '!')
        return false;
    line[n] = '\0';
    memmove(line, line + 2, n - 1);
    if (strchr(line, '\n'))
        *strchr(line, '\n') = '\0';
    return true;
}

static char *skip_blanks(char *s)
{
    while (*s == ' ' || *s == '\t')
        s++;
    return s;
}

/* "INTERPRETER [ARGUMENT]": one argument at most, blanks inside it kept (execve(2)). */
static status_t split_script_line(char *line, char **interpreter, char **argument)
{
    char *end = line + strlen(line);

    while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
        *--end = '\0';
    *interpreter = skip_blanks(line);
    if (!**interpreter)
        return ERR_NO_EXEC;
    *argument = *interpreter;
    while (**argument && **argument != ' ' && **argument != '\t')
        (*argument)++;
    if (**argument) {
        **argument = '\0';
        *argument = skip_blanks(*argument + 1);
    }
    return OK;
}

/* argv becomes INTERPRETER [ARGUMENT] PATH argv[1]...; the interpreter is the program now. */
static status_t follow_script(struct exec *exec, struct walk_env *env, char *line)
{
    char *interpreter, *argument;
    status_t st = split_script_line(line, &interpreter, &argument);

    if (st != OK)
        return st;
    exec_strings_drop_first(&exec->argv);
    st = exec_strings_prepend(&exec->argv, exec->path);
    if (st == OK && *argument)
        st = exec_strings_prepend(&exec->argv, argument);
    if (st == OK)
        st = exec_strings_prepend(&exec->argv, interpreter);
    if (st != OK)
        return st;
    file_put(exec->exe);
    exec->exe = NULL;
    kfree(exec->path);
    exec->path = kmemdup(interpreter, strlen(interpreter) + 1);
    if (!exec->path)
        return ERR_NO_MEMORY;
    return open_program(exec, env, NULL, interpreter, 0);
}

static status_t find_program(struct exec *exec, struct walk_env *env, const struct path *start,
                             unsigned walk_flags)
{
    char line[256];
    status_t st = open_program(exec, env, start, exec->path, walk_flags);

    set_comm(exec->comm, exec->path);
    for (unsigned depth = 0; st == OK && read_script_line(exec, line, sizeof(line)); depth++) {
        if (depth == EXEC_SCRIPT_DEPTH)
            return ERR_LOOP;
        st = follow_script(exec, env, line);
    }
    return st;
}

/* The file's owner and group, where it says so, and nothing says otherwise (execve(2)). */
static status_t take_ids(struct exec *exec, struct walk_env *env)
{
    struct credentials *c = &exec->cred;
    struct file_capabilities capabilities;
    struct inode_attr attr;
    status_t st;

    inode_attr_get(exec->exe->inode, &attr);
    if (!exec->no_new_privs && !mount_has(exec->exe->path.mount, MOUNT_NOSUID)) {
        if (attr.mode & MODE_SETUID)
            c->euid = attr.uid;
        if ((attr.mode & MODE_SETGID) && (attr.mode & 0010))
            c->egid = attr.gid;
    }
    c->suid = c->fsuid = c->euid;
    c->sgid = c->fsgid = c->egid;
    st = exec_read_capabilities(exec, env, &capabilities);
    return st == OK ? credentials_exec(c, &capabilities, exec->no_new_privs, &exec->secure)
                    : st;
}

static status_t create_space(struct exec *exec)
{
    status_t st = aspace_create(&exec->aspace);

    if (st == OK)
        exec->aspace->mappings_max = &sysctls[SYSCTL_MAX_MAP_COUNT].value;
    return st;
}

status_t exec_prepare(struct exec *exec, struct walk_env *env, const struct path *start,
                      unsigned walk_flags)
{
    struct exec_auxv aux = {0};
    status_t st = find_program(exec, env, start, walk_flags);

    /* An empty argv becomes {""} (Linux 5.18). */
    if (st == OK && !exec->argv.count)
        st = exec_strings_add(&exec->argv, "", 0);
    if (st == OK)
        st = take_ids(exec, env);
    if (st == OK)
        st = create_space(exec);
    if (st == OK)
        st = exec_map_image(exec, env, &aux);
    if (st == OK)
        st = exec_map_vdso(exec);
    if (st == OK)
        st = exec_build_stack(exec, &aux);
    if (st == OK) /* to bring it in here saves a trap */
        (void)!try_vm_fault(exec->aspace, exec->entry, HAL_PROT_EXEC);
    return st;
}

void exec_free(struct exec *exec)
{
    exec_strings_free(&exec->argv);
    exec_strings_free(&exec->envp);
    kfree(exec->path);
    file_put(exec->exe);
    aspace_put(exec->aspace);
    *exec = (struct exec){0};
}

static void take_identity(struct exec *exec, struct linux_process *lp, struct linux_thread *lt)
{
    struct file *old;

    {
        SPIN_GUARD(&lp->lock);
        old = lp->exe;
        lp->exe = exec->exe;
        exec->exe = NULL;
        lp->layout = exec->layout;
        memcpy(lp->comm, exec->comm, sizeof(lp->comm));
        memcpy(lp->process->name, exec->comm, sizeof(exec->comm));
        memcpy(lt->thread->name, exec->comm, sizeof(exec->comm));
        lp->dumpable = !exec->secure;
        if (exec->secure)
            lp->pdeath_signal = 0;
        lp->cred = exec->cred;
        lt->signals.altstack_size = 0;
        lt->signals.altstack = 0;
        lt->clear_child_tid = lt->robust_list = 0;
        rseq_forget(lt);
    }
    file_put(old);
    {
        SPIN_GUARD(&family_lock);
        lp->exec_done = true;
    }
}

void exec_commit(struct exec *exec, struct thread *t)
{
    struct linux_process *lp = t->linux_->process;

    posix_timers_clear(lp);
    signal_shared_exec(lp);
    fd_table_close_on_exec(lp->fds);
    take_identity(exec, lp, t->linux_);
    t->user.aspace = exec->aspace;
    process_set_aspace(t->process, exec->aspace);
    exec->aspace = NULL;
    if (exec->zircon)
        hybrid_exec(t->process, exec->layout.zircon_vdso);
    linux_vfork_release(lp);
    hal_context_fini(&t->context); /* what registers still hold is the old program's */
    hal_context_init(&t->context, t->context.fp);
    user_regs_start(&t->context.regs, exec->entry, exec->stack, 0, 0);
}
