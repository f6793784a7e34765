/*
 * first.c - a first program that looks at what userboot gave it: handles, arguments and the
 * command line as its environment. It ends with the number that the command line names.
 */
#include <stdlib.h>

#include "uapi/zircon/boot.h"
#include "uapi/zircon/syscalls/object.h"
#include "user/zircon/runtime.h"

static void check(int right, const char *what)
{
    if (right)
        return;
    print(what);
    zx_process_exit(1);
}

static zx_obj_type_t type_of(zx_handle_t handle)
{
    zx_info_handle_basic_t info = {0};

    zx_object_get_info(handle, ZX_INFO_HANDLE_BASIC, &info, sizeof(info), NULL, NULL);
    return info.type;
}

static void check_handles(void)
{
    static const struct {
        uint32_t type;
        zx_obj_type_t object;
    } expected[] = {
        {PA_PROC_SELF, ZX_OBJ_TYPE_PROCESS},   {PA_THREAD_SELF, ZX_OBJ_TYPE_THREAD},
        {PA_JOB_DEFAULT, ZX_OBJ_TYPE_JOB},     {PA_VMAR_ROOT, ZX_OBJ_TYPE_VMAR},
        {PA_RESOURCE, ZX_OBJ_TYPE_RESOURCE},   {PA_VMO_BOOTDATA, ZX_OBJ_TYPE_VMO},
        {PA_VMO_BOOTFS, ZX_OBJ_TYPE_VMO},      {PA_VMO_VDSO, ZX_OBJ_TYPE_VMO},
        {PA_VMO_KERNEL_FILE, ZX_OBJ_TYPE_VMO}, {PA_FD, ZX_OBJ_TYPE_LOG},
    };

    for (unsigned i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        if (type_of(startup_handle(expected[i].type)) != expected[i].object)
            print_number("handle % is missing or wrong", expected[i].type);
        check(type_of(startup_handle(expected[i].type)) == expected[i].object, "handles");
    }
}

/* The image has no BOOTFS any more: userboot took it out. */
static void check_image(void)
{
    zbi_header_t header;
    uint64_t at = 0;
    unsigned discarded = 0, size;

    check(zx_vmo_read(startup_handle(PA_VMO_BOOTDATA), &header, 0, sizeof(header)) == ZX_OK &&
              header.type == ZBI_TYPE_CONTAINER,
          "the image is not there");
    size = header.length;
    for (at = sizeof(header); at < size; at += sizeof(header) + ((header.length + 7) & ~7u)) {
        check(zx_vmo_read(startup_handle(PA_VMO_BOOTDATA), &header, at, sizeof(header)) ==
                  ZX_OK,
              "the image cannot be read");
        check(header.type != ZBI_TYPE_STORAGE_BOOTFS, "BOOTFS is still in the image");
        discarded += header.type == ZBI_TYPE_DISCARD;
    }
    check(discarded == 1, "BOOTFS was not discarded");
}

static void check_bootfs(void)
{
    zbi_bootfs_header_t header;

    check(zx_vmo_read(startup_handle(PA_VMO_BOOTFS), &header, 0, sizeof(header)) == ZX_OK &&
              header.magic == ZBI_BOOTFS_MAGIC,
          "BOOTFS is not there");
}

static int number(const char *text)
{
    int value = 0;

    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + *text - '0';
    return value;
}

int main(int argc, char **argv)
{
    const char *status = getenv("first.status");

    check_handles();
    check_image();
    check_bootfs();
    for (int i = 0; i < argc; i++)
        print(argv[i]);
    if (getenv("first.word"))
        print(getenv("first.word"));
    return status ? number(status) : 0;
}
