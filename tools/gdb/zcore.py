"""Tasks and their await chains, in a unit test, the library OS or a kernel in QEMU.

    (gdb) source tools/gdb/zcore.py
    (gdb) zcore-tasks           every task, one line a frame
    (gdb) co-bt TASK            one task, each frame with its fields; TASK is a struct task or points at one

The frame of coroutine `foo` is `struct foo`, so the function that a frame points at names its type.
"""
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


class AwaitChain(gdb.Command):
    """co-bt TASK: a suspended task's await chain, innermost frame first, with each frame's fields."""

    def __init__(self):
        super().__init__("co-bt", gdb.COMMAND_STACK, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        del from_tty
        task = as_task(argument)
        print(title(task))
        if int(task["state"]) & 2:
            print("it runs: this is how it was suspended last; see `bt` of its CPU")
        for depth, co in enumerate(frames(task)):
            print(f"#{depth:<3}{place(co)}")
            for name, text in fields(co):
                print(f"        {name} = {text}")


class Tasks(gdb.Command):
    """zcore-tasks: every task that is not done, with its await chain."""

    def __init__(self):
        super().__init__("zcore-tasks", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        del argument, from_tty
        for task in all_tasks():
            print(title(task))
            for co in frames(task):
                print(f"    {place(co)}")


AwaitChain()
Tasks()
