"""The kernel in gdb: a unit test, the library OS (`zcore run --gdb` loads this), or QEMU.

    (gdb) zcore tasks           every task that is not done, one line a frame
    (gdb) zcore bt [TASK]       an await chain, each frame with its fields; TASK is a struct task, a
                                struct thread, or points at one; default: the task of this CPU's call
    (gdb) zcore processes       Linux processes: pid, address, name
    (gdb) zcore fds PID         a process's descriptors and their files
    (gdb) zcore maps PID        its mappings
    (gdb) zcore handles PID     its Zircon handles
    (gdb) zcore symbols PID     names in its program and libraries, from the host's files
    (gdb) zcore finish          on to the next breakpoint, over the deaths of guest processes; when the
                                machine has ended, so does gdb

`co-bt` and `zcore-tasks` are older names of the first two. The frame of coroutine `foo` is
`struct foo`, so the function that a frame points at names its type.
"""
import os
import struct
import sys
import time

import gdb


def as_task(text):
    """The struct task that an expression is, points at, or contains."""
    value = gdb.parse_and_eval(text)
    if value.type.strip_typedefs().code == gdb.TYPE_CODE_PTR:
        value = value.dereference()
    name = value.type.strip_typedefs().tag
    if name == "task":
        return value
    if name in ("thread", "linux_thread"):
        return value["task"] if name == "thread" else value["thread"].dereference()["task"]
    raise gdb.GdbError(f"{text} is a {value.type}, not a struct task")


def frames(task):
    """The suspended frames, innermost first."""
    co = task["top"]
    while co:
        yield co
        co = co["caller"]


def coroutine(co):
    """The block of the function that a frame belongs to; None without debugging information."""
    block = gdb.block_for_pc(int(co["resume"]))
    while block and not block.function:
        block = block.superblock
    return block


RETURNED = 0xffffffff


def place(co):
    """NAME at FILE:LINE."""
    block = coroutine(co)
    line = int(co["line"])
    if not block:
        return f"{int(co['resume']):#x} at line {line}"
    if line == RETURNED:
        return f"{block.function.name}, which has returned"
    return f"{block.function.name} at {block.function.symtab.filename}:{line}"


def fields(co):
    """The frame's fields but its head, as text."""
    block = coroutine(co)
    if not block:
        return
    frame_type = gdb.lookup_type(f"struct {block.function.name}", block)
    frame = co.cast(frame_type.pointer()).dereference()
    for field in frame_type.fields():
        if field.name and field.name != "co":
            yield field.name, frame[field.name].format_string(max_depth=1, max_elements=8)


def all_tasks():
    head = gdb.parse_and_eval("'co/task.c'::all_tasks")
    link_offset = next(f.bitpos // 8 for f in gdb.lookup_type("struct task").fields()
                       if f.name == "all_link")
    link = head["next"]
    while link != head.address:
        address = int(link) - link_offset
        yield gdb.Value(address).cast(gdb.lookup_type("struct task").pointer()).dereference()
        link = link["next"]


STATES = ("parked", "ready", "running", "running, woken")
REASONS = ((1, "killed"), (2, "signal"), (4, "suspend"))


def title(task):
    pending = int(task["pending"])
    notes = [STATES[int(task["state"]) & 3], f"CPU {int(task['cpu'])}",
             f"priority {int(task['priority'])}"]
    notes += [name for bit, name in REASONS if pending & bit]
    return f"task {task['name'].string()} at {int(task.address):#x}: {', '.join(notes)}"


def current_task():
    """Of the innermost C frame that has a `task` or a `call`."""
    frame = gdb.selected_frame()
    while frame:
        for name, way in (("task", "*task"), ("call", "call->thread->task"), ("t", "t->task")):
            try:
                value = frame.read_var(name)
                frame.select()
                kind = str(value.type.strip_typedefs())
                if kind in ("struct task *", "struct syscall *", "struct thread *"):
                    return gdb.parse_and_eval(way)
            except (ValueError, gdb.error):
                pass
        frame = frame.older()
    raise gdb.GdbError("no task here: give one")


def show_chain(argument):
    selected = gdb.selected_frame() if not argument else None
    task = as_task(argument) if argument else current_task()
    if selected:
        selected.select()
    print(title(task))
    if int(task["state"]) & 2:
        print("it runs: this is how it was suspended last; see `bt` of its CPU")
    for depth, co in enumerate(frames(task)):
        print(f"#{depth:<3}{place(co)}")
        for name, text in fields(co):
            print(f"        {name} = {text}")


def show_tasks():
    for task in all_tasks():
        print(title(task))
        for co in frames(task):
            print(f"    {place(co)}")


def listed(head, type_name, field):
    """The structs whose list node `field` is on the list `head`."""
    kind = gdb.lookup_type(f"struct {type_name}")
    offset = next(f.bitpos // 8 for f in kind.fields() if f.name == field)
    link = head["next"]
    while link and link != head.address:
        yield gdb.Value(int(link) - offset).cast(kind.pointer()).dereference()
        link = link["next"]


def processes():
    return listed(gdb.parse_and_eval("'personality/linux/process/pid.c'::all"), "linux_process",
                  "all_link")


def process_of(argument):
    for process in processes():
        if argument and int(process["pid"]) == int(gdb.parse_and_eval(argument)):
            return process
    raise gdb.GdbError(f"there is no process {argument or '(give its pid)'}")


def show_processes():
    for process in processes():
        parent = process["parent"]
        print(f"{int(process['pid']):6} at {int(process.address):#x}: {process['comm'].string()}, "
              f"child of {int(parent['pid']) if parent else 0}"
              f"{', zombie' if process['zombie'] else ''}")


def path_name(path):
    names = []
    dentry = path["dentry"]
    while dentry and dentry["parent"] and dentry["parent"] != dentry:
        names.append(dentry["name"].string())
        dentry = dentry["parent"]
    return "/" + "/".join(reversed(names))


def show_fds(argument):
    table = process_of(argument)["fds"]
    for fd in range(int(table["capacity"]) if table else 0):
        file = table["files"][fd]
        if file:
            name = path_name(file["path"]) if file["path"]["dentry"] else "(anonymous)"
            print(f"{fd:6} {name} flags {int(file['flags']):#x} at {int(file):#x}")


def tree(node):
    if node:
        yield from tree(node["child"][0])
        yield node
        yield from tree(node["child"][1])


def regions(vmar):
    """Mappings below a VMAR, by address. A region begins with its node."""
    mapping = gdb.lookup_type("struct mapping").pointer()
    for node in tree(vmar["regions"]["root"]):
        region = node.cast(gdb.lookup_type("struct region").pointer())
        if str(region["kind"]).endswith("REGION_VMAR"):
            yield from regions(region.cast(gdb.lookup_type("struct vmar").pointer()))
        else:
            yield region.cast(mapping)


def show_maps(argument):
    process = process_of(argument)["process"]
    if not process or not process["aspace"]:
        raise gdb.GdbError("it has no memory")
    for mapping in regions(process["aspace"]["root"]):
        base, size = int(mapping["region"]["base"]), int(mapping["region"]["size"])
        prot = int(mapping["prot"])
        rights = "".join(c if prot >> bit & 1 else "-" for bit, c in enumerate("rwx"))
        print(f"{base:#014x}-{base + size:#014x} {rights} offset {int(mapping['offset']):#x} "
              f"of the VMO at {int(mapping['vmo']):#x}")


def dentries(root):
    """All names that the kernel knows below one."""
    stack = [root]
    while stack:
        dentry = stack.pop()
        yield dentry
        stack += listed(dentry["children"], "dentry", "child_link")


def file_names(process):
    """The paths of files by the address of their VMOs, but for files of other mounts than the root."""
    names = {}
    for dentry in dentries(process["fs"]["root"]["dentry"].dereference()):
        if dentry["inode"] and dentry["inode"]["vmo"]:
            names[int(dentry["inode"]["vmo"])] = path_name({"dentry": dentry.address})
    return names


def file_of(vmo):
    """The VMO of the file that one shows or is a private copy of; it may be a view (vm/text.c)."""
    while vmo["parent"]:
        vmo = vmo["parent"]
    if "text_pager" in str(vmo["pager"]):
        there = gdb.block_for_pc(int(gdb.parse_and_eval("vmo_is_text").address))
        return vmo["pager_data"].cast(gdb.lookup_type("struct text", there).pointer())["file"]
    return vmo


def first_address(path):
    """Where an ELF file begins by its own account; None: it is none, or not here."""
    try:
        with open(path, "rb") as file:
            head = file.read(64)
            if len(head) < 64 or head[:5] != b"\x7fELF\2":
                return None
            at, size, count = *struct.unpack_from("<Q", head, 32), *struct.unpack_from("<HH", head, 54)
            file.seek(at)
            table = file.read(size * count)
    except OSError:
        return None
    loads = [struct.unpack_from("<16xQ", table, size * i)[0] for i in range(count)
             if struct.unpack_from("<I", table, size * i)[0] == 1]
    return min(loads) & ~0xfff if loads else None


def add_symbols(argument):
    """Of the ELF files that a process has mapped, as they are in the host's root directory."""
    owner = process_of(argument)
    process, names, bases = owner["process"], file_names(owner), {}
    if not process or not process["aspace"]:
        raise gdb.GdbError("it has no memory")
    for mapping in regions(process["aspace"]["root"]):
        path = names.get(int(file_of(mapping["vmo"])))
        bases.setdefault(path, int(mapping["region"]["base"]))
    for path, base in bases.items():
        first = first_address(path) if path else None
        if first is not None:
            gdb.execute(f"add-symbol-file {path} -o {base - first:#x}", to_string=True)
            print(f"{path} at {base:#x}")


def show_handles(argument):
    process = process_of(argument)["process"]
    table = process["handles"] if process else None
    for index in range(int(table["capacity"]) if table else 0):
        handle = table["slots"][index]
        if handle["obj"]:
            print(f"{index:6} {handle['obj']['ops']['name'].string()} "
                  f"at {int(handle['obj']):#x} rights {int(handle['rights']):#x}")


class Command(gdb.Command):
    """A command that is one function."""

    def __init__(self, name, act, text, takes_argument=False):
        self.act, self.takes_argument, self.__doc__ = act, takes_argument, text
        super().__init__(name, gdb.COMMAND_STACK, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        del from_tty
        if self.takes_argument:
            self.act(argument)
        else:
            self.act()


def prepare():
    """Before gdb attaches to the first process of a library OS: all its processes are one machine, and
    the signals that they live by are their own affair."""
    for command in ("set confirm off", "set pagination off", "set exec-file-mismatch off",
                    "set auto-solib-add off", "set libthread-db-search-path /nonexistent", "set detach-on-fork off", "set schedule-multiple on",
                    "set follow-fork-mode parent", "set breakpoint pending on",
                    "set print inferior-events off", "set print thread-events off",
                    "handle SIGSYS SIGSEGV SIGBUS SIGILL SIGFPE SIG40 SIGUSR1 SIGCHLD SIGCONT "
                    "nostop noprint pass"):
        gdb.execute(command, to_string=True)


machine = None # the first process of the library OS; its end is the machine's
at_breakpoint = False
ATTEMPTS = 500 # with 10 ms between them


def note_stop(event):
    global at_breakpoint
    at_breakpoint = isinstance(event, gdb.BreakpointEvent)


def machine_over():
    """Whether it has ended, though gdb may not have been told yet."""
    try:
        with open(f"/proc/{machine}/stat", encoding="ascii", errors="replace") as stat:
            return stat.read().rsplit(") ", 1)[1][0] in "ZX"
    except OSError:
        return True


def go_on(attempt):
    """`continue` fails from a thread that has died untold: then from another's."""
    living = [one for one in gdb.inferiors() if one.pid and one.threads()]
    if living and (attempt or not gdb.selected_inferior().pid):
        gdb.execute(f"inferior {living[attempt % len(living)].num}", to_string=True)
    gdb.execute("continue")


def finish():
    """On to the next breakpoint, whatever dies before. When the machine has ended, so does gdb; not
    by `quit`, which would detach from processes that are gone."""
    global machine, at_breakpoint
    machine = machine or gdb.inferiors()[0].pid
    gdb.events.stop.connect(note_stop)
    attempt = 0
    while not machine_over():
        at_breakpoint = False
        try:
            go_on(attempt)
            attempt = 0
        except gdb.error:
            attempt += 1
            if attempt > ATTEMPTS:
                raise
            time.sleep(0.01)
        if at_breakpoint:
            return
    sys.stdout.flush()
    gdb.flush()
    os._exit(0)


class Prefix(gdb.Command):
    """zcore: the kernel's tasks, processes, files, mappings and handles."""

    def __init__(self):
        super().__init__("zcore", gdb.COMMAND_STACK, prefix=True)


Prefix()
Command("zcore tasks", show_tasks, "Every task that is not done, with its await chain.")
Command("zcore bt", show_chain, "zcore bt [TASK]: an await chain, innermost frame first.", True)
Command("zcore processes", show_processes, "The Linux processes.")
Command("zcore fds", show_fds, "zcore fds PID: the descriptors of a process.", True)
Command("zcore maps", show_maps, "zcore maps PID: the mappings of a process.", True)
Command("zcore handles", show_handles, "zcore handles PID: its Zircon handles.", True)
Command("zcore symbols", add_symbols, "zcore symbols PID: " + add_symbols.__doc__, True)
Command("zcore finish", finish, finish.__doc__)
Command("zcore-tasks", show_tasks, "zcore tasks")
Command("co-bt", show_chain, "zcore bt", True)
Command("zcore-prepare", prepare, prepare.__doc__)
