"""zcore run --gdb: the kernel in gdb, in a guest process that was forked."""
import shutil
import tempfile

from harness import zcore

SCRIPT = """
break sys_getcwd
zcore finish
zcore bt
zcore processes
zcore fds 3
zcore maps 3
zcore symbols 3
info symbol call->thread->context.regs.rip
zcore tasks
next
delete
zcore finish
"""
# The child goes on when its parent waits for it, so that there is a chain to be shown.
PROGRAM = ("bash", "-c", "(cd /usr; until read _ _ state _ </proc/$$/stat && [ $state = S ]; do :; done; /bin/pwd); exit 7")
SHOWN = (b"Breakpoint 1.", b"sys_getcwd (call=", b"task pwd at 0x", b"thread_main at object/thread.c",
         b": pwd, child of 2", b"1 (anonymous) flags 0x", b" r-x offset 0x", b"sys_wait4 at personality/linux/",
         b"kmalloc(PATH_BYTES)", b"/usr\n", b"/bin/pwd at 0x", b"getcwd + ")


def session(script, *program):
    with tempfile.NamedTemporaryFile("w", suffix=".gdb") as file:
        file.write(script)
        file.flush()
        return zcore("run", f"--gdb={file.name}", "--cpus=1", "--", *program)


def breaks_in_a_child():
    """It stops there, knows its surroundings, steps, and the program ends as it would."""
    result = session(SCRIPT, *PROGRAM)
    missing = [text for text in SHOWN if text not in result.out]
    if missing or result.status != 7:
        return f"{missing} not shown: {result}"
    return None


def tests(suite):
    if not shutil.which("gdb"):
        return
    suite.check("gdb_breaks_in_a_child", breaks_in_a_child)
    suite.expect("gdb_and_no_breakpoint", session("zcore finish\n", "sh", "-c", "echo x; exit 3"), 3,
                 lambda out: b"x\n" in out, None)
    suite.expect("gdb_missing", zcore("run", "--gdb", "true", env={"PATH": "/nonexistent"}), 125, b"",
                 lambda err: b"gdb is not installed" in err)
