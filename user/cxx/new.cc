/*
 * new.cc - operator new and delete, over malloc. There are no exceptions: without memory the
 * program ends, but where it has asked for a null pointer.
 */
#include <new>

#include <stdlib.h>

const std::nothrow_t std::nothrow{};

static void *allocate(size_t size)
{
    return malloc(size ? size : 1);
}

static void *allocate(size_t size, std::align_val_t align)
{
    void *memory = nullptr;
    size_t at = static_cast<size_t>(align) < sizeof(void *) ? sizeof(void *)
                                                            : static_cast<size_t>(align);

    return posix_memalign(&memory, at, size ? size : 1) == 0 ? memory : nullptr;
}

static void *there(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

void *operator new(size_t size)
{
    return there(allocate(size));
}

void *operator new[](size_t size)
{
    return there(allocate(size));
}

void *operator new(size_t size, const std::nothrow_t &) noexcept
{
    return allocate(size);
}

void *operator new[](size_t size, const std::nothrow_t &) noexcept
{
    return allocate(size);
}

void *operator new(size_t size, std::align_val_t align)
{
    return there(allocate(size, align));
}

void *operator new[](size_t size, std::align_val_t align)
{
    return there(allocate(size, align));
}

void *operator new(size_t size, std::align_val_t align, const std::nothrow_t &) noexcept
{
    return allocate(size, align);
}

void *operator new[](size_t size, std::align_val_t align, const std::nothrow_t &) noexcept
{
    return allocate(size, align);
}

void operator delete(void *memory) noexcept
{
    free(memory);
}

void operator delete[](void *memory) noexcept
{
    free(memory);
}

void operator delete(void *memory, size_t) noexcept
{
    free(memory);
}

void operator delete[](void *memory, size_t) noexcept
{
    free(memory);
}

void operator delete(void *memory, const std::nothrow_t &) noexcept
{
    free(memory);
}

void operator delete[](void *memory, const std::nothrow_t &) noexcept
{
    free(memory);
}

void operator delete(void *memory, std::align_val_t) noexcept
{
    free(memory);
}

void operator delete[](void *memory, std::align_val_t) noexcept
{
    free(memory);
}

void operator delete(void *memory, size_t, std::align_val_t) noexcept
{
    free(memory);
}

void operator delete[](void *memory, size_t, std::align_val_t) noexcept
{
    free(memory);
}

namespace std
{

[[noreturn]] void __throw_bad_alloc()
{
    abort();
}

} // namespace std
