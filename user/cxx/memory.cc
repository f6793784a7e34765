/*
 * memory.cc - counts of shared pointers; sizes of hash tables.
 */
#include <memory>

#include <stddef.h>

_LIBCPP_BEGIN_NAMESPACE_STD

__shared_count::~__shared_count() = default;
__shared_weak_count::~__shared_weak_count() = default;

/* All shared ones together are one weak one. Counts are one less than there are. */
void __shared_weak_count::__release_weak() noexcept
{
    if (__atomic_fetch_sub(&__shared_weak_owners_, 1, __ATOMIC_ACQ_REL) == 0)
        __on_zero_shared_weak();
}

__shared_weak_count *__shared_weak_count::lock() noexcept
{
    long owners = __atomic_load_n(&__shared_owners_, __ATOMIC_RELAXED);

    while (owners != -1) {
        if (__atomic_compare_exchange_n(&__shared_owners_, &owners, owners + 1, true,
                                        __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            return this;
    }
    return nullptr;
}

const void *__shared_weak_count::__get_deleter(const type_info &) const noexcept
{
    return nullptr;
}

static bool is_prime(size_t n)
{
    for (size_t d = 5; d <= n / d; d += 6) {
        if (n % d == 0 || n % (d + 2) == 0)
            return false;
    }
    return n > 3 ? n % 2 && n % 3 : n > 1;
}

size_t __next_prime(size_t n);

/* The least that is not less than n. */
size_t __next_prime(size_t n)
{
    while (n && !is_prime(n))
        n++;
    return n;
}

_LIBCPP_END_NAMESPACE_STD
