"""A program whose ELF headers are wrong, by a table of mutations: one line, and the status."""
import pathlib
import struct
import tempfile

from harness import ROOT, libos, one_line

PROGRAM = ROOT / "build/guest/x86_64/mb"
PT_LOAD, PT_INTERP, PT_NOTE = 1, 3, 4
HUGE = 1 << 62

# Fields of the file header: offset and format.
HEADER = {"magic": (0, "4s"), "class": (4, "B"), "data": (5, "B"), "type": (16, "H"),
          "machine": (18, "H"), "entry": (24, "Q"), "phoff": (32, "Q"), "phentsize": (54, "H"),
          "phnum": (56, "H")}
# And of a program header.
SEGMENT = {"type": (0, "I"), "flags": (4, "I"), "offset": (8, "Q"), "vaddr": (16, "Q"),
           "filesz": (32, "Q"), "memsz": (40, "Q"), "align": (48, "Q")}

HEADER_MUTATIONS = (
    ("magic", b"\x7fELG"), ("magic", b"\0\0\0\0"), ("class", 1), ("class", 0), ("data", 2),
    ("type", 0), ("type", 1), ("type", 4), ("machine", 3), ("machine", 243), ("machine", 0),
    ("phoff", 1 << 40), ("phoff", HUGE), ("phoff", (1 << 64) - 8), ("phentsize", 32),
    ("phentsize", 0), ("phnum", 0), ("phnum", 0xffff),
)
LOAD_MUTATIONS = (
    ("offset", HUGE), ("offset", 1), ("vaddr", (1 << 64) - 4096), ("vaddr", 1 << 63),
    ("vaddr", 1 << 47), ("filesz", HUGE), ("filesz", (1 << 64) - 1), ("memsz", 0),
    ("memsz", HUGE), ("memsz", (1 << 64) - 1), ("align", 3),
)


def change(data, at, fields, field, value):
    offset, form = fields[field]
    struct.pack_into("<" + form, data, at + offset, value)


def segments(data, kind):
    """Offsets of the program headers of a type."""
    start, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    places = [start + i * size for i in range(count)]
    return [at for at in places if struct.unpack_from("<I", data, at)[0] == kind]


def mutants(original):
    """Names and images."""
    for field, value in HEADER_MUTATIONS:
        data = bytearray(original)
        change(data, 0, HEADER, field, value)
        yield f"{field} {value if isinstance(value, bytes) else hex(value)}", data
    load = segments(original, PT_LOAD)[0]
    for field, value in LOAD_MUTATIONS:
        data = bytearray(original)
        change(data, load, SEGMENT, field, value)
        yield f"segment's {field} {value:#x}", data
    for size in 0, 1, 4, 16, 63, 64, 120:
        yield f"cut to {size} bytes", original[:size]


def without_loader(original):
    """It names an interpreter that is not there."""
    data = bytearray(original)
    note = segments(data, PT_NOTE)[0]
    name = b"/nonexistent\0"
    change(data, note, SEGMENT, "type", PT_INTERP)
    change(data, note, SEGMENT, "offset", len(data))
    change(data, note, SEGMENT, "filesz", len(name))
    change(data, note, SEGMENT, "memsz", len(name))
    return data + name


def faulty(original, entry):
    """Well-formed, and begins nowhere: the fault is its own."""
    data = bytearray(original)
    change(data, 0, HEADER, "entry", entry)
    return data


def tests(suite):
    original = PROGRAM.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "program")
        file.touch(0o755)

        def start(data):
            file.write_bytes(data)
            return libos(file, "-x")

        suite.expect("elf/as it was", start(original), 0, b"")
        for name, data in mutants(original):
            suite.expect(f"elf/{name}", start(data), 126, b"", one_line)
        suite.expect("elf/interpreter missing", start(without_loader(original)), 127, b"", one_line)
        for entry in 0, 4096, 1 << 46, 1 << 47, HUGE:
            suite.expect(f"elf/entry {entry:#x}", start(faulty(original, entry)), 139, b"")
