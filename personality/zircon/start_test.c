/*
 * start_test.c - the first program: its image, its message, and what is refused; the start of
 * userboot.
 */
#include "personality/zircon/zircon_test.h"

#include "personality/zircon/kernel_files.h"
#include "uapi/zircon/boot.h"
#include "uapi/zircon/processargs.h"
#include "uapi/zircon/userboot.h"

/*
 * The image: a text page whose first record is `entry`, and a page of data whose last half the
 * file does not have. Byte for byte as in a file; the layout is that of ELF64.
 */
enum { TEXT = 0x1000, IMAGE_DATA = 0x2000, FILE_SIZE = 0x2800, PHDR = 64 };

static unsigned char image[FILE_SIZE];

static void put(size_t at, uint64_t value, size_t size)
{
    memcpy(image + at, &value, size);
}

static void put_segment(unsigned i, uint32_t flags, uint64_t at, uint64_t file, uint64_t memory)
{
    size_t ph = PHDR + i * 56;

    put(ph, 1, 4);
    put(ph + 4, flags, 4);
    put(ph + 8, at, 8);
    put(ph + 16, at, 8);
    put(ph + 32, file, 8);
    put(ph + 40, memory, 8);
}

static void make_image(sim_program *entry)
{
    static const unsigned char ident[] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    struct sim_text text = SIM_TEXT(entry);

    memset(image, 0, sizeof(image));
    memcpy(image, ident, sizeof(ident));
    put(16, 3, 2);
    put(18, ISA_ELF_MACHINE, 2);
    put(20, 1, 4);
    put(24, TEXT, 8);
    put(32, PHDR, 8);
    put(54, 56, 2);
    put(56, 2, 2);
    put_segment(0, 5, TEXT, 0x1000, 0x1000);
    put_segment(1, 6, IMAGE_DATA, 0x800, 0x3000);
    memcpy(image + TEXT, &text, sizeof(text));
    memset(image + IMAGE_DATA, 0xdd, 0x800);
}

static struct vmo *image_vmo(void)
{
    struct vmo *vmo;

    assert_int_equal(vmo_create(FILE_SIZE, 0, &vmo), OK);
    assert_int_equal(vmo_write(vmo, 0, image, sizeof(image), NULL), OK);
    return vmo;
}

static const char *const argv[] = {"hello", "world", NULL};
static const char *const envp[] = {"A=B", NULL};

static user_addr_t data_at; /* of the image in the process, as the entry found it */

/* In the vDSO: reads the message, looks at it, ends with the number of its handles. */
static void reader(struct sim_user *u)
{
    uint32_t bootstrap = (uint32_t)sim_user_regs(u)->rdi;
    user_addr_t message = data_at + 0x900, handles = data_at + 0x2000;
    user_addr_t sizes = handles + 512;
    zx_proc_args_t head;
    char text[16] = {0};
    uint32_t info;

    EXPECT(ZX(channel_read, bootstrap, 0, message, handles, 1024, 64, sizes, sizes + 4), ZX_OK);
    sim_user_load(u, message, &head, sizeof(head));
    EXPECT(head.protocol, ZX_PROCARGS_PROTOCOL);
    EXPECT(head.args_num, 2);
    EXPECT(head.environ_num, 1);
    sim_user_load(u, message + head.args_off, text, 12);
    EXPECT(memcmp(text, "hello\0world", 12), 0);
    sim_user_load(u, message + head.environ_off, text, 4);
    EXPECT(memcmp(text, "A=B", 4), 0);
    sim_user_load(u, message + head.handle_info_off, &info, sizeof(info));
    EXPECT(info, PA_HND(PA_PROC_SELF, 0));
    for (uint32_t i = 0; i < load32(u, sizes + 4); i++)
        EXPECT(ZX(handle_close, load32(u, handles + 4 * i)), ZX_OK);
    ZX(process_exit, load32(u, sizes + 4));
}

/* In the image: its memory is as the file says; then on in the vDSO, where calls can be made.
 */
static void entry(struct sim_user *u)
{
    user_addr_t text = sim_user_regs(u)->rip & ~(uint64_t)PAGE_MASK;
    struct user_regs first = *sim_user_regs(u);
    user_addr_t sp = first.rsp;

    data_at = text + IMAGE_DATA - TEXT;
    EXPECT(sim_user_load64(u, data_at + 0x7f8), 0xddddddddddddddddull);
    EXPECT(sim_user_load64(u, data_at + 0x800), 0);
    EXPECT(sim_user_load64(u, data_at + 0x2ff8), 0);
    sim_user_store64(u, data_at, 1);
    sim_user_store64(u, sp - 64, 1);
    EXPECT(sp % 16, 8); /* as after a call */
    sim_user_regs(u)->rdi = first.rdi;
    sim_user_call(u, text_pc(first.rsi, 0));
}

static void test_start(void **state)
{
    struct process *p;
    struct vmo *vmo;
    unsigned char byte;

    (void)state;
    make_image(entry);
    vmo = image_vmo();
    set_text(0, reader);
    assert_int_equal(zircon_start_program(vmo, FILE_SIZE, argv, envp, &p), OK);
    run_to_end();
    if (failed_line)
        fail_msg("line %u: got %lld", failed_line, (long long)failed_got);
    assert_int_equal(p->state, PROCESS_DEAD);
    assert_int_equal(p->return_code, 8 + KERNEL_FILES); /* handles */
    assert_string_equal(p->name, "hello");
    assert_int_equal(vmo_read(vmo, IMAGE_DATA, &byte, 1, NULL), OK);
    assert_int_equal(byte, 0xdd); /* the file is as it was */
    object_put(&p->object);
    vmo_put(vmo);
}

static status_t start_image(uint64_t size)
{
    struct vmo *vmo = image_vmo();
    struct process *p;
    status_t st = zircon_start_program(vmo, size, argv, envp, &p);

    vmo_put(vmo);
    return st;
}

static void test_refusals(void **state)
{
    (void)state;
    make_image(entry);
    assert_int_equal(start_image(100), ERR_NO_EXEC);
    put(16, 2, 2); /* ET_EXEC */
    assert_int_equal(start_image(FILE_SIZE), ERR_NO_EXEC);
    make_image(entry);
    put_segment(1, 6, TEXT + 0x800, 0x800, 0x800);
    put_segment(0, 5, TEXT, 0x800, 0x800);
    assert_int_equal(start_image(FILE_SIZE), ERR_NO_EXEC); /* two rights on one page */
}

static void test_too_many_arguments(void **state)
{
    static char huge[ZX_CHANNEL_MAX_MSG_BYTES];
    const char *const args[] = {"hello", huge, NULL};
    struct process *p;
    struct vmo *vmo;

    (void)state;
    make_image(entry);
    memset(huge, 'x', sizeof(huge) - 1);
    vmo = image_vmo();
    assert_int_equal(zircon_start_program(vmo, FILE_SIZE, args, envp, &p), ERR_TOO_BIG);
    vmo_put(vmo);
}

static void test_without_memory(void **state)
{
    struct vmo *vmo;
    struct process *p;
    status_t st;

    (void)state;
    make_image(entry);
    vmo = image_vmo();
    set_text(0, reader);
    FAIL_EACH(st, st = zircon_start_program(vmo, FILE_SIZE, argv, envp, &p));
    run_to_end();
    assert_int_equal(p->return_code, 8 + KERNEL_FILES);
    object_put(&p->object);
    vmo_put(vmo);
}

static const char *const words[] = {"userboot.shutdown", "a=b", NULL};

/* It begins like a ZBI, which is all that the kernel looks at. */
static void make_zbi(void)
{
    memset(image, 0, sizeof(image));
    put(0, ZBI_TYPE_CONTAINER, 4);
    put(8, ZBI_CONTAINER_MAGIC, 4);
}

static void test_zbi_is_known(void **state)
{
    struct vmo *vmo;

    (void)state;
    make_zbi();
    vmo = image_vmo();
    assert_int_equal(zircon_check_zbi(vmo, FILE_SIZE), OK);
    assert_int_equal(zircon_check_zbi(vmo, sizeof(zbi_header_t) - 1), ERR_NO_EXEC);
    vmo_put(vmo);
    put(8, 0, 4);
    vmo = image_vmo();
    assert_int_equal(zircon_check_zbi(vmo, FILE_SIZE), ERR_NO_EXEC);
    vmo_put(vmo);
}

/* userboot itself is no program of this machine; that it is given all it needs, or nothing. */
static void test_zbi_without_memory(void **state)
{
    struct vmo *vmo;
    struct process *p;
    status_t st;

    (void)state;
    make_zbi();
    vmo = image_vmo();
    FAIL_EACH(st, st = zircon_start_zbi(vmo, FILE_SIZE, words, &p));
    assert_string_equal(p->name, "userboot");
    assert_null(zircon_first_program());
    process_kill(p, 3);
    run_to_end();
    assert_int_equal(p->return_code, 3);
    object_put(&p->object);
    vmo_put(vmo);
}

static void test_zbi_command_line_too_long(void **state)
{
    static char huge[USERBOOT_COMMAND_LINE_MAX];
    const char *const long_words[] = {huge, NULL};
    struct vmo *vmo;
    struct process *p;

    (void)state;
    memset(huge, 'x', sizeof(huge) - 1);
    make_zbi();
    vmo = image_vmo();
    assert_int_equal(zircon_start_zbi(vmo, FILE_SIZE, long_words, &p), ERR_TOO_BIG);
    vmo_put(vmo);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_zircon, teardown_zircon)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_start),
        TEST(test_refusals),
        TEST(test_too_many_arguments),
        TEST(test_without_memory),
        TEST(test_zbi_is_known),
        TEST(test_zbi_without_memory),
        TEST(test_zbi_command_line_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
